import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PostgresInstance } from '../../../lib/constructs/postgres-instance';
import { RedisNode } from '../../../lib/constructs/redis-node';
import { pinnedLogicalId } from '../../../lib/constructs/stateful';
import { Table } from '../../../lib/constructs/table';
import { cache, databases } from '../../../lib/estate/databases';
import { tableKey } from '../../../lib/estate/posture';
import { tables } from '../../../lib/estate/support';
import { estateApp } from '../../../stacks-aws/app';
import { settingsWith } from '../../support/estate';

const stack = () => new Stack(estateApp(), 'test', { env: { account: '317805897534', region: 'us-east-1' } });

function databaseTemplate(index: number, context: Record<string, string>): Template {
  const row = databases[index];
  if (!row) throw new Error(`No database row ${index}`);
  const scope = stack();
  new PostgresInstance(scope, 'database', {
    row,
    settings: settingsWith(context),
    securityGroupId: 'sg-1',
    passwordSecret: 'password',
  });
  return Template.fromStack(scope);
}

describe('PostgreSQL', () => {
  test.each([
    [0, { StorageEncrypted: false, KmsKeyId: Match.absent(), PubliclyAccessible: true }],
    [
      1,
      {
        StorageEncrypted: true,
        KmsKeyId: 'arn:aws:kms:us-east-1:317805897534:key/a82c2f5a-78be-4148-8a07-76c8af7410b7',
        PubliclyAccessible: false,
      },
    ],
  ])('row %i: what the audit found', (index, properties) => {
    databaseTemplate(index, { posture: 'audited' }).hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ...properties,
        EngineVersion: '17.4',
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: '20',
        StorageType: 'gp2',
        AvailabilityZone: 'us-east-1d',
        MultiAZ: false,
        BackupRetentionPeriod: 7,
        DeletionProtection: false,
        MasterUserPassword: '{{resolve:secretsmanager:password:SecretString}}',
      },
    });
  });

  test.each([0, 1])('row %i, hardened: protected', (index) => {
    databaseTemplate(index, {}).hasResourceProperties('AWS::RDS::DBInstance', {
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      DeleteAutomatedBackups: false,
    });
  });

  test('one setting moves the engine', () => {
    databaseTemplate(0, { engineVersion: '17.6' }).hasResourceProperties('AWS::RDS::DBInstance', {
      EngineVersion: '17.6',
    });
  });
});

test('Redis: as audited', () => {
  const scope = stack();
  new RedisNode(scope, 'cache', { row: cache, subnetIds: ['subnet-1', 'subnet-2'], securityGroupId: 'sg-1' });
  Template.fromStack(scope).hasResource('AWS::ElastiCache::CacheCluster', {
    DeletionPolicy: 'RetainExceptOnCreate',
    DependsOn: ['CacheSubnetGroupHuntazeCacheSubnetProduction'],
    Properties: {
      ClusterName: 'huntaze-redis-production',
      CacheNodeType: 'cache.t3.micro',
      EngineVersion: '7.1',
      NumCacheNodes: 1,
      PreferredAvailabilityZone: 'us-east-1f',
    },
  });
});

describe('tables', () => {
  const users = tables.find(({ name }) => name === 'huntaze-users');
  const tokens = tables.find(({ name }) => name === 'huntaze-oauth-tokens');
  if (!users || !tokens) throw new Error('The rows are gone');

  test('maximum: keys, index, expiry', () => {
    const scope = stack();
    new Table(scope, 'table', { row: users, settings: settingsWith() });
    Template.fromStack(scope).hasResourceProperties('AWS::DynamoDB::Table', {
      AttributeDefinitions: [
        { AttributeName: 'userId', AttributeType: 'S' },
        { AttributeName: 'stripeCustomerId', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'ByStripeCustomerId' })],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  test('a key in conflict comes from the settings', () => {
    expect(tableKey(tokens, settingsWith())).toEqual({
      partition: { name: 'userId', type: 'S' },
      sort: { name: 'provider', type: 'S' },
    });
  });

  test('throws when the settings are silent too', () => {
    expect(() => tableKey(tokens, { account: '317805897534', tableKeys: {} })).toThrow(
      "Set tableKeys['huntaze-oauth-tokens'] in settings/317805897534.ts",
    );
  });
});

test.each([
  ['Queue', 'huntaze-analytics-dlq', 'QueueHuntazeAnalyticsDlq'],
  ['Queue', 'onlyfans-send.fifo', 'QueueOnlyfansSendFifo'],
  ['LogGroup', '/aws/lambda/x', 'LogGroupAwsLambdaX'],
])('%s %s is pinned as %s', (kind, name, expected) => {
  expect(pinnedLogicalId(kind, name)).toBe(expected);
});
