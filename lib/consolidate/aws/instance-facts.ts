import type { DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import type { InstanceFacts, SnapshotFacts } from '../ports';

const gibibyte = 1024 ** 3;

/** Statuses from which an instance does not come back by itself (RDS user guide, "Viewing DB instance status"). */
const standstills: Readonly<Record<string, string>> = {
  deleting: 'somebody deletes it',
  failed: 'restore it from a snapshot',
  'inaccessible-encryption-credentials': 'its KMS key is disabled or deleted: enable the key and start the instance',
  'inaccessible-encryption-credentials-recoverable':
    'its KMS key cannot be used: enable the key and start the instance',
  'incompatible-network': 'its subnet group or security group is gone',
  'incompatible-option-group': 'its option group does not fit',
  'incompatible-parameters': 'a parameter of its group keeps it from starting: correct the group and reboot',
  'incompatible-restore': 'it could not be restored',
  'insufficient-capacity': 'the zone has no capacity for its class',
  'restore-error': 'it could not be restored',
  stopped: 'start it',
  stopping: 'somebody stops it',
  'storage-full': 'raise its storage',
};

/** Why an instance will not become available by itself; undefined for one that is or will. */
export const standstillOf = (status: string): string | undefined => standstills[status];

/** Facts of an instance; what a metric tells is added by whoever reads metrics. */
export function instanceFacts(instance: DBInstance): InstanceFacts {
  const [, , , region = '', account = ''] = (instance.DBInstanceArn ?? '').split(':');
  const [group] = instance.DBParameterGroups ?? [];
  return {
    identifier: instance.DBInstanceIdentifier ?? '',
    account,
    region,
    status: instance.DBInstanceStatus ?? 'unknown',
    engineVersion: instance.EngineVersion ?? '',
    encrypted: instance.StorageEncrypted ?? false,
    ...(instance.KmsKeyId && { kmsKeyId: instance.KmsKeyId }),
    host: instance.Endpoint?.Address ?? '',
    port: instance.Endpoint?.Port ?? 0,
    publiclyAccessible: instance.PubliclyAccessible ?? false,
    deletionProtection: instance.DeletionProtection ?? false,
    parameterGroup: group?.DBParameterGroupName ?? '',
    parameterApplyStatus: group?.ParameterApplyStatus ?? 'unknown',
    pendingChanges: pendingChanges(instance),
    backupRetentionDays: instance.BackupRetentionPeriod ?? 0,
    allocatedBytes: (instance.AllocatedStorage ?? 0) * gibibyte,
    ...(instance.DBSubnetGroup?.VpcId && { vpcId: instance.DBSubnetGroup.VpcId }),
    securityGroupIds: (instance.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => (id ? [id] : [])),
  };
}

/** Names of what waits to be applied. An empty list of log exports is no change. */
const pendingChanges = ({ PendingModifiedValues: pending = {} }: DBInstance): string[] =>
  Object.entries(pending)
    .filter(([, value]) => value !== undefined && value !== null)
    .filter(([, value]) => typeof value !== 'object' || Object.values(value).flat().length > 0)
    .map(([name]) => name)
    .sort();

/**
 * Why an instance is not settled, or undefined when it is: available, with nothing pending and its parameters in sync.
 *
 * The status alone says too little: for some seconds after a change was accepted the instance is still `available` with
 * its old values, which is why whoever changes something also looks for the value that it wrote.
 */
export function unsettled(facts: InstanceFacts): string | undefined {
  if (facts.status !== 'available') return `status ${facts.status}`;
  if (facts.pendingChanges.length > 0) return `pending ${facts.pendingChanges.join(', ')}`;
  if (facts.parameterApplyStatus !== 'in-sync') return `parameters ${facts.parameterApplyStatus}`;
  return undefined;
}

export const snapshotFacts = (snapshot: DBSnapshot): SnapshotFacts => ({
  identifier: snapshot.DBSnapshotIdentifier ?? '',
  instance: snapshot.DBInstanceIdentifier ?? '',
  kind: snapshot.SnapshotType === 'manual' ? 'manual' : 'automated',
  status: snapshot.Status ?? 'unknown',
  encrypted: snapshot.Encrypted ?? false,
  ...(snapshot.SnapshotCreateTime && { createdAt: snapshot.SnapshotCreateTime.toISOString() }),
});
