import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule,
  ListBucketIntelligentTieringConfigurationsCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { orAbsent } from '../../audit/clients';
import { compact } from '../json';
import { nameIn, type Reader } from './reader';

export const bucket: Reader = async ({ s3 }, wanted) => {
  const name = nameIn(wanted, 'BucketName');
  if (name === undefined) return undefined;
  if ((await orAbsent(s3.send(new HeadBucketCommand({ Bucket: name })), 'NotFound', 'NoSuchBucket')) === undefined) {
    return undefined;
  }
  const [encryption, versioning, lifecycle, block, cors, tiering, all] = await Promise.all([
    orAbsent(
      s3.send(new GetBucketEncryptionCommand({ Bucket: name })),
      'ServerSideEncryptionConfigurationNotFoundError',
    ),
    s3.send(new GetBucketVersioningCommand({ Bucket: name })),
    orAbsent(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: name })), 'NoSuchLifecycleConfiguration'),
    orAbsent(s3.send(new GetPublicAccessBlockCommand({ Bucket: name })), 'NoSuchPublicAccessBlockConfiguration'),
    orAbsent(s3.send(new GetBucketCorsCommand({ Bucket: name })), 'NoSuchCORSConfiguration'),
    s3.send(new ListBucketIntelligentTieringConfigurationsCommand({ Bucket: name })),
    s3.send(new ListBucketsCommand({ Prefix: name })),
  ]);
  const rules = encryption?.ServerSideEncryptionConfiguration?.Rules;
  const tiers = tiering.IntelligentTieringConfigurationList ?? [];
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
      BucketEncryption: rules && {
        ServerSideEncryptionConfiguration: rules.map(({ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
          BucketKeyEnabled,
          ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault,
        })),
      },
      VersioningConfiguration: versioning.Status && { Status: versioning.Status },
      LifecycleConfiguration: lifecycle?.Rules && { Rules: lifecycle.Rules.map(lifecycleRule) },
      PublicAccessBlockConfiguration: block?.PublicAccessBlockConfiguration,
      CorsConfiguration: cors?.CORSRules && {
        CorsRules: cors.CORSRules.map((rule) => ({
          Id: rule.ID,
          AllowedHeaders: rule.AllowedHeaders,
          AllowedMethods: rule.AllowedMethods,
          AllowedOrigins: rule.AllowedOrigins,
          ExposedHeaders: rule.ExposeHeaders,
          MaxAge: rule.MaxAgeSeconds,
        })),
      },
      IntelligentTieringConfigurations: tiers.length === 0 ? undefined : tiers,
    }),
  };
};

export const bucketPolicy: Reader = async ({ s3 }, wanted) => {
  const name = nameIn(wanted, 'Bucket');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    s3.send(new GetBucketPolicyCommand({ Bucket: name })),
    'NoSuchBucketPolicy',
    'NoSuchBucket',
  );
  if (answer?.Policy === undefined) return undefined;
  return {
    identifier: { Bucket: name },
    ref: name,
    properties: { Bucket: name, PolicyDocument: JSON.parse(answer.Policy) },
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
