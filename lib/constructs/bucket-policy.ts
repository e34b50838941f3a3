import { Effect, type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { BucketPolicyProfile } from '../estate/storage';

/** What a service writer or reader of a bucket is known by. */
export interface BucketPolicyContext {
  readonly bucketArn: string;
  readonly account: string;
  readonly region: string;
  /** The distribution that `cloudfront-read` admits. */
  readonly distributionArn?: string;
}

const allow = (
  sid: string,
  principal: IPrincipal,
  action: string,
  resource: string,
  conditions?: Record<string, Record<string, unknown>>,
): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    principals: [principal],
    actions: [action],
    resources: [resource],
    ...(conditions && { conditions }),
  });

const ownerControl = { 's3:x-amz-acl': 'bucket-owner-full-control' };

/**
 * Statements that the services of each profile need, equal in both postures: hardening adds a denial of plain HTTP
 * that none of them meets, and takes nothing away.
 *
 * Sources: CloudTrail user guide "Amazon S3 bucket policy for CloudTrail"; AWS Config developer guide "Permissions for
 * the Amazon S3 Bucket"; CloudFront developer guide "Restrict access to an Amazon S3 origin"; S3 user guide "Setting
 * Amazon S3 Storage Lens permissions".
 */
const statementsByProfile: Readonly<
  Record<BucketPolicyProfile, (context: BucketPolicyContext) => readonly PolicyStatement[]>
> = {
  'cloudfront-read': ({ bucketArn, distributionArn }) => {
    if (distributionArn === undefined) {
      throw new Error(`Bucket policy cloudfront-read needs a distribution, got: undefined. Pass distributionArn.`);
    }
    return [
      allow('AllowCloudFrontRead', new ServicePrincipal('cloudfront.amazonaws.com'), 's3:GetObject', `${bucketArn}/*`, {
        StringEquals: { 'AWS:SourceArn': distributionArn },
      }),
    ];
  },
  'cloudtrail-delivery': ({ bucketArn, account }) => {
    const cloudTrail = new ServicePrincipal('cloudtrail.amazonaws.com');
    return [
      allow('AWSCloudTrailAclCheck', cloudTrail, 's3:GetBucketAcl', bucketArn),
      allow('AWSCloudTrailWrite', cloudTrail, 's3:PutObject', `${bucketArn}/AWSLogs/${account}/*`, {
        StringEquals: ownerControl,
      }),
    ];
  },
  'config-delivery': ({ bucketArn, account }) => {
    const config = new ServicePrincipal('config.amazonaws.com');
    const ours = { 'AWS:SourceAccount': account };
    return [
      allow('AWSConfigBucketPermissionsCheck', config, 's3:GetBucketAcl', bucketArn, { StringEquals: ours }),
      allow('AWSConfigBucketExistenceCheck', config, 's3:ListBucket', bucketArn, { StringEquals: ours }),
      allow('AWSConfigBucketDelivery', config, 's3:PutObject', `${bucketArn}/AWSLogs/${account}/Config/*`, {
        StringEquals: { ...ownerControl, ...ours },
      }),
    ];
  },
  'storage-lens-delivery': ({ bucketArn, account, region }) => [
    allow(
      'AllowStorageLensDelivery',
      new ServicePrincipal('storage-lens.s3.amazonaws.com'),
      's3:PutObject',
      `${bucketArn}/StorageLens/*`,
      {
        StringEquals: { ...ownerControl, 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:aws:s3:${region}:${account}:storage-lens/*` },
      },
    ),
  ],
};

export const serviceStatements = (
  profile: BucketPolicyProfile | undefined,
  context: BucketPolicyContext,
): readonly PolicyStatement[] => (profile === undefined ? [] : statementsByProfile[profile](context));
