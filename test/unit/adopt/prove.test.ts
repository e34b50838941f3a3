import type { AssemblyStack, TemplateResource } from '../../../lib/adopt/assembly';
import type { JsonObject } from '../../../lib/adopt/json';
import { proveAdoption } from '../../../lib/adopt/prove';
import { factsOf, live, stackOf } from './templates';

const database = (properties: JsonObject): TemplateResource => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: { DBInstanceIdentifier: 'db', ...properties },
});
const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
const one = (resource: TemplateResource): AssemblyStack[] => [stackOf('data', { It: { ...retained, ...resource } })];
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
    ['an unencrypted instance', { StorageEncrypted: false }, 'is replaced, because StorageEncrypted changes.'],
    ['another key', { KmsKeyId: 'key-2' }, 'because KmsKeyId changes.'],
    ['longer backups', { BackupRetentionPeriod: 14 }, 'keeps automated backups for a shorter time'],
  ])('refuses %s', (_title, found, message) => {
    const { verdict, refusals } = prove({ ...modelled, ...found });
    expect(verdict).toBe('refused');
    expect(refusals.join()).toContain(message);
  });

  test('refuses a property of which nobody knows whether it replaces', () => {
    const unheardOf = { ...modelled, QuantumStorage: 'on' };
    expect(prove({ ...modelled, QuantumStorage: 'off' }, unheardOf).refusals.join()).toContain(
      'no table says what that does',
    );
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
          ...retained,
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
      { property: 'BackupRetentionPeriod', value: 7 },
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

/** The gate has its own tests; these hold that each step is put before it as it is. */
describe('data that a step would destroy', () => {
  test.each<[string, Record<string, string>, string, JsonObject, JsonObject, string]>([
    [
      'AWS::SQS::Queue',
      { QueueUrl: 'https://q' },
      'MessageRetentionPeriod',
      { MessageRetentionPeriod: 1_209_600 },
      { MessageRetentionPeriod: 345_600 },
      'MessageRetentionPeriod was 1209600 and is 345600',
    ],
    ['AWS::Logs::LogGroup', { LogGroupName: 'g' }, 'RetentionInDays', {}, { RetentionInDays: 14 }, 'RetentionInDays'],
    [
      'AWS::S3::Bucket',
      { BucketName: 'b' },
      'LifecycleConfiguration',
      {},
      { LifecycleConfiguration: { Rules: [{ Id: 'r', Status: 'Enabled', ExpirationInDays: 90 }] } },
      'an expiry is new',
    ],
    [
      'AWS::DynamoDB::Table',
      { TableName: 't' },
      'TimeToLiveSpecification',
      {},
      { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
      'whatever holds a past time in it is deleted',
    ],
  ])('%s %j: %s is refused', (type, identifier, _property, found, model, message) => {
    const audited = one({ Type: type, Properties: model });
    const { verdict, resources } = proveAdoption({ audited, hardened: audited, facts: lives(type, identifier, found) });
    expect(verdict).toBe('refused');
    expect(resources[0]?.steps[0]?.refusals.join()).toContain(message);
  });

  test('a longer retention is not', () => {
    const model = { MessageRetentionPeriod: 1_209_600 };
    const audited = one({ Type: 'AWS::SQS::Queue', Properties: model });
    const facts = lives('AWS::SQS::Queue', { QueueUrl: 'https://q' }, { MessageRetentionPeriod: 345_600 });
    expect(proveAdoption({ audited, hardened: audited, facts }).verdict).toBe('proven');
  });
});

test('what holds no state may not be replaced either', () => {
  const audited = one({ Type: 'AWS::Scheduler::Schedule', Properties: { Name: 'new' } });
  const facts = lives('AWS::Scheduler::Schedule', { Name: 'old' }, { Name: 'old' });
  const { resources } = proveAdoption({ audited, hardened: audited, facts });
  expect(resources[0]?.steps[0]?.refusals).toEqual([
    'Name is "old" and would become "new": that replaces the resource',
  ]);
});
