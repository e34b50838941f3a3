import fc from 'fast-check';
import { analyseCost, analysisJson, compareCost, estimate, renderAnalysis } from '../../../lib/cost';
import { exact, formatUsd, sum } from '../../../lib/cost/money';
import { usage } from '../../../settings/usage';
import { cloudFormationStack, comparisonOf, type TemplateRow, treeOf } from '../../support/review-trees';

const alarms = (count: number): Record<string, TemplateRow> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`Alarm${index}`, { Type: 'AWS::CloudWatch::Alarm' }]),
  );
const tree = (resources: Record<string, TemplateRow>) => treeOf(cloudFormationStack(resources));
const twin = (name: string): TemplateRow => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: {
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    EngineVersion: '17.4',
    DBInstanceClass: 'db.t3.micro',
    AllocatedStorage: '20',
    DBName: 'shop',
  },
});

test('what the account gets for nothing comes off the total, never off a resource', () => {
  const { list, payable, allowances, resources } = estimate(tree(alarms(25)), usage);
  expect(formatUsd(list)).toBe('$2.50');
  expect(formatUsd(payable)).toBe('$1.50');
  expect(allowances).toHaveLength(1);
  expect(resources.every(({ total }) => total.eq('0.1'))).toBe(true);
});

test('totals are the totals of what they are made of', () => {
  const type = fc.constantFrom(
    'AWS::CloudWatch::Alarm',
    'AWS::SQS::Queue',
    'AWS::S3::Bucket',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::IAM::Role',
    'Strange::Type::Here',
  );
  fc.assert(
    fc.property(fc.array(type, { maxLength: 40 }), (types) => {
      const rows = Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type }]));
      const { list, fixed, payable, resources, allowances } = estimate(tree(rows), usage);
      expect(sum(resources.map(({ total }) => total)).eq(list)).toBe(true);
      expect(fixed.lte(list)).toBe(true);
      expect(payable.gte(0) && payable.lte(list)).toBe(true);
      expect(payable.plus(sum(allowances.map(({ saved }) => saved))).eq(list)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a change is shown where its price changes, also on a resource that did not change itself', () => {
  const service = { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 1, TaskDefinition: { Ref: 'Task' } } };
  const task = (memory: string) => ({ Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: memory } });
  const cost = compareCost(
    comparisonOf(
      tree({ Task: task('2048'), Service: service, Gone: { Type: 'AWS::KMS::Key' } }),
      tree({ Task: task('4096'), Service: service, New: { Type: 'AWS::EC2::NatGateway' }, What: { Type: 'A::B::C' } }),
    ),
    usage,
  );
  expect(cost.lines.map(({ resource, base, head }) => [resource.logicalId, base, head])).toEqual([
    ['New', 0, 33.3],
    ['Service', 36.0401, 42.5298],
    ['Gone', 1.03, 0],
  ]);
  expect(cost.lines[0]?.detail).toBe(
    'NAT gateway x 730 hours at $0.045 per hour = $32.85; 10 GB at $0.045 per GB = $0.45',
  );
  expect(exact(String(cost.head)).minus(String(cost.base)).toNumber()).toBe(cost.delta);
  expect(cost.unpricedTypes).toEqual(['A::B::C']);
  expect(cost.pricesOf[0] <= cost.pricesOf[1]).toBe(true);
  expect(cost.assumptions.some((line) => line.includes('GB through a NAT or VPN gateway: 10 a month'))).toBe(true);
});

test('two equal trees cost the same', () => {
  const one = tree(alarms(3));
  expect(compareCost(comparisonOf(one, tree(alarms(3))), usage)).toMatchObject({ delta: 0, lines: [] });
});

describe('the analysis', () => {
  const rows: Record<string, TemplateRow> = {
    ...alarms(12),
    One: twin('shop'),
    Two: twin('shop-encrypted'),
    Cluster: {
      Type: 'AWS::ECS::Cluster',
      Properties: { ClusterName: 'main', ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] },
    },
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '256', Memory: '512' } },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { ServiceName: 'web', Cluster: 'main', DesiredCount: 0, TaskDefinition: { Ref: 'Task' } },
    },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
  };
  const analysis = analyseCost(
    [
      { name: 'audited', tree: tree(rows) },
      { name: 'hardened', tree: tree({ ...rows, Key: { Type: 'AWS::KMS::Key' } }) },
    ],
    usage,
  );
  const titles = analysis.trees[1]?.observations.map(({ title }) => title);

  test('calls out what the tree shows to be idle, doubled or dear', () => {
    expect(titles).toEqual([
      '2 databases for one: shop, shop-encrypted',
      'Container Insights watches 1 cluster in which nothing runs',
      'shop would cost less on Graviton',
      'shop-encrypted would cost less on Graviton',
      'Service web runs no task',
      '12 alarms',
      '1 customer-managed key',
      '1 log groups keep everything',
    ]);
  });

  test('does not call a cluster idle in which a service runs, nor different databases twins', () => {
    const [busy] = analyseCost(
      [
        {
          name: 'busy',
          tree: tree({
            ...rows,
            Two: { ...twin('other'), Properties: { ...twin('other').Properties, DBName: 'other' } },
            Service: { ...(rows.Service as TemplateRow), Properties: { ...rows.Service?.Properties, DesiredCount: 1 } },
          }),
        },
      ],
      usage,
    ).trees;
    const seen = busy?.observations.map(({ title }) => title).join() ?? '';
    expect(seen).not.toMatch(/Container Insights|databases for one|runs no task/);
  });

  test('prints sections, both renderings, the difference and what it rests on', () => {
    const text = renderAnalysis(analysis);
    expect(text).toMatch(/2\. Databases and cache +│ +2 │ +\$30\.88 │ +\$30\.88 │ +\$30\.88 │ +\$30\.88 │ +\$0\.00/);
    expect(text).toMatch(/Keys, secrets, settings and the rest │ +0 \/ 1 .*\+\$1\.03/);
    expect(text).toContain('saves $15.44 of $30.88 a month');
    expect(text).toContain('rounded half up to the cent');
    expect(text).toContain('settings/usage.ts');
  });

  test('is plain JSON', () => {
    const json = JSON.parse(JSON.stringify(analysisJson(analysis)));
    expect(json).toMatchObject({ schemaVersion: '1.0.0', currency: 'USD' });
    expect(json.trees[0].resources.length).toBe(Object.keys(rows).length);
  });
});
