import { type Estimate, estimate } from '../../../lib/cost/estimate';
import { formatUsd } from '../../../lib/cost/money';
import { runsPerMonth } from '../../../lib/cost/pricing/schedule';
import type { UsageAssumptions } from '../../../lib/cost/usage';
import { usage } from '../../../settings/usage';
import { cloudFormationStack, type TemplateRow, terraformStack, treeOf } from '../../support/review-trees';

/** Every traffic at zero: what is left is billed though nothing happens. */
const quiet: UsageAssumptions = {
  defaults: Object.fromEntries(
    Object.entries(usage.defaults).map(([metric, assumption]) => [metric, { ...assumption, quantity: '0' }]),
  ) as unknown as UsageAssumptions['defaults'],
  resources: {},
};

const aws = (resources: Record<string, TemplateRow>, assumptions = usage): Estimate =>
  estimate(treeOf(cloudFormationStack(resources)), assumptions);
const azure = (type: string, row: Record<string, unknown>, assumptions = usage): Estimate =>
  estimate(treeOf(terraformStack({ [type]: { it: row } })), assumptions);

const database = (properties: Record<string, unknown>): Record<string, TemplateRow> => ({
  Db: {
    Type: 'AWS::RDS::DBInstance',
    Properties: {
      Engine: 'postgres',
      DBInstanceClass: 'db.t3.micro',
      AllocatedStorage: '20',
      StorageType: 'gp2',
      ...properties,
    },
  },
});
const service = (properties: Record<string, unknown>): Record<string, TemplateRow> => ({
  Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '2048' } },
  Service: {
    Type: 'AWS::ECS::Service',
    Properties: { LaunchType: 'FARGATE', TaskDefinition: { Ref: 'Task' }, ...properties },
  },
});

test.each<[what: string, resources: Record<string, TemplateRow>, amount: string]>([
  ['a database', database({}), '$15.44'],
  ['a database with a standby pays twice', database({ MultiAZ: true }), '$30.88'],
  ['a service of one task: 0.04048 + 2 x 0.004445 an hour', service({ DesiredCount: 1 }), '$36.04'],
  [
    'a service of two tasks with public addresses',
    service({ DesiredCount: 2, NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } } }),
    '$79.38',
  ],
  ['a service at rest', service({ DesiredCount: 0 }), '$0.00'],
  [
    'a cache of two nodes',
    {
      C: { Type: 'AWS::ElastiCache::CacheCluster', Properties: { CacheNodeType: 'cache.t3.micro', NumCacheNodes: 2 } },
    },
    '$24.82',
  ],
  [
    'an interface endpoint in two zones',
    { E: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } } },
    '$14.60',
  ],
  ['a gateway endpoint', { E: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } } }, '$0.00'],
  ['an alarm', { A: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors', Period: 60 } } }, '$0.10'],
  [
    'an alarm on an expression of two metrics',
    {
      A: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Metrics: [{ Expression: 'a/b' }, { MetricStat: { Period: 300 } }, { MetricStat: { Period: 300 } }],
        },
      },
    },
    '$0.20',
  ],
  [
    'an alarm at high resolution',
    { A: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors', Period: 10 } } },
    '$0.30',
  ],
  ['a key', { K: { Type: 'AWS::KMS::Key' } }, '$1.00'],
  ['a secret', { S: { Type: 'AWS::SecretsManager::Secret' } }, '$0.40'],
  ['a NAT gateway', { N: { Type: 'AWS::EC2::NatGateway' } }, '$32.85'],
  [
    'a provisioned table with an index: 2 x (5 RCU + 5 WCU)',
    {
      T: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
          GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } }],
        },
      },
    },
    '$5.69',
  ],
  ['a function', { F: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 512 } } }, '$0.00'],
  ['a role', { R: { Type: 'AWS::IAM::Role' } }, '$0.00'],
])('%s costs %s at rest: %s', (_, resources, amount) => {
  const { list, unpriced } = aws(resources, quiet);
  expect(unpriced).toEqual([]);
  expect(formatUsd(list)).toBe(amount);
});

test('a parameter that has a default is read, one that only the account knows is not', () => {
  const stack = (type: string) =>
    cloudFormationStack(database({ DBInstanceClass: { Ref: 'Class' } }), {
      parameters: { Class: { Type: type, Default: 'db.t3.micro' } },
    });
  expect(formatUsd(estimate(treeOf(stack('String')), quiet).list)).toBe('$15.44');
  expect(estimate(treeOf(stack('AWS::SSM::Parameter::Value<String>')), quiet).unpriced).toEqual([
    'a database instance whose class is not in its template',
  ]);
});

test('an unknown type and an unknown size are listed, never free', () => {
  const { unpriced, list } = aws({
    ...database({ DBInstanceClass: 'db.x99.huge' }),
    Other: { Type: 'AWS::Nothing::Such' },
    Hostile: { Type: 'constructor' },
  });
  expect(unpriced).toEqual([
    'AWS::Nothing::Such',
    'AWS::RDS::DBInstance: postgres db.x99.huge x 730 hours (rds.postgres.db.x99.huge)',
    'constructor',
  ]);
  expect(list.eq(0)).toBe(true);
});

test('a function that a schedule starts is billed by the schedule, not by the assumption', () => {
  const { resources } = aws({
    F: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } },
    Every2: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(2 minutes)', Targets: [{ Arn: { 'Fn::GetAtt': ['F', 'Arn'] } }] },
    },
  });
  const [priced] = resources.map((item) => item.priced);
  expect(priced).toMatchObject({ kind: 'priced', notes: ['started by Every2, rate(2 minutes)'] });
  expect(priced?.kind === 'priced' && priced.charges[0]?.quantity.toString()).toBe('0.0219');
});

test('a function whose version a distribution takes pays the prices of the edge', () => {
  const { prices } = aws({
    F: { Type: 'AWS::Lambda::Function', Properties: {} },
    V: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'F' } } },
    D: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultCacheBehavior: { LambdaFunctionAssociations: [{ LambdaFunctionARN: { Ref: 'V' } }] },
        },
      },
    },
  });
  expect(prices.map(({ id }) => id)).toEqual(expect.arrayContaining(['edge.request', 'edge.duration']));
});

test.each([
  ['rate(1 hour)', '730'],
  ['rate(15 minutes)', '2920'],
  ['rate(7 days)', '4'],
  ['cron(0 2 1 * ? *)', '1'],
  ['cron(0 9 */3 * ? *)', '11'],
  ['cron(0/15 * * * ? *)', '2920'],
  ['cron(0 9 ? * MON-FRI *)', '22'],
  ['cron(0 2 L * ? *)', undefined],
  ['rate(0 minutes)', undefined],
  ['at(2026-01-01T00:00:00)', undefined],
  ['', undefined],
])('%s runs %s times a month', (expression, runs) => {
  expect(runsPerMonth(expression)?.round(0).toString()).toBe(runs);
});

test.each<[what: string, type: string, row: Record<string, unknown>, amount: string]>([
  [
    'tokens of gpt-4o',
    'azurerm_cognitive_deployment',
    { model: { name: 'gpt-4o' }, sku: { name: 'GlobalStandard', capacity: 100 } },
    '$55.00',
  ],
  [
    'tokens of gpt-4o-mini',
    'azurerm_cognitive_deployment',
    { model: [{ name: 'gpt-4o-mini' }], sku: [{ name: 'GlobalStandard' }] },
    '$3.30',
  ],
  ['a workspace that keeps 90 days', 'azurerm_log_analytics_workspace', { retention_in_days: 90 }, '$4.99'],
  ['a workspace that keeps 30 days', 'azurerm_log_analytics_workspace', { retention_in_days: 30 }, '$4.60'],
  ['Application Insights of a workspace', 'azurerm_application_insights', { workspace_id: 'x' }, '$0.00'],
  ['a VPN gateway', 'azurerm_virtual_network_gateway', { sku: 'VpnGw1AZ' }, '$153.65'],
  ['an alert on two criteria', 'azurerm_monitor_metric_alert', { criteria: [{}, {}] }, '$0.20'],
  [
    'a query every five minutes',
    'azurerm_monitor_scheduled_query_rules_alert_v2',
    { evaluation_frequency: 'PT5M' },
    '$1.50',
  ],
  ['a resource group', 'azurerm_resource_group', {}, '$0.00'],
])('%s: %s', (_, type, row, amount) => {
  const { list, unpriced } = azure(type, row);
  expect(unpriced).toEqual([]);
  expect(formatUsd(list)).toBe(amount);
});

test('provisioned throughput and an unknown model have no price', () => {
  const type = 'azurerm_cognitive_deployment';
  expect(azure(type, { model: { name: 'gpt-4o' }, sku: { name: 'GlobalProvisionedManaged' } }).unpriced).toHaveLength(
    1,
  );
  expect(azure(type, { model: { name: 'gpt-99' }, sku: { name: 'GlobalStandard' } }).unpriced).toHaveLength(1);
});
