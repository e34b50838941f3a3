import type { Comparison, ResolvedChange, Resource, Stack, Tree } from '../../lib/review/model';

/** A resource of a CloudFormation template, as short as a test can write it. */
export interface TemplateRow {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

type Parameters = Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;

const nameKeys = [
  'FunctionName',
  'QueueName',
  'BucketName',
  'TableName',
  'DBInstanceIdentifier',
  'ClusterName',
  'ServiceName',
  'RoleName',
  'PolicyName',
  'ManagedPolicyName',
  'TopicName',
  'GroupName',
  'AlarmName',
  'LogGroupName',
  'RepositoryName',
  'DashboardName',
  'Family',
  'Name',
  'name',
];

/** A stack of CloudFormation resources, as the reader of trees would give it. */
export function cloudFormationStack(
  resources: Readonly<Record<string, TemplateRow>>,
  { name = 'app', parameters = {} as Parameters, account = '123456789012' } = {},
): Stack {
  const identity = { cloud: 'aws', engine: 'cloudformation', account, region: 'us-east-1', name } as const;
  return {
    identity,
    file: `${name}.template.json`,
    template: { Resources: resources, Parameters: parameters },
    resources: new Map(
      Object.entries(resources).map(([logicalId, row]) => {
        const properties = row.Properties ?? {};
        const physicalName = nameKeys.map((key) => properties[key]).find((value) => typeof value === 'string');
        const resource: Resource = {
          address: `aws/${account}/us-east-1/${name}/${logicalId}`,
          stack: identity,
          logicalId,
          type: row.Type,
          properties,
          definition: row,
          protection: {},
          statefulness: { kind: 'stateless' },
          ...(typeof physicalName === 'string' ? { physicalName } : {}),
        };
        return [logicalId, resource] as const;
      }),
    ),
  };
}

/** A stack of Terraform resources: arguments by type and name. */
export function terraformStack(
  resources: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>,
  { name = 'azure' } = {},
): Stack {
  const identity = { cloud: 'azure', engine: 'terraform', account: 'unknown-account', region: '-', name } as const;
  return {
    identity,
    file: `stacks/${name}/cdk.tf.json`,
    template: { resource: resources },
    resources: new Map(
      Object.entries(resources).flatMap(([type, rows]) =>
        Object.entries(rows).map(([local, properties]) => {
          const resource: Resource = {
            address: `azure/unknown-account/-/${name}/${type}.${local}`,
            stack: identity,
            logicalId: `${type}.${local}`,
            type,
            properties,
            definition: properties,
            protection: {},
            statefulness: { kind: 'stateless' },
            ...(typeof properties.name === 'string' ? { physicalName: properties.name } : {}),
          };
          return [resource.logicalId, resource] as const;
        }),
      ),
    ),
  };
}

export const treeOf = (...stacks: readonly Stack[]): Tree => ({
  directory: 'tree',
  stacks: new Map(stacks.map((stack) => [`${stack.identity.cloud}/${stack.identity.name}`, stack])),
  clouds: [...new Set(stacks.map(({ identity }) => identity.cloud))],
  notes: [],
});

/** Two trees laid side by side, paired by address alone: enough for analysers, which look at both sides. */
export function comparisonOf(base: Tree, head: Tree): Comparison {
  const stacks = new Set([...base.stacks.keys(), ...head.stacks.keys()]);
  const changes: ResolvedChange[] = [];
  for (const key of stacks) {
    const before = base.stacks.get(key)?.resources ?? new Map<string, Resource>();
    const after = head.stacks.get(key)?.resources ?? new Map<string, Resource>();
    for (const logicalId of new Set([...before.keys(), ...after.keys()])) {
      const was = before.get(logicalId);
      const is = after.get(logicalId);
      if (JSON.stringify(was?.definition) === JSON.stringify(is?.definition)) continue;
      const shown = (is ?? was) as Resource;
      changes.push({
        kind: was === undefined ? 'add' : is === undefined ? 'remove' : 'update',
        resource: shown,
        statefulness: shown.statefulness,
        unknownType: false,
        effect: '',
        properties: [],
        causes: [],
        ...(was === undefined ? {} : { base: was }),
        ...(is === undefined ? {} : { head: is }),
      });
    }
  }
  return {
    base,
    head,
    pairs: [...stacks].map((key) => ({ base: base.stacks.get(key), head: head.stacks.get(key) })),
    stacks: [],
    changes,
    notes: [],
  };
}
