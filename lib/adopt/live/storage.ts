import { type LifecycleRule, ListBucketsCommand } from '@aws-sdk/client-s3';
import { readBucket, readBucketPolicy } from '../../audit/live-bucket';
import { compact } from '../json';
import { nameIn, type Reader } from './reader';

export const bucket: Reader = async ({ s3 }, wanted) => {
  const name = nameIn(wanted, 'BucketName');
  if (name === undefined) return undefined;
  const [live, all] = await Promise.all([readBucket(s3, name), s3.send(new ListBucketsCommand({ Prefix: name }))]);
  if (live === undefined) return undefined;
  const { encryption, versioning, lifecycle, publicAccessBlock, cors, tiering } = live;
  return {
    identifier: { BucketName: name },
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      RegionalDomainName: `${name}.s3.${wanted.region}.amazonaws.com`,
      DomainName: `${name}.s3.amazonaws.com`,
    },
    createdAt: all.Buckets?.find((candidate) => candidate.Name === name)?.CreationDate,
    properties: compact({
      BucketName: name,
      BucketEncryption: encryption && {
        ServerSideEncryptionConfiguration: encryption.map(
          ({ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
            BucketKeyEnabled,
            ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault,
          }),
        ),
      },
      VersioningConfiguration: versioning && { Status: versioning },
      LifecycleConfiguration: lifecycle && { Rules: lifecycle.map(lifecycleRule) },
      PublicAccessBlockConfiguration: publicAccessBlock,
      CorsConfiguration: cors && {
        CorsRules: cors.map((rule) => ({
          Id: rule.ID,
          AllowedHeaders: rule.AllowedHeaders,
          AllowedMethods: rule.AllowedMethods,
          AllowedOrigins: rule.AllowedOrigins,
          ExposedHeaders: rule.ExposeHeaders,
          MaxAge: rule.MaxAgeSeconds,
        })),
      },
      IntelligentTieringConfigurations: tiering.length === 0 ? undefined : tiering,
    }),
  };
};

export const bucketPolicy: Reader = async ({ s3 }, wanted) => {
  const name = nameIn(wanted, 'Bucket');
  if (name === undefined) return undefined;
  const policy = await readBucketPolicy(s3, name);
  if (policy === undefined) return undefined;
  return {
    identifier: { Bucket: name },
    ref: name,
    properties: { Bucket: name, PolicyDocument: JSON.parse(policy) },
  };
};

/** CloudFormation spells the rule another way than the service does. */
const lifecycleRule = (rule: LifecycleRule) => ({
  Id: rule.ID,
  Status: rule.Status,
  Prefix: (rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix) || undefined,
  ExpirationInDays: rule.Expiration?.Days,
  ExpiredObjectDeleteMarker: rule.Expiration?.ExpiredObjectDeleteMarker,
  AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
  NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
  Transitions: rule.Transitions?.map(({ StorageClass, Days }) => ({ StorageClass, TransitionInDays: Days ?? 0 })),
  NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map(({ StorageClass, NoncurrentDays }) => ({
    StorageClass,
    TransitionInDays: NoncurrentDays ?? 0,
  })),
});
