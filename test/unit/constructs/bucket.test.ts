import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket, ForeignBucket } from '../../../lib/constructs/bucket';
import { proposed } from '../../../lib/estate/evidence';
import type { BucketRow } from '../../../lib/estate/storage';
import { estateApp } from '../../../stacks-aws/app';

const minimal: BucketRow = {
  name: 'files',
  purpose: 'files',
  owner: 'this repository',
  versioned: false,
  auditedPublicAccessBlocked: false,
  lifecycle: [],
  evidence: [proposed()],
};

const maximum: BucketRow = {
  ...minimal,
  versioned: true,
  encryption: { kind: 'sse-kms', alias: 'alias/files' },
  auditedCorsOrigins: ['*'],
  policy: 'cloudtrail-delivery',
  archiveTiers: { archiveDays: 90, deepArchiveDays: 180 },
  lifecycle: [
    {
      id: 'all',
      prefix: 'logs/',
      transitions: [{ storageClass: 'GLACIER', days: 90 }],
      expirationDays: 100,
      noncurrentTransitions: [{ storageClass: 'GLACIER', days: 30 }],
      noncurrentExpirationDays: 40,
      abortIncompleteUploadDays: 7,
    },
  ],
};

function bucket(row: BucketRow, settings: { posture: 'audited' | 'hardened'; namePrefix?: string }): Template {
  const stack = new Stack(estateApp(), 'test', { env: { account: '111111111111', region: 'us-east-1' } });
  new Bucket(stack, 'bucket', { row, settings });
  return Template.fromStack(stack);
}

test('minimal, audited: a name and nothing else', () => {
  const template = bucket(minimal, { posture: 'audited' });
  expect(Object.values(template.findResources('AWS::S3::Bucket')).map(({ Properties }) => Properties)).toEqual([
    { BucketName: 'files' },
  ]);
  template.resourceCountIs('AWS::S3::BucketPolicy', 0);
});

test('minimal, hardened: private, encrypted, TLS only, and no version that nobody asked for', () => {
  const template = bucket(minimal, { posture: 'hardened' });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: Match.absent(),
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [{ Sid: 'DenyInsecureTransport', Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' } }].map(
        Match.objectLike,
      ),
    },
  });
});

test('maximum: every property of the row', () => {
  const template = bucket(maximum, { posture: 'audited' });
  template.hasResourceProperties('AWS::S3::Bucket', {
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: 'arn:aws:kms:us-east-1:111111111111:alias/files',
          },
        },
      ],
    },
    CorsConfiguration: { CorsRules: [Match.objectLike({ AllowedOrigins: ['*'], MaxAge: 3600 })] },
    IntelligentTieringConfigurations: [
      {
        Tierings: [
          { AccessTier: 'ARCHIVE_ACCESS', Days: 90 },
          { AccessTier: 'DEEP_ARCHIVE_ACCESS', Days: 180 },
        ],
      },
    ].map(Match.objectLike),
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'all',
          Status: 'Enabled',
          Prefix: 'logs/',
          Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 90 }],
          ExpirationInDays: 100,
          NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER', TransitionInDays: 30 }],
          NoncurrentVersionExpiration: { NoncurrentDays: 40 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
      ],
    },
  });
});

test('hardening keeps a KMS key and narrows CORS', () => {
  const template = bucket(maximum, { posture: 'hardened' });
  const text = JSON.stringify(template.toJSON());
  expect(text).toContain('"SSEAlgorithm":"aws:kms"');
  expect(text).toContain('"AllowedOrigins":["https://huntaze.com","https://*.huntaze.com"]');
});

test('another account puts its prefix before the name, and keeps the logical id', () => {
  const template = bucket(minimal, { posture: 'audited', namePrefix: 'trial-' });
  template.templateMatches({ Resources: { BucketFiles: { Properties: { BucketName: 'trial-files' } } } });
});

test('throws when a bucket that CloudFront reads has no distribution', () => {
  expect(() => bucket({ ...minimal, policy: 'cloudfront-read' }, { posture: 'audited' })).toThrow(
    'Bucket policy cloudfront-read needs a distribution, got: undefined',
  );
});

test('a foreign bucket has no policy of ours: its owner has one', () => {
  const stack = new Stack(estateApp(), 'test');
  const row = { ...minimal, release: 'delete the stack' };
  new ForeignBucket(stack, 'bucket', { row, settings: { posture: 'hardened' } });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.resourceCountIs('AWS::S3::BucketPolicy', 0);
});
