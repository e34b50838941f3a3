import { clusters } from '../../lib/estate/compute';
import { databases } from '../../lib/estate/databases';
import { modelledFunctions } from '../../lib/estate/functions';
import { queueNames } from '../../lib/estate/messaging';
import { buckets, foreignBuckets } from '../../lib/estate/storage';
import { tables } from '../../lib/estate/support';
import { estateTemplates, resourcesOfType } from '../support/estate';

const postures = ['audited', 'hardened'] as const;
const templatesByPosture = new Map(postures.map((posture) => [posture, estateTemplates({ posture })]));

describe.each(postures)('the %s estate', (posture) => {
  const templates = templatesByPosture.get(posture) ?? new Map();
  const names = (type: string, property: string): unknown[] =>
    resourcesOfType(templates, type).map((resource) => resource.Properties?.[property]);

  test.each([
    ['AWS::S3::Bucket', 'BucketName', 14, [...buckets, ...foreignBuckets].map(({ name }) => name)],
    ['AWS::ECS::Cluster', 'ClusterName', 3, clusters.map(({ name }) => name)],
    ['AWS::RDS::DBInstance', 'DBInstanceIdentifier', 2, databases.map(({ name }) => name)],
    ['AWS::SQS::Queue', 'QueueName', 31, queueNames],
    ['AWS::DynamoDB::Table', 'TableName', 6, tables.map(({ name }) => name)],
    ['AWS::Lambda::Function', 'FunctionName', modelledFunctions.length, modelledFunctions.map(({ name }) => name)],
    ['AWS::CloudFront::Distribution', 'BucketName', 1, [undefined]],
    ['AWS::ElastiCache::CacheCluster', 'ClusterName', 1, ['huntaze-redis-production']],
  ])('%s: each as decided', (type, property, count, expected) => {
    expect(names(type, property)).toHaveLength(count);
    expect(names(type, property).sort()).toEqual([...expected].sort());
  });

  test('one instance of the two is encrypted', () => {
    expect(names('AWS::RDS::DBInstance', 'StorageEncrypted').sort()).toEqual([false, true]);
  });

  test('every function runs on nodejs20.x', () => {
    expect(new Set(names('AWS::Lambda::Function', 'Runtime'))).toEqual(new Set(['nodejs20.x']));
  });

  test('no stack ties itself to another by an export or an import', () => {
    for (const template of templates.values()) {
      expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
      for (const output of Object.values(template.Outputs ?? {})) expect(output).not.toHaveProperty('Export');
    }
  });

  test('no template holds or generates the value of a secret', () => {
    const text = JSON.stringify([...templates.values()]);
    expect(text).not.toContain('GenerateSecretString');
    for (const secret of resourcesOfType(templates, 'AWS::SecretsManager::Secret')) {
      expect(secret.Properties).not.toHaveProperty('SecretString');
    }
  });

  test('no template names the dangling origin of the audited distribution', () => {
    expect(JSON.stringify([...templates.values()])).not.toMatch(/private-ca-crl|crl\.huntaze\.com/);
  });

  test('no role may do everything, and "*" stands only where the service knows no resource', () => {
    const actionsOnEverything = resourcesOfType(templates, 'AWS::IAM::Policy')
      .flatMap((policy) => (policy.Properties?.PolicyDocument as PolicyDocument | undefined)?.Statement ?? [])
      .filter((statement) => [statement.Resource].flat().includes('*'))
      .flatMap((statement) => [statement.Action].flat());
    expect([...new Set(actionsOnEverything)].sort()).toEqual([
      // Lambda's network interfaces, made as the function's role.
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
      'ecr:GetAuthorizationToken',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('every queue that EventBridge writes to has SSE-SQS or none, and admits it', () => {
    const policies = resourcesOfType(templates, 'AWS::SQS::QueuePolicy').filter((policy) =>
      JSON.stringify(policy).includes('events.amazonaws.com'),
    );
    expect(policies).toHaveLength(4);
    for (const queue of resourcesOfType(templates, 'AWS::SQS::Queue')) {
      expect(queue.Properties).not.toHaveProperty('KmsMasterKeyId');
    }
  });
});

interface PolicyDocument {
  readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: unknown }[];
}
