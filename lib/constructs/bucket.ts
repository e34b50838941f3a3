import { Stack } from 'aws-cdk-lib';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type EffectiveBucket, effectiveBucket } from '../estate/posture';
import { type AccountSettings, globalName } from '../estate/settings';
import {
  type BucketRow,
  corsRule,
  type ForeignBucketRow,
  type LifecycleRule,
  type Transition,
} from '../estate/storage';
import { serviceStatements } from './bucket-policy';
import { pinnedLogicalId, retainState } from './stateful';
import { denyInsecureTransport } from './tls-only';

type BucketSettings = Pick<AccountSettings, 'posture' | 'namePrefix'>;

export interface BucketProps {
  readonly row: BucketRow;
  readonly settings: BucketSettings;
  /** Distribution that a bucket with the policy `cloudfront-read` admits. */
  readonly distributionArn?: string;
}

/** A bucket of ours, every property from its row. */
export class Bucket extends Construct {
  constructor(scope: Construct, id: string, { row, settings, distributionArn }: BucketProps) {
    super(scope, id);
    const effective = effectiveBucket(row, settings.posture);
    const name = globalName(settings, row.name);
    const resource = new CfnBucket(this, 'Resource', {
      bucketName: name,
      ...(effective.encryption && { bucketEncryption: encryptionProperty(this, effective.encryption) }),
      ...(effective.publicAccessBlocked && { publicAccessBlockConfiguration: blockEverything }),
      ...(row.versioned && { versioningConfiguration: { status: 'Enabled' } }),
      ...(row.lifecycle.length > 0 && { lifecycleConfiguration: { rules: row.lifecycle.map(lifecycleProperty) } }),
      ...(row.archiveTiers && {
        intelligentTieringConfigurations: [
          {
            id: 'archive',
            status: 'Enabled',
            tierings: [
              { accessTier: 'ARCHIVE_ACCESS', days: row.archiveTiers.archiveDays },
              { accessTier: 'DEEP_ARCHIVE_ACCESS', days: row.archiveTiers.deepArchiveDays },
            ],
          },
        ],
      }),
      ...(effective.corsOrigins.length > 0 && { corsConfiguration: corsProperty(effective.corsOrigins) }),
    });
    retainState(resource, 'Bucket', row.name);
    this.addPolicy(resource, row, effective, distributionArn);
  }

  private addPolicy(
    resource: CfnBucket,
    row: BucketRow,
    effective: EffectiveBucket,
    distributionArn: string | undefined,
  ): void {
    const { account, region } = Stack.of(this);
    const bucketArn = resource.attrArn;
    const statements = [
      ...serviceStatements(row.policy, { bucketArn, account, region, distributionArn }),
      ...(effective.tlsOnly ? [denyInsecureTransport('s3:*', [bucketArn, `${bucketArn}/*`])] : []),
    ];
    if (statements.length === 0) return;
    const policy = new CfnBucketPolicy(this, 'Policy', {
      bucket: resource.ref,
      policyDocument: new PolicyDocument({ statements }),
    });
    policy.overrideLogicalId(pinnedLogicalId('BucketPolicy', row.name));
    // A bucket that loses its policy loses its service writers with it.
    policy.cfnOptions.deletionPolicy = resource.cfnOptions.deletionPolicy;
    policy.cfnOptions.updateReplacePolicy = resource.cfnOptions.updateReplacePolicy;
  }
}

export interface ForeignBucketProps {
  readonly row: ForeignBucketRow;
  readonly settings: BucketSettings;
}

/** A bucket that another stack owns. Its policy stays the owner's: a bucket has one policy, and ours would replace it. */
export class ForeignBucket extends Construct {
  constructor(scope: Construct, id: string, { row, settings }: ForeignBucketProps) {
    super(scope, id);
    const resource = new CfnBucket(this, 'Resource', {
      bucketName: globalName(settings, row.name),
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      publicAccessBlockConfiguration: blockEverything,
      ...(row.versioned && { versioningConfiguration: { status: 'Enabled' } }),
      ...(row.lifecycle.length > 0 && { lifecycleConfiguration: { rules: row.lifecycle.map(lifecycleProperty) } }),
    });
    retainState(resource, 'Bucket', row.name);
  }
}

const blockEverything: CfnBucket.PublicAccessBlockConfigurationProperty = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

function encryptionProperty(
  scope: Construct,
  encryption: NonNullable<EffectiveBucket['encryption']>,
): CfnBucket.BucketEncryptionProperty {
  const { account, region } = Stack.of(scope);
  return {
    serverSideEncryptionConfiguration: [
      encryption.kind === 'sse-s3'
        ? { serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
        : {
            bucketKeyEnabled: true,
            serverSideEncryptionByDefault: {
              sseAlgorithm: 'aws:kms',
              kmsMasterKeyId: `arn:aws:kms:${region}:${account}:${encryption.alias}`,
            },
          },
    ],
  };
}

const transitionProperty = ({ storageClass, days }: Transition) => ({
  storageClass,
  transitionInDays: days,
});

const lifecycleProperty = (rule: LifecycleRule): CfnBucket.RuleProperty => ({
  id: rule.id,
  status: 'Enabled',
  ...(rule.prefix && { prefix: rule.prefix }),
  ...(rule.transitions && { transitions: rule.transitions.map(transitionProperty) }),
  ...(rule.expirationDays && { expirationInDays: rule.expirationDays }),
  ...(rule.noncurrentTransitions && {
    noncurrentVersionTransitions: rule.noncurrentTransitions.map(transitionProperty),
  }),
  ...(rule.noncurrentExpirationDays && {
    noncurrentVersionExpiration: { noncurrentDays: rule.noncurrentExpirationDays },
  }),
  ...(rule.abortIncompleteUploadDays && {
    abortIncompleteMultipartUpload: { daysAfterInitiation: rule.abortIncompleteUploadDays },
  }),
});

const corsProperty = (origins: readonly string[]): CfnBucket.CorsConfigurationProperty => ({
  corsRules: [
    {
      allowedHeaders: ['*'],
      allowedMethods: [...corsRule.methods],
      allowedOrigins: [...origins],
      maxAge: corsRule.maxAgeSeconds,
    },
  ],
});
