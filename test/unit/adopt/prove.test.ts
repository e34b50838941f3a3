import type { AssemblyStack, TemplateResource } from '../../../lib/adopt/assembly';
import type { JsonObject } from '../../../lib/adopt/json';
import { lossOf } from '../../../lib/adopt/losses';
import { proveAdoption } from '../../../lib/adopt/prove';
import { factsOf, live, stackOf } from './templates';

const database = (properties: JsonObject): TemplateResource => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBInstanceIdentifier: 'db', ...properties },
});
const one = (resource: TemplateResource): AssemblyStack[] => [stackOf('data', { It: resource })];
const lives = (type: string, identifier: Record<string, string>, properties: JsonObject) =>
  factsOf({ 'data/It': { type, live: live(identifier, properties) } });

const modelled = { StorageEncrypted: true, KmsKeyId: 'key-1', PubliclyAccessible: false, BackupRetentionPeriod: 7 };

function prove(found: JsonObject, audited: JsonObject = modelled, hardened: JsonObject = audited) {
  const facts = lives('AWS::RDS::DBInstance', { DBInstanceIdentifier: 'db' }, { DBInstanceIdentifier: 'db', ...found });
  const proof = proveAdoption({ audited: one(database(audited)), hardened: one(database(hardened)), facts });
  const refusals = proof.resources.flatMap(({ steps }) => steps.flatMap((step) => step.refusals));
  return { ...proof, refusals };
}

describe('proveAdoption', () => {
  test('proves what lives as the model has it', () => {
    expect(prove(modelled)).toMatchObject({ verdict: 'proven', refusals: [], counts: { proven: 1 } });
  });

  test('proves a change in place, and lists it', () => {
    const { verdict, resources } = prove({ ...modelled, PubliclyAccessible: true });
    expect(verdict).toBe('proven');
    expect(resources[0]?.steps[0]?.changes).toEqual([{ property: 'PubliclyAccessible', before: true, after: false }]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'an unencrypted instance',
      { StorageEncrypted: false },
      'StorageEncrypted is false and would become true: that replaces',
    ],
    ['another key', { KmsKeyId: 'key-2' }, 'KmsKeyId is "key-2" and would become "key-1": that replaces'],
    ['longer backups', { BackupRetentionPeriod: 14 }, 'backups (days) shortened from 14 to 7'],
  ])('refuses %s', (_title, found, message) => {
    const { verdict, refusals } = prove({ ...modelled, ...found });
    expect(verdict).toBe('refused');
    expect(refusals.join()).toContain(message);
  });

  test('refuses a property of which nobody knows whether it replaces', () => {
    const unheardOf = { ...modelled, QuantumStorage: 'on' };
    expect(prove({ ...modelled, QuantumStorage: 'off' }, unheardOf).refusals.join()).toContain('may replace');
  });

  test('sees through references: a literal and what means the same are no difference', () => {
    const facts = factsOf({
      'data/Group': {
        type: 'AWS::ElastiCache::SubnetGroup',
        live: live({ CacheSubnetGroupName: 'g' }, { CacheSubnetGroupName: 'g' }),
      },
      'data/It': {
        type: 'AWS::ElastiCache::CacheCluster',
        live: live({ ClusterName: 'c' }, { ClusterName: 'c', CacheSubnetGroupName: 'g' }),
      },
    });
    const stacks = [
      stackOf('data', {
        Group: { Type: 'AWS::ElastiCache::SubnetGroup', Properties: { CacheSubnetGroupName: 'g' } },
        It: {
          Type: 'AWS::ElastiCache::CacheCluster',
          Properties: { ClusterName: 'c', CacheSubnetGroupName: { Ref: 'Group' } },
        },
      }),
    ];
    expect(proveAdoption({ audited: stacks, hardened: stacks, facts })).toMatchObject({ verdict: 'proven' });
  });

  test('refuses what the next rendering lacks', () => {
    const facts = lives('AWS::RDS::DBInstance', { DBInstanceIdentifier: 'db' }, { DBInstanceIdentifier: 'db' });
    const proof = proveAdoption({ audited: one(database({})), hardened: [stackOf('data', {})], facts });
    expect(proof.resources[0]?.steps[1]?.refusals).toEqual(['it is not in hardened: the step removes it']);
  });

  test('refuses hardening that replaces', () => {
    expect(prove(modelled, modelled, { ...modelled, KmsKeyId: 'ours' }).refusals.join()).toContain('KmsKeyId');
  });

  test('without facts it is conditional, and says on what', () => {
    const stacks = one(database(modelled));
    const proof = proveAdoption({ audited: stacks, hardened: stacks });
    expect(proof).toMatchObject({ verdict: 'conditional', factsReadAt: null, counts: { conditional: 1 } });
    expect(proof.resources[0]?.conditions).toEqual([
      { property: 'DBInstanceIdentifier', value: 'db' },
      { property: 'StorageEncrypted', value: true },
      { property: 'KmsKeyId', value: 'key-1' },
    ]);
  });

  test('says nothing of what does not exist: the deployment creates it', () => {
    const facts = factsOf({ 'data/It': { type: 'AWS::RDS::DBInstance', live: null } });
    const stacks = one(database(modelled));
    expect(proveAdoption({ audited: stacks, hardened: stacks, facts })).toMatchObject({
      verdict: 'proven',
      resources: [],
    });
  });

  describe('a policy that exists', () => {
    const statement = (Sid: string, Action: string): JsonObject => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action,
      Resource: '*',
    });
    const policy = (...statements: readonly JsonObject[]): JsonObject => ({
      Bucket: 'logs',
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
    });
    const stacks = (properties: JsonObject) => one({ Type: 'AWS::S3::BucketPolicy', Properties: properties });
    const proveBucket = (found: JsonObject, model: JsonObject) =>
      proveAdoption({
        audited: stacks(model),
        hardened: stacks(model),
        facts: lives('AWS::S3::BucketPolicy', { Bucket: 'logs' }, found),
      });

    test('may be labelled otherwise', () => {
      const proof = proveBucket(policy(statement('a', 's3:PutObject')), policy(statement('b', 's3:PutObject')));
      expect(proof.verdict).toBe('proven');
    });

    test('may get statements', () => {
      const two = policy(statement('a', 's3:PutObject'), statement('b', 's3:GetBucketAcl'));
      expect(proveBucket(policy(statement('a', 's3:PutObject')), two).verdict).toBe('proven');
    });

    test('may lose none', () => {
      const proof = proveBucket(policy(statement('a', 's3:GetObject')), policy(statement('a', 's3:PutObject')));
      expect(proof.verdict).toBe('refused');
      expect(proof.resources[0]?.steps[0]?.refusals[0]).toContain(
        'the live policy has a statement that the model lacks',
      );
    });

    test('of a queue is held though it is not imported', () => {
      const model = { Queues: ['https://q'], PolicyDocument: { Statement: [statement('a', 'sqs:SendMessage')] } };
      const found = { Queues: ['https://q'], PolicyDocument: { Statement: statement('old', 'sqs:ReceiveMessage') } };
      const audited = one({ Type: 'AWS::SQS::QueuePolicy', Properties: model });
      const facts = factsOf({ 'data/It': { type: 'AWS::SQS::QueuePolicy', live: live({}, found) } });
      expect(proveAdoption({ audited, hardened: audited, facts }).verdict).toBe('refused');
    });
  });
});

const rule = (more: JsonObject): JsonObject => ({ Rules: [{ Id: 'r', Status: 'Enabled', ...more }] });

describe('lossOf', () => {
  test.each<[string, string, Parameters<typeof lossOf>[2], Parameters<typeof lossOf>[3], string]>([
    ['AWS::SQS::Queue', 'MessageRetentionPeriod', 1_209_600, 345_600, 'retention (seconds) shortened'],
    ['AWS::SQS::Queue', 'MessageRetentionPeriod', undefined, 60, 'shortened from 345600 to 60'],
    ['AWS::SQS::Queue', 'SqsManagedSseEnabled', true, false, 'encryption lost'],
    ['AWS::Logs::LogGroup', 'RetentionInDays', undefined, 14, 'shortened from Infinity to 14'],
    [
      'AWS::DynamoDB::Table',
      'TimeToLiveSpecification',
      undefined,
      { Enabled: true, AttributeName: 'ttl' },
      'time to live enabled on ttl',
    ],
    ['AWS::DynamoDB::Table', 'DeletionProtectionEnabled', true, undefined, 'deletion protection lost'],
    [
      'AWS::DynamoDB::Table',
      'PointInTimeRecoverySpecification',
      { PointInTimeRecoveryEnabled: true },
      { PointInTimeRecoveryEnabled: false },
      'recovery lost',
    ],
    ['AWS::RDS::DBInstance', 'EngineVersion', '16.4', '17.4', 'major engine version'],
    ['AWS::S3::Bucket', 'VersioningConfiguration', { Status: 'Enabled' }, undefined, 'versioning lost'],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      undefined,
      rule({ ExpirationInDays: 90 }),
      'expire after 90 days, before: never',
    ],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      rule({ ExpirationInDays: 90 }),
      rule({ ExpirationInDays: 30 }),
      'expire after 30 days, before: 90',
    ],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      rule({ Prefix: 'logs/', ExpirationInDays: 9 }),
      rule({ ExpirationInDays: 30 }),
      'before: never',
    ],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      undefined,
      rule({ NoncurrentVersionExpiration: { NoncurrentDays: 5 } }),
      'noncurrent versions',
    ],
    ['AWS::KMS::Key', 'Enabled', true, false, 'key disabled'],
  ])('%s %s from %j to %j', (type, property, before, after, message) => {
    expect(lossOf(type, property, before, after)).toContain(message);
  });

  test.each<[string, string, Parameters<typeof lossOf>[2], Parameters<typeof lossOf>[3]]>([
    ['AWS::SQS::Queue', 'MessageRetentionPeriod', 345_600, 1_209_600],
    ['AWS::SQS::Queue', 'VisibilityTimeout', 300, 30],
    ['AWS::Logs::LogGroup', 'RetentionInDays', 7, 14],
    ['AWS::Logs::LogGroup', 'RetentionInDays', 7, undefined],
    ['AWS::RDS::DBInstance', 'EngineVersion', '17.4', '17.9'],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      rule({ ExpirationInDays: 30 }),
      rule({ Prefix: 'logs/', ExpirationInDays: 30 }),
    ],
    ['AWS::S3::Bucket', 'LifecycleConfiguration', undefined, { Rules: [{ Status: 'Disabled', ExpirationInDays: 1 }] }],
    [
      'AWS::S3::Bucket',
      'LifecycleConfiguration',
      undefined,
      rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
    ],
    ['AWS::Unheard::Of', 'Anything', 1, 2],
  ])('%s %s from %j to %j loses nothing', (type, property, before, after) => {
    expect(lossOf(type, property, before, after)).toBeUndefined();
  });
});
