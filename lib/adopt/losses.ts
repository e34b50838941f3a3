import { isObject, type Json, same } from './json';

/** Why an in-place change of a property destroys data or what guards it; `undefined` when it does not. */
type Loss = (before: Json | undefined, after: Json | undefined) => string | undefined;

const number = (value: Json | undefined): number | undefined => (value === undefined ? undefined : Number(value));

/** @param unset what the service does where the property is not set */
const shortened =
  (what: string, unset: number): Loss =>
  (before, after) => {
    const [from, to] = [number(before) ?? unset, number(after) ?? unset];
    return to < from ? `${what} shortened from ${from} to ${to}` : undefined;
  };

const switchedOff =
  (what: string): Loss =>
  (before, after) =>
    String(before) === 'true' && String(after) !== 'true' ? `${what} lost` : undefined;

const member =
  (name: string, loss: Loss): Loss =>
  (before, after) =>
    loss(isObject(before) ? before[name] : undefined, isObject(after) ? after[name] : undefined);

const never = Number.POSITIVE_INFINITY;

/**
 * What destroys data without replacing anything, by type and property. Sources: the API reference of each service (a shorter
 * retention of SQS and CloudWatch Logs, an S3 expiry and a DynamoDB time to live delete what is older at once).
 */
const losses: Readonly<Record<string, Readonly<Record<string, Loss>>>> = {
  'AWS::SQS::Queue': {
    MessageRetentionPeriod: shortened('retention (seconds)', 345_600),
    SqsManagedSseEnabled: switchedOff('encryption'),
    KmsMasterKeyId: (before, after) => (before !== undefined && !same(before, after) ? 'key changed' : undefined),
  },
  'AWS::Logs::LogGroup': { RetentionInDays: shortened('retention (days)', never) },
  'AWS::DynamoDB::Table': {
    TimeToLiveSpecification: (before, after) =>
      isObject(after) && String(after.Enabled) === 'true' && !same(before, after)
        ? `time to live enabled on ${after.AttributeName}`
        : undefined,
    PointInTimeRecoverySpecification: member('PointInTimeRecoveryEnabled', switchedOff('point-in-time recovery')),
    DeletionProtectionEnabled: switchedOff('deletion protection'),
  },
  'AWS::RDS::DBInstance': {
    BackupRetentionPeriod: shortened('backups (days)', 1),
    DeletionProtection: switchedOff('deletion protection'),
    EngineVersion: (before, after) =>
      before !== undefined && after !== undefined && String(before).split('.')[0] !== String(after).split('.')[0]
        ? `major engine version changed from ${before} to ${after}`
        : undefined,
  },
  'AWS::ElastiCache::CacheCluster': { SnapshotRetentionLimit: shortened('snapshots (days)', 0) },
  'AWS::S3::Bucket': {
    VersioningConfiguration: member('Status', (before, after) =>
      before === 'Enabled' && after !== 'Enabled' ? 'versioning lost' : undefined,
    ),
    BucketEncryption: (before, after) => (before !== undefined && after === undefined ? 'encryption lost' : undefined),
    LifecycleConfiguration: (before, after) => expiryLoss(before, after),
  },
  'AWS::KMS::Key': {
    Enabled: (before, after) => (String(before) !== 'false' && String(after) === 'false' ? 'key disabled' : undefined),
  },
};

export const lossOf = (type: string, property: string, before: Json | undefined, after: Json | undefined) =>
  losses[type]?.[property]?.(before, after);

interface Expiry {
  readonly prefix: string;
  readonly current: number;
  readonly noncurrent: number;
}

/** An expiry that is new or earlier than every rule that covered the same objects. */
function expiryLoss(before: Json | undefined, after: Json | undefined): string | undefined {
  const old = expiries(before);
  for (const rule of expiries(after)) {
    const covering = old.filter(({ prefix }) => rule.prefix.startsWith(prefix));
    for (const kind of ['current', 'noncurrent'] as const) {
      const earliest = Math.min(never, ...covering.map((one) => one[kind]));
      if (rule[kind] < earliest) {
        const versions = kind === 'current' ? 'objects' : 'noncurrent versions';
        return `${versions} below "${rule.prefix}" expire after ${rule[kind]} days, before: ${earliest === never ? 'never' : earliest}`;
      }
    }
  }
  return undefined;
}

function expiries(configuration: Json | undefined): Expiry[] {
  const rules = isObject(configuration) && Array.isArray(configuration.Rules) ? (configuration.Rules as Json[]) : [];
  return rules.filter(isObject).flatMap((rule) => {
    if (rule.Status !== 'Enabled') return [];
    const noncurrent = isObject(rule.NoncurrentVersionExpiration)
      ? rule.NoncurrentVersionExpiration.NoncurrentDays
      : undefined;
    return [
      {
        prefix: String(rule.Prefix ?? ''),
        current: number(rule.ExpirationInDays) ?? never,
        noncurrent: number(noncurrent) ?? never,
      },
    ];
  });
}
