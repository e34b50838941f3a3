import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { consolidationPair, ownParameterGroup, replicationParameters } from '../../lib/estate/consolidation';
import {
  type ConsolidationPhase,
  consolidationPhases,
  consolidationStrategies,
} from '../../lib/estate/consolidation-phase';
import { isStateful } from '../../lib/policy/stateful-types';
import { estateApp } from '../../stacks-aws/app';
import { ComputeStack } from '../../stacks-aws/compute';
import { DataStack } from '../../stacks-aws/data';
import { MonitoringStack } from '../../stacks-aws/monitoring';
import { NetworkStack } from '../../stacks-aws/network';
import { SecretsStack } from '../../stacks-aws/secrets';
import { type CloudFormationTemplate, resourcesOfType, settingsWith } from '../support/estate';

type Templates = ReadonlyMap<string, CloudFormationTemplate>;

const postures = ['audited', 'hardened'] as const;
const synthesized = new Map<string, Templates>();

/** The stacks that look at the phase. Bundling and synthesizing the others once for each phase would take a minute. */
function synthesize(context: Readonly<Record<string, string>>): Templates {
  const app = estateApp();
  const settings = settingsWith(context);
  new NetworkStack(app, 'network', { settings });
  new SecretsStack(app, 'secrets', { settings });
  new DataStack(app, 'data', { settings });
  new ComputeStack(app, 'compute', { settings });
  new MonitoringStack(app, 'monitoring', { settings });
  return new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template as CloudFormationTemplate]));
}

/** Templates of one phase; each is synthesized once. */
function templatesOf(posture: string, phase: ConsolidationPhase): Templates {
  const key = `${posture} ${phase}`;
  const known = synthesized.get(key) ?? synthesize({ posture, consolidationPhase: phase });
  synthesized.set(key, known);
  return known;
}

interface Change {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly impact: ResourceImpact;
  /** Properties with an impact of their own that is more than an update in place. */
  readonly replacing: readonly string[];
}

function changesBetween(before: Templates, after: Templates): Change[] {
  const differing = [...after.keys()].filter(
    (stack) => JSON.stringify(before.get(stack)) !== JSON.stringify(after.get(stack)),
  );
  return differing.flatMap((stack) => {
    const found: Change[] = [];
    // The diff mutates what it reads.
    fullDiff(
      structuredClone(before.get(stack) ?? {}),
      structuredClone(after.get(stack) ?? {}),
    ).resources.forEachDifference((logicalId, change) => {
      const replacing = Object.entries(change.propertyUpdates)
        .filter(([, update]) => update.isDifferent && update.changeImpact !== ResourceImpact.WILL_UPDATE)
        .map(([name]) => name);
      found.push({
        stack,
        logicalId,
        type: change.newResourceType ?? change.oldResourceType ?? '?',
        impact: change.changeImpact,
        replacing,
      });
    });
    return found;
  });
}

/** Every step between two phases, forward and back, skipping ones included. */
const steps = consolidationPhases.flatMap((from) =>
  consolidationPhases.filter((to) => to !== from).map((to) => [from, to] as const),
);

describe.each(postures)('%s: a step of the consolidation', (posture) => {
  test.each(steps)('%s → %s replaces, removes and unprotects nothing that holds state', (from, to) => {
    const [before, after] = [templatesOf(posture, from), templatesOf(posture, to)];
    const stateful = changesBetween(before, after).filter(({ type }) => isStateful(type));
    const inPlace = [ResourceImpact.WILL_UPDATE, ResourceImpact.NO_CHANGE];
    const doubtful = stateful.filter(({ impact }) => !inPlace.includes(impact));
    // The specification calls the parameter group "may replace"; CloudFormation's page of the property says "reboot", and
    // the stack policy of the runbook makes CloudFormation refuse should it ever mean more.
    expect(doubtful.filter(({ impact }) => impact !== ResourceImpact.MAY_REPLACE)).toEqual([]);
    expect(new Set(doubtful.flatMap(({ replacing }) => replacing))).toEqual(
      new Set(doubtful.length > 0 ? ['DBParameterGroupName'] : []),
    );
    for (const [stack, template] of after) {
      for (const [logicalId, resource] of Object.entries(template.Resources)) {
        if (!isStateful(resource.Type)) continue;
        expect(before.get(stack)?.Resources).toHaveProperty(logicalId);
        expect([logicalId, resource.DeletionPolicy]).not.toEqual([logicalId, undefined]);
      }
    }
  });
});

describe.each(postures)('%s: in every phase', (posture) => {
  test.each(consolidationPhases)('%s has both instances, retained, with what can never change', (phase) => {
    const databases = resourcesOfType(templatesOf(posture, phase), 'AWS::RDS::DBInstance');
    const createOnly = (list: typeof databases) =>
      list.map(({ Properties }) => [
        Properties?.DBInstanceIdentifier,
        Properties?.StorageEncrypted,
        Properties?.KmsKeyId,
        Properties?.DBSubnetGroupName,
        Properties?.MasterUsername,
        Properties?.DBName,
      ]);
    expect(createOnly(databases)).toEqual(
      createOnly(resourcesOfType(templatesOf(posture, 'off'), 'AWS::RDS::DBInstance')),
    );
    for (const { DeletionPolicy, UpdateReplacePolicy, Properties } of databases) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
      expect(Properties?.DeletionProtection).toBe(posture === 'hardened' || phase !== 'off');
      expect(Properties?.EnablePerformanceInsights).toBe(true);
    }
  });
});

describe('what each phase brings', () => {
  const facts = (phase: ConsolidationPhase) => {
    const templates = templatesOf('hardened', phase);
    const groups = resourcesOfType(templates, 'AWS::RDS::DBParameterGroup');
    return {
      groups: groups.map(({ Properties }) => Properties?.DBParameterGroupName).sort(),
      logical: [...new Set(groups.map(({ Properties }) => parameters(Properties)['rds.logical_replication']))],
      between: resourcesOfType(templates, 'AWS::EC2::SecurityGroupIngress').length,
      reached: JSON.stringify(templates.get('huntaze-estate-network')).includes('The consolidation task'),
      rights: runnerActions(templates).length > 0,
    };
  };
  const names = Object.values(consolidationPair)
    .map((instance) => ownParameterGroup(instance, '17.4').name)
    .sort();

  test.each<[ConsolidationPhase, ReturnType<typeof facts>]>([
    ['off', { groups: [], logical: [], between: 0, reached: false, rights: false }],
    ['survey', { groups: [], logical: [], between: 0, reached: true, rights: true }],
    ['prepare', { groups: names, logical: ['1'], between: 1, reached: true, rights: true }],
    ['replicate', { groups: names, logical: ['1'], between: 1, reached: true, rights: true }],
    ['soak', { groups: names, logical: ['1'], between: 1, reached: true, rights: true }],
    ['retain', { groups: names, logical: ['0'], between: 0, reached: true, rights: true }],
  ])('%s', (phase, expected) => {
    expect(facts(phase)).toEqual(expected);
  });

  test('the parameters are those that the tool will ask for', () => {
    for (const { Properties } of resourcesOfType(templatesOf('hardened', 'prepare'), 'AWS::RDS::DBParameterGroup')) {
      expect(Properties?.Family).toBe('postgres17');
      expect(parameters(Properties)).toEqual({
        'rds.logical_replication': '1',
        ...Object.fromEntries(Object.entries(replicationParameters).map(([name, value]) => [name, String(value)])),
      });
    }
  });

  test('nothing in a phase listens to more than before: only the task and the two instances are admitted', () => {
    const open = (phase: ConsolidationPhase) =>
      JSON.stringify(templatesOf('hardened', phase).get('huntaze-estate-network')).split('0.0.0.0/0').length;
    expect(consolidationPhases.map(open)).toEqual(consolidationPhases.map(() => open('off')));
  });
});

describe("the runner's rights", () => {
  const phase = { posture: 'hardened', consolidationPhase: 'prepare' } as const;
  const actions = (strategy: string) => runnerActions(synthesize({ ...phase, consolidationStrategy: strategy }));

  test.each(consolidationStrategies)('%s may delete no instance, no snapshot, no secret and no table', (strategy) => {
    const destructive =
      /^(rds:DeleteDB|rds:RestoreDBInstanceToPointInTime|secretsmanager:Delete|dynamodb:Delete|iam:|kms:Disable|kms:Schedule)/;
    expect(actions(strategy).filter((action) => destructive.test(action))).toEqual([]);
  });

  test.each([
    ['logical-replication', []],
    ['seeded-replication', ['rds:CopyDBSnapshot', 'rds:RestoreDBInstanceFromDBSnapshot']],
    ['snapshot-copy', ['rds:CopyDBSnapshot', 'rds:RestoreDBInstanceFromDBSnapshot']],
    [
      'blue-green',
      [
        'rds:CopyDBSnapshot',
        'rds:CreateBlueGreenDeployment',
        'rds:RestoreDBInstanceFromDBSnapshot',
        'rds:SwitchoverBlueGreenDeployment',
      ],
    ],
  ])('%s makes instances by %p only', (strategy, expected) => {
    const making = /^rds:(CopyDBSnapshot|RestoreDBInstanceFromDBSnapshot|CreateBlueGreen|SwitchoverBlueGreen)/;
    expect([...new Set(actions(strategy))].filter((action) => making.test(action)).sort()).toEqual(expected);
  });
});

/** Actions that the role of the task allows. */
function runnerActions(templates: Templates): string[] {
  return resourcesOfType(templates, 'AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties?.Roles).includes('RoleHuntazeConsolidateTask'))
    .flatMap(({ Properties }) => {
      const document = Properties?.PolicyDocument as { Statement: { Action: string | string[] }[] } | undefined;
      return document?.Statement ?? [];
    })
    .flatMap(({ Action }) => [Action].flat());
}

const parameters = (properties: CloudFormationProperties): Readonly<Record<string, unknown>> =>
  (properties?.Parameters ?? {}) as Readonly<Record<string, unknown>>;

type CloudFormationProperties = CloudFormationTemplate['Resources'][string]['Properties'];
