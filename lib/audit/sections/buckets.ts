import {
  type CORSRule,
  type IntelligentTieringConfiguration,
  type LifecycleRule,
  ListBucketsCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { distribution } from '../../estate/edge';
import { effectiveBucket } from '../../estate/posture';
import { type AccountSettings, globalName } from '../../estate/settings';
import {
  type BucketEncryption,
  type BucketPolicyProfile,
  type BucketRow,
  buckets,
  corsRule,
  type ForeignBucketRow,
  foreignBuckets,
} from '../../estate/storage';
import type { AuditClients } from '../clients';
import { readBucket, readBucketPolicy } from '../live-bucket';
import { type Expectation, type JsonValue, labelColumn, type Properties, type Section, toJson } from '../model';
import { isTlsOnly, serviceGrants, statementsOf } from '../policy-document';

export const bucketsSection: Section = {
  id: 'buckets',
  part: 'audit',
  nameHeading: 'name',
  columns: [labelColumn('purpose')],

  expected: (settings) => [
    ...buckets.map((row) => expectationOf(row, settings)),
    ...foreignBuckets.map((row) => foreignExpectationOf(row, settings)),
  ],

  async read({ s3 }, name) {
    const [live, policy] = await Promise.all([readBucket(s3, name), readBucketPolicy(s3, name)]);
    if (live === undefined) return undefined;
    const statements = statementsOf(policy);
    const arn = `arn:aws:s3:::${name}`;
    return {
      ...encryptionFacts(live.encryption),
      versioned: live.versioning === 'Enabled',
      lifecycle: (live.lifecycle ?? []).map(lifecycleFacts).sort(byId),
      publicAccessBlocked: blocksEverything(live.publicAccessBlock ?? {}),
      tlsOnly: isTlsOnly(statements, 's3:*', [arn, `${arn}/*`]),
      serviceGrants: serviceGrants(statements),
      cors: (live.cors ?? []).map(corsFacts),
      archiveTiers: live.tiering.map(tieringFacts),
    };
  },

  async list({ s3 }: AuditClients) {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    return Buckets.map((bucket) => bucket.Name ?? '');
  },
};

function expectationOf(row: BucketRow, settings: AccountSettings): Expectation {
  const effective = effectiveBucket(row, settings.posture);
  return {
    kind: 'modelled',
    name: globalName(settings, row.name),
    label: row.purpose,
    properties: {
      // A posture that states no encryption leaves it to S3, which applies SSE-S3 of its own accord.
      ...(effective.encryption ? expectedEncryption(effective.encryption) : {}),
      versioned: row.versioned,
      lifecycle: expectedLifecycle(row),
      publicAccessBlocked: effective.publicAccessBlocked,
      tlsOnly: effective.tlsOnly,
      serviceGrants: row.policy === undefined ? [] : [...grantsOf[row.policy](settings)].sort(),
      cors:
        effective.corsOrigins.length === 0
          ? []
          : [
              {
                origins: [...effective.corsOrigins].sort(),
                methods: [...corsRule.methods].sort(),
                maxAgeSeconds: corsRule.maxAgeSeconds,
              },
            ],
      archiveTiers: row.archiveTiers ? [toJson(row.archiveTiers)] : [],
    },
  };
}

/** Of a bucket that another stack made: what its owner and the model agree on. */
const foreignExpectationOf = (row: ForeignBucketRow, settings: AccountSettings): Expectation => ({
  kind: 'modelled',
  name: globalName(settings, row.name),
  label: `${row.purpose} (owner: ${row.owner})`,
  properties: {
    encrypted: true,
    versioned: row.versioned,
    lifecycle: expectedLifecycle(row),
    publicAccessBlocked: true,
  },
});

/** What each service needs; sources as in the AWS guides on CloudTrail, Config, Storage Lens and origin access control. */
const grantsOf: Readonly<Record<BucketPolicyProfile, (settings: AccountSettings) => readonly string[]>> = {
  'cloudfront-read': ({ account }) => [
    `cloudfront.amazonaws.com s3:GetObject if SourceArn=arn:aws:cloudfront::${account}:distribution/${distribution.name}`,
  ],
  'cloudtrail-delivery': () => ['cloudtrail.amazonaws.com s3:GetBucketAcl', 'cloudtrail.amazonaws.com s3:PutObject'],
  'config-delivery': ({ account }) =>
    ['s3:GetBucketAcl', 's3:ListBucket', 's3:PutObject'].map(
      (action) => `config.amazonaws.com ${action} if SourceAccount=${account}`,
    ),
  'storage-lens-delivery': ({ account, region }) => [
    `storage-lens.s3.amazonaws.com s3:PutObject if SourceAccount=${account} and SourceArn=arn:aws:s3:${region}:${account}:storage-lens/*`,
  ],
};

const expectedEncryption = (encryption: BucketEncryption): Properties =>
  encryption.kind === 'sse-s3'
    ? { encrypted: true, encryption: 'AES256', kmsKey: null }
    : { encrypted: true, encryption: 'aws:kms', kmsKey: encryption.alias };

function encryptionFacts(rules: readonly ServerSideEncryptionRule[] = []): Properties {
  const byDefault = rules[0]?.ApplyServerSideEncryptionByDefault;
  return {
    encrypted: byDefault !== undefined,
    encryption: byDefault?.SSEAlgorithm ?? null,
    // The ARN of an alias and the bare alias name the same key.
    kmsKey: byDefault?.KMSMasterKeyID?.replace(/^arn:[^/]*:(?=alias\/)/, '') ?? null,
  };
}

const expectedLifecycle = (row: Pick<BucketRow, 'lifecycle'>): JsonValue => [...row.lifecycle].map(toJson).sort(byId);

/** A live rule in the words of the inventory; one that is switched off says so and matches nothing. */
function lifecycleFacts(rule: LifecycleRule): JsonValue {
  const prefix = rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix;
  const transitions = (rule.Transitions ?? []).map((move) => ({
    storageClass: move.StorageClass,
    days: move.Days ?? 0,
  }));
  const noncurrent = (rule.NoncurrentVersionTransitions ?? []).map((move) => ({
    storageClass: move.StorageClass,
    days: move.NoncurrentDays ?? 0,
  }));
  return toJson({
    id: rule.ID,
    ...(prefix ? { prefix } : {}),
    ...(transitions.length > 0 ? { transitions } : {}),
    expirationDays: rule.Expiration?.Days,
    ...(noncurrent.length > 0 ? { noncurrentTransitions: noncurrent } : {}),
    noncurrentExpirationDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    abortIncompleteUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    ...(rule.Status === 'Enabled' ? {} : { status: rule.Status }),
  });
}

const idOf = (rule: JsonValue): string => String((rule as { readonly id?: string }).id);
const byId = (a: JsonValue, b: JsonValue): number => idOf(a).localeCompare(idOf(b), 'en');

const blocksEverything = (block: {
  BlockPublicAcls?: boolean;
  BlockPublicPolicy?: boolean;
  IgnorePublicAcls?: boolean;
  RestrictPublicBuckets?: boolean;
}): boolean =>
  [block.BlockPublicAcls, block.BlockPublicPolicy, block.IgnorePublicAcls, block.RestrictPublicBuckets].every(
    (flag) => flag === true,
  );

const corsFacts = (rule: CORSRule): JsonValue => ({
  origins: [...(rule.AllowedOrigins ?? [])].sort(),
  methods: [...(rule.AllowedMethods ?? [])].sort(),
  maxAgeSeconds: rule.MaxAgeSeconds ?? null,
});

const tieringFacts = (configuration: IntelligentTieringConfiguration): JsonValue => {
  const days = (tier: string) => configuration.Tierings?.find((item) => item.AccessTier === tier)?.Days ?? null;
  return {
    archiveDays: days('ARCHIVE_ACCESS'),
    deepArchiveDays: days('DEEP_ARCHIVE_ACCESS'),
    ...(configuration.Status === 'Enabled' ? {} : { status: configuration.Status ?? null }),
  };
};
