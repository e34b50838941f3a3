import { audited, type Evidence, evidence, type OwnerId, type Row } from './evidence';

/** A move to a colder storage class, in days after creation (or after becoming noncurrent). */
export interface Transition {
  readonly storageClass: 'INTELLIGENT_TIERING' | 'GLACIER' | 'DEEP_ARCHIVE';
  /** Days, 0 or more. */
  readonly days: number;
}

/** One lifecycle rule. Every number is days. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix?: string;
  readonly transitions?: readonly Transition[];
  readonly expirationDays?: number;
  readonly noncurrentTransitions?: readonly Transition[];
  readonly noncurrentExpirationDays?: number;
  readonly abortIncompleteUploadDays?: number;
}

/** Archive tiers of the INTELLIGENT_TIERING storage class, in days without access. */
export interface ArchiveTiers {
  readonly archiveDays: number;
  readonly deepArchiveDays: number;
}

/** How objects are encrypted at rest: S3-managed keys, or a KMS key named by its alias. */
export type BucketEncryption = { readonly kind: 'sse-s3' } | { readonly kind: 'sse-kms'; readonly alias: string };

/** Who may use a bucket through its policy, besides what IAM allows. */
export type BucketPolicyProfile =
  | 'cloudfront-read'
  | 'cloudtrail-delivery'
  | 'config-delivery'
  | 'storage-lens-delivery';

export interface BucketRow extends Row {
  readonly purpose: string;
  /** Evidence of a versioned bucket; hardened never switches versioning on by itself (it multiplies storage). */
  readonly versioned: boolean;
  readonly lifecycle: readonly LifecycleRule[];
  readonly archiveTiers?: ArchiveTiers;
  /** Encryption that a document states. @default none stated: S3 itself applies SSE-S3; hardened says so explicitly */
  readonly encryption?: BucketEncryption;
  /** All four public access blocks, in the audited posture; hardened has them everywhere. */
  readonly auditedPublicAccessBlocked: boolean;
  readonly policy?: BucketPolicyProfile;
  /** Browsers that may call the bucket, in the audited posture. Hardened narrows them to the product's domains. */
  readonly auditedCorsOrigins?: readonly string[];
}

/** A bucket that another stack owns; modelled so that a review sees all 14, deployed only on request. */
export interface ForeignBucketRow extends Row {
  readonly purpose: string;
  /** What must happen in the owner's stack before this one may import the bucket. */
  readonly release: string;
  readonly versioned: boolean;
  readonly lifecycle: readonly LifecycleRule[];
}

const account = '317805897534';

const listed: Evidence = evidence('s3Listing', 'listed', 'all 14 buckets, us-east-1');
const tiering = evidence('hardeningTerraform', 'inferred', 'lifecycle');

/** Lifecycle that the Terraform root gave to the three artefact buckets. */
const artefactLifecycle: readonly LifecycleRule[] = [
  {
    id: 'intelligent-tiering',
    transitions: [{ storageClass: 'INTELLIGENT_TIERING', days: 0 }],
    noncurrentExpirationDays: 90,
    abortIncompleteUploadDays: 7,
  },
  { id: 'logs', prefix: 'logs/', expirationDays: 90 },
];
const artefactTiers: ArchiveTiers = { archiveDays: 90, deepArchiveDays: 180 };

/** Methods and cache time that both asset buckets allow to browsers. */
export const corsRule = { methods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'], maxAgeSeconds: 3600 } as const;

/** The product's own domains: what hardened CORS admits. */
export const productOrigins: readonly string[] = ['https://huntaze.com', 'https://*.huntaze.com'];

/** Audit section 3: the nine buckets of ours. */
export const buckets: readonly BucketRow[] = [
  {
    name: 'huntaze-beta-assets',
    purpose: 'Public assets (images, videos)',
    owner: 'huntaze-beta-assets-stack',
    versioned: true,
    auditedPublicAccessBlocked: true,
    auditedCorsOrigins: ['https://*.huntaze.com', 'http://localhost:3000'],
    lifecycle: [
      {
        id: 'tiering',
        transitions: [{ storageClass: 'INTELLIGENT_TIERING', days: 90 }],
        noncurrentTransitions: [{ storageClass: 'GLACIER', days: 30 }],
        noncurrentExpirationDays: 365,
      },
    ],
    evidence: [
      audited(),
      listed,
      evidence(
        'bucketTemplate',
        'inferred',
        'settings. Its policy denies everybody but services and so shuts out every IAM user: not modelled; the port of localhost is not documented',
      ),
    ],
  },
  {
    name: 'huntaze-assets',
    purpose: 'General assets, served by the distribution',
    owner: 'scripts or console',
    versioned: true,
    auditedPublicAccessBlocked: true,
    auditedCorsOrigins: ['*'],
    policy: 'cloudfront-read',
    lifecycle: [
      { id: 'noncurrent', noncurrentExpirationDays: 30 },
      { id: 'multipart', abortIncompleteUploadDays: 7 },
    ],
    evidence: [
      audited(),
      listed,
      evidence('bucketPolicy', 'inferred', 'one CORS rule and two lifecycle rules seen live'),
    ],
  },
  {
    name: `huntaze-cloudtrail-logs-${account}`,
    purpose: 'CloudTrail logs',
    owner: 'production-hardening',
    versioned: true,
    encryption: { kind: 'sse-kms', alias: 'alias/huntaze-cloudtrail' },
    auditedPublicAccessBlocked: true,
    policy: 'cloudtrail-delivery',
    lifecycle: [
      {
        id: 'retention',
        transitions: [
          { storageClass: 'GLACIER', days: 90 },
          { storageClass: 'DEEP_ARCHIVE', days: 180 },
        ],
        expirationDays: 2555,
      },
    ],
    evidence: [audited(), listed, evidence('hardeningTerraform', 'inferred', 'settings')],
  },
  {
    name: `huntaze-of-traces-${account}-us-east-1`,
    purpose: 'OnlyFans traces',
    owner: 'scripts or console',
    versioned: false,
    auditedPublicAccessBlocked: false,
    lifecycle: artefactLifecycle,
    archiveTiers: artefactTiers,
    evidence: [audited('the audit shortens the name'), listed, tiering],
  },
  {
    name: `huntaze-playwright-artifacts-${account}-us-east-1`,
    purpose: 'Artefacts of browser tests',
    owner: 'scripts or console',
    versioned: false,
    auditedPublicAccessBlocked: false,
    lifecycle: artefactLifecycle,
    archiveTiers: artefactTiers,
    evidence: [
      audited('the audit shortens the name'),
      listed,
      tiering,
      evidence(
        'traceRunbook',
        'inferred',
        'says that objects expire after 7 days: conflicts with Terraform, not modelled',
      ),
    ],
  },
  {
    name: `huntaze-synthetics-artifacts-${account}`,
    purpose: 'Artefacts of canaries (none exists)',
    owner: 'scripts or console',
    versioned: false,
    auditedPublicAccessBlocked: false,
    lifecycle: artefactLifecycle,
    archiveTiers: artefactTiers,
    evidence: [audited('the audit shortens the name'), listed, tiering],
  },
  {
    name: 'huntaze-storage-lens-reports',
    purpose: 'Storage Lens reports',
    owner: 'scripts or console',
    versioned: false,
    auditedPublicAccessBlocked: false,
    policy: 'storage-lens-delivery',
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed, evidence('productionFixes', 'listed')],
  },
  {
    name: `huntaze-aws-config-${account}`,
    purpose: 'AWS Config, unused: its recorder never came up',
    owner: 'production-hardening',
    versioned: true,
    encryption: { kind: 'sse-s3' },
    auditedPublicAccessBlocked: true,
    policy: 'config-delivery',
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed, evidence('hardeningTerraform', 'inferred', 'settings')],
  },
  {
    name: `aws-config-${account}-us-east-1`,
    purpose: 'AWS Config, delivery in use',
    owner: 'scripts or console',
    versioned: true,
    auditedPublicAccessBlocked: false,
    policy: 'config-delivery',
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed, evidence('blockersScript', 'inferred', 'settings')],
  },
];

const bootstrapRelease = (stack: string) =>
  `Delete the bootstrap stack ${stack} (its bucket has DeletionPolicy Retain), after every stack that was deployed with its qualifier has moved on.`;

/** Lifecycle of a bucket made by `cdk bootstrap` (template version 21 and later). */
const bootstrapLifecycle: readonly LifecycleRule[] = [
  { id: 'CleanupOldVersions', noncurrentExpirationDays: 30 },
  { id: 'AbortIncompleteMultipartUploads', abortIncompleteUploadDays: 1 },
];

/** Audit section 3: the five buckets that other stacks own. */
export const foreignBuckets: readonly ForeignBucketRow[] = [
  {
    name: `cdk-hnb659fds-assets-${account}-us-east-1`,
    purpose: 'CDK assets, default qualifier',
    owner: 'CDKToolkit',
    release: bootstrapRelease('CDKToolkit'),
    versioned: true,
    lifecycle: bootstrapLifecycle,
    evidence: [audited('one of the 14 of the total'), listed],
  },
  {
    name: `cdk-ofq1abcde-assets-${account}-us-east-1`,
    purpose: 'CDK assets, second qualifier',
    owner: 'CDKToolkit-ofq1abcde',
    release: bootstrapRelease('of qualifier ofq1abcde'),
    versioned: true,
    lifecycle: bootstrapLifecycle,
    evidence: [audited('one of the 14 of the total'), listed],
  },
  {
    name: 'aws-sam-cli-managed-default-samclisourcebucket-qusvkqzketix',
    purpose: 'SAM packages',
    owner: 'aws-sam-cli-managed-default',
    release:
      'Delete the stack aws-sam-cli-managed-default with the bucket retained; sam deploy makes a new one when it needs it.',
    versioned: true,
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed],
  },
  {
    name: 'huntazeofcistack-ofsourcebuckete857dca2-sit7ku08virm',
    purpose: 'Source of the OnlyFans pipeline',
    owner: 'HuntazeOfCiStack',
    release:
      'Set DeletionPolicy Retain in HuntazeOfCiStack and take out its auto-delete helper first: deleting the stack as it is empties the bucket.',
    versioned: true,
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed, evidence('ofCiCdk', 'inferred', 'settings')],
  },
  {
    name: 'huntazeofcistack-ofpipelineartifactsbucket2e105862-yvpqdiogwdmu',
    purpose: 'Artefacts of the OnlyFans pipeline',
    owner: 'HuntazeOfCiStack',
    release: 'Set DeletionPolicy Retain in HuntazeOfCiStack, then remove the bucket from it.',
    versioned: false,
    lifecycle: [],
    evidence: [audited('one of the 14 of the total'), listed, evidence('ofCiCdk', 'inferred', 'settings')],
  },
];

/** Owners of foreign buckets, in the order of the rows. */
export const foreignOwners: readonly OwnerId[] = [...new Set(foreignBuckets.map((bucket) => bucket.owner))];
