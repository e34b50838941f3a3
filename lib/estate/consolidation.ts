import { type ConsolidationSettings, effectsOf } from './consolidation-phase';
import { databases } from './databases';
import type { Permission } from './permissions';
import type { AccountSettings } from './settings';
import { databaseSecret, masterPasswordSecret } from './support';

/**
 * Names and figures of the consolidation that templates and tool share, so that the tool expects what was deployed.
 */

/** The plain instance, which takes the writes, and the encrypted one that stays. */
export const consolidationPair = {
  source: 'huntaze-postgres-production',
  target: 'huntaze-postgres-production-encrypted',
} as const;

/** Logical ids of the two instances in the template of the data stack, which never change. */
export const pinnedDatabaseIds = [
  'DatabaseHuntazePostgresProduction',
  'DatabaseHuntazePostgresProductionEncrypted',
] as const;

/** Table of the runs' states: one item for each pair of instances. */
export const consolidationTable = { name: 'huntaze-consolidation-state', key: 'pair' } as const;

/** Family of the task definition, and what goes with it. */
export const consolidationTask = 'huntaze-consolidate';

/** Where the image of the task holds the certificate authorities of RDS in us-east-1. */
export const certificatesInImage = '/etc/ssl/rds/us-east-1-bundle.pem';

/** Manual snapshots of a run begin so; the runner's role may make no other. */
export const consolidationSnapshotPrefix = 'consolidation-';

/** An instance that a strategy makes begins so: beside the two of the inventory, never in their place. */
export const consolidatedInstancePrefix = 'huntaze-postgres-production-consolidated';

/** Metrics that the runner reports of a running leg. */
export const consolidationMetrics = {
  namespace: 'Huntaze/Consolidation',
  /** Seconds since the other side last saw a heartbeat. */
  heartbeatAge: 'HeartbeatAgeSeconds',
  /** Bytes of log that the other side has not confirmed. */
  lag: 'ReplicationLagBytes',
  /** One dimension, so that both directions raise the same alarm. */
  dimensions: { Source: consolidationPair.source },
} as const;

/**
 * Parameters that both instances need, by their PostgreSQL names. Each side publishes in its turn. All but the bound on
 * slots are static. Ours: RDS's defaults are enough for the legs but not for parallel table copies beside them, and leave
 * a slot without a bound, so that a leg that stands still fills the volume and stops the instance that takes the writes.
 */
export const replicationParameters = {
  max_replication_slots: 20,
  max_wal_senders: 20,
  max_logical_replication_workers: 8,
  max_worker_processes: 16,
  /** MiB: a fifth of the 20 GiB volume. */
  max_slot_wal_keep_size: 4096,
} as const;

/** Parameter group of its own of an instance. Its family is part of the name, which can never change. */
export const ownParameterGroup = (instance: string, engineVersion: string): { name: string; family: string } => {
  const family = `postgres${engineVersion.split('.')[0]}`;
  return { name: `${instance}-${family}`, family };
};

/** What stands in an instance's own parameter group; undefined while it uses the default one. */
export function parametersOf(consolidation: ConsolidationSettings): Readonly<Record<string, string>> | undefined {
  const { parameterGroups, logicalReplication } = effectsOf(consolidation);
  if (!parameterGroups) return undefined;
  if (!logicalReplication) return { 'rds.logical_replication': '0' };
  return {
    'rds.logical_replication': '1',
    ...Object.fromEntries(Object.entries(replicationParameters).map(([name, value]) => [name, String(value)])),
  };
}

/** Name of the group that an instance uses. */
export const parameterGroupOf = (
  row: { readonly name: string; readonly parameterGroup: string },
  { consolidation, engineVersion }: Pick<AccountSettings['databases'], 'consolidation' | 'engineVersion'>,
): string =>
  effectsOf(consolidation).parameterGroups ? ownParameterGroup(row.name, engineVersion).name : row.parameterGroup;

/** What the runner may do: nothing while the consolidation is off, and never more than its strategy needs. */
export function runnerPermissions({ databases: decided }: Pick<AccountSettings, 'databases'>): readonly Permission[] {
  const { consolidation } = decided;
  if (!effectsOf(consolidation).runner) return [];
  return [...commonPermissions(decided), ...strategyPermissions(decided)];
}

const commonPermissions = (decided: AccountSettings['databases']): readonly Permission[] => [
  {
    on: 'table',
    name: consolidationTable.name,
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DescribeTable'],
  },
  {
    on: 'secret',
    name: databaseSecret,
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
  },
  { on: 'secret', name: masterPasswordSecret, actions: ['secretsmanager:GetSecretValue'] },
  ...databases.flatMap(({ name }): Permission[] => [
    {
      on: 'database',
      name,
      actions: [
        'rds:CreateDBSnapshot',
        'rds:DescribeDBInstances',
        'rds:DescribeDBSnapshots',
        'rds:ModifyDBInstance',
        'rds:RebootDBInstance',
      ],
    },
    {
      on: 'database-parameters',
      name: ownParameterGroup(name, decided.engineVersion).name,
      actions: ['rds:DescribeDBParameters'],
    },
  ]),
  {
    on: 'database-snapshots',
    prefix: consolidationSnapshotPrefix,
    actions: ['rds:AddTagsToResource', 'rds:CreateDBSnapshot', 'rds:DescribeDBSnapshots'],
  },
  ...decided.consolidation.services.flatMap(({ cluster, name }): Permission[] => [
    { on: 'ecs-service', cluster, name, actions: ['ecs:DescribeServices', 'ecs:UpdateService'] },
  ]),
  { on: 'metrics', namespace: consolidationMetrics.namespace, actions: ['cloudwatch:PutMetricData'] },
  {
    on: 'everything',
    actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'ec2:DescribeSecurityGroups'],
  },
];

/** Strategies that make another instance. They also set the stack policy that forbids deploys of the old record. */
function strategyPermissions({
  consolidation,
  encryptedInstanceKeyId,
  engineVersion,
}: AccountSettings['databases']): readonly Permission[] {
  if (consolidation.strategy === 'logical-replication') return [];
  const { source, target } = consolidationPair;
  const group = ownParameterGroup(target, engineVersion).name;
  const another: readonly Permission[] = [
    {
      on: 'stack',
      name: 'huntaze-estate-data',
      actions: ['cloudformation:GetStackPolicy', 'cloudformation:SetStackPolicy'],
    },
    {
      on: 'kms-key',
      id: encryptedInstanceKeyId,
      actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    },
    {
      on: 'database-snapshots',
      prefix: consolidationSnapshotPrefix,
      actions: ['rds:CopyDBSnapshot', 'rds:RestoreDBInstanceFromDBSnapshot'],
    },
    {
      on: 'database',
      name: `${consolidatedInstancePrefix}*`,
      actions: [
        'rds:AddTagsToResource',
        'rds:DescribeDBInstances',
        'rds:ModifyDBInstance',
        'rds:RebootDBInstance',
        'rds:RestoreDBInstanceFromDBSnapshot',
      ],
    },
    { on: 'database-parameters', name: group, actions: ['rds:RestoreDBInstanceFromDBSnapshot'] },
    { on: 'database-subnet-group', name: 'default', actions: ['rds:RestoreDBInstanceFromDBSnapshot'] },
  ];
  if (consolidation.strategy === 'snapshot-copy') return another;
  if (consolidation.strategy === 'seeded-replication') {
    // Its log says up to where it replayed.
    const log = ['rds:DescribeDBLogFiles', 'rds:DownloadDBLogFilePortion'];
    return [...another, { on: 'database', name: `${consolidatedInstancePrefix}*`, actions: log }];
  }
  return [
    ...another,
    // RDS names the green instance itself: the blue one's name, `-green-` and six characters; the old one gets `-old1`.
    {
      on: 'database',
      name: `${source}*`,
      actions: [
        'rds:AddTagsToResource',
        'rds:CreateBlueGreenDeployment',
        'rds:CreateDBInstance',
        'rds:CreateDBInstanceReadReplica',
        'rds:DescribeDBInstances',
        'rds:ModifyDBInstance',
        'rds:PromoteReadReplica',
        'rds:SwitchoverBlueGreenDeployment',
      ],
    },
    {
      on: 'database-deployments',
      actions: [
        'rds:AddTagsToResource',
        'rds:CreateBlueGreenDeployment',
        'rds:DeleteBlueGreenDeployment',
        'rds:DescribeBlueGreenDeployments',
        'rds:SwitchoverBlueGreenDeployment',
      ],
    },
    {
      on: 'database-parameters',
      name: group,
      actions: ['rds:CreateBlueGreenDeployment', 'rds:CreateDBInstanceReadReplica'],
    },
    { on: 'database-subnet-group', name: 'default', actions: ['rds:CreateDBInstanceReadReplica'] },
  ];
}
