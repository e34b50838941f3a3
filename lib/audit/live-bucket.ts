import {
  type CORSRule,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type IntelligentTieringConfiguration,
  type LifecycleRule,
  ListBucketIntelligentTieringConfigurationsCommand,
  type PublicAccessBlockConfiguration,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { orAbsent } from './clients';

/** A bucket's settings as S3 says them; what is not configured is undefined or empty. */
export interface LiveBucket {
  readonly encryption: readonly ServerSideEncryptionRule[] | undefined;
  /** `Enabled` or `Suspended`; undefined for a bucket that never was versioned. */
  readonly versioning: string | undefined;
  readonly lifecycle: readonly LifecycleRule[] | undefined;
  readonly publicAccessBlock: PublicAccessBlockConfiguration | undefined;
  readonly cors: readonly CORSRule[] | undefined;
  readonly tiering: readonly IntelligentTieringConfiguration[];
}

/** JSON text of a bucket's policy; undefined where it has none, or is not there. */
export async function readBucketPolicy(s3: S3Client, name: string): Promise<string | undefined> {
  const answer = s3.send(new GetBucketPolicyCommand({ Bucket: name }));
  return (await orAbsent(answer, 'NoSuchBucketPolicy', 'NoSuchBucket'))?.Policy;
}

/** All but the policy, which is a resource of its own. Undefined for a bucket that is not there. */
export async function readBucket(s3: S3Client, name: string): Promise<LiveBucket | undefined> {
  const at = { Bucket: name };
  if ((await orAbsent(s3.send(new HeadBucketCommand(at)), 'NotFound', 'NoSuchBucket')) === undefined) return undefined;
  const [encryption, versioning, lifecycle, block, cors, tiering] = await Promise.all([
    orAbsent(s3.send(new GetBucketEncryptionCommand(at)), 'ServerSideEncryptionConfigurationNotFoundError'),
    s3.send(new GetBucketVersioningCommand(at)),
    orAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(at)), 'NoSuchLifecycleConfiguration'),
    orAbsent(s3.send(new GetPublicAccessBlockCommand(at)), 'NoSuchPublicAccessBlockConfiguration'),
    orAbsent(s3.send(new GetBucketCorsCommand(at)), 'NoSuchCORSConfiguration'),
    s3.send(new ListBucketIntelligentTieringConfigurationsCommand(at)),
  ]);
  return {
    encryption: encryption?.ServerSideEncryptionConfiguration?.Rules,
    versioning: versioning.Status,
    lifecycle: lifecycle?.Rules,
    publicAccessBlock: block?.PublicAccessBlockConfiguration,
    cors: cors?.CORSRules,
    tiering: tiering.IntelligentTieringConfigurationList ?? [],
  };
}
