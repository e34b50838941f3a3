import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import { DescribeCacheClustersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient, ListTargetsByRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { bootstrap, deploy } from '../../../lib/rehearsal/deploy';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { assertNoStaleGap, readGapList } from '../../../lib/rehearsal/gaps';
import { isRunning, listening, within } from '../../support/processes';
import {
  account,
  changed,
  distributionComment,
  first,
  region,
  stackName,
  synthEveryGap,
  type Variant,
} from './every-gap';

jest.setTimeout(180_000);

const projectRoot = resolve(__dirname, '../../..');
const scratch = join(projectRoot, '.rehearsal', 'test');
const database = 'every-gap-postgres.c2ryoow8c5m4.us-east-1.rds.amazonaws.com';
const distribution = { id: 'E21VMD5A9KDBOO', domain: 'dc825q4u11mxr.cloudfront.net' };
const cache = 'every-gap-redis.example.0001.use1.cache.amazonaws.com';

let emulator: Emulator;
let directory: string;

beforeAll(async () => {
  emulator = await startEmulator({
    account,
    region,
    directory: scratch,
    projectRoot,
    seeds: {
      distributions: { [distributionComment]: distribution },
      databases: { 'every-gap-postgres': database },
      caches: { 'every-gap-redis': cache },
    },
  });
  directory = mkdtempSync(join(emulator.directory, 'every-gap-'));
});

afterAll(async () => {
  await emulator?.stop();
  if (emulator !== undefined) rmSync(emulator.directory, { recursive: true, force: true });
});

const client = <C>(make: new (options: ReturnType<Emulator['clientOptions']>) => C): C =>
  new make(emulator.clientOptions());

/** Reads a gap's value back through the SDK, given the variant that was deployed. */
type ReadBack = (variant: Variant) => Promise<{ readonly found: unknown; readonly wanted: unknown }>;

const bucket = { Bucket: 'every-gap-assets' };

const physicalIds = async (): Promise<Record<string, string>> => {
  const { StackResources = [] } = await client(CloudFormationClient).send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  return Object.fromEntries(StackResources.map((item) => [item.LogicalResourceId, item.PhysicalResourceId ?? '']));
};

const groupRule = async (logicalId: string) => {
  const id = (await physicalIds())[logicalId] ?? '';
  const { SecurityGroupRules = [] } = await client(EC2Client).send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }),
  );
  return SecurityGroupRules.map(({ IsEgress, FromPort, ToPort, Description, ReferencedGroupInfo }) => ({
    IsEgress,
    FromPort,
    ToPort,
    Description,
    peer: ReferencedGroupInfo?.GroupId,
  }));
};

const flowLog = async () => (await client(EC2Client).send(new DescribeFlowLogsCommand({}))).FlowLogs?.[0];
const endpoint = async () => (await client(EC2Client).send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints?.[0];
const instance = async () => (await client(RDSClient).send(new DescribeDBInstancesCommand({}))).DBInstances?.[0];
const cacheCluster = async () =>
  (await client(ElastiCacheClient).send(new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true })))
    .CacheClusters?.[0];
const task = async () =>
  (await client(ECSClient).send(new DescribeTaskDefinitionCommand({ taskDefinition: 'every-gap' }))).taskDefinition;
const service = async () =>
  (await client(ECSClient).send(new DescribeServicesCommand({ cluster: 'every-gap', services: ['every-gap'] })))
    .services?.[0];
const worker = async () =>
  client(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName: 'every-gap-worker' }));
const schedule = async () => client(SchedulerClient).send(new GetScheduleCommand({ Name: 'every-gap' }));
const alarm = async () => (await client(CloudWatchClient).send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0];

const is =
  (read: () => Promise<unknown>, wanted: (variant: Variant) => unknown): ReadBack =>
  async (variant) => ({ found: await read(), wanted: wanted(variant) });

/** Each gap that is filled, and how the SDK shows it. */
const readBacks: Record<string, ReadBack> = {
  'ec2-security-group-ingress': is(
    () => groupRule('Ingress'),
    ({ description }) => [
      expect.objectContaining({ IsEgress: false, FromPort: 5432, ToPort: 5432, Description: description }),
    ],
  ),
  'ec2-security-group-egress': is(
    () => groupRule('Egress'),
    ({ days }) => [expect.objectContaining({ IsEgress: true, FromPort: 5432, ToPort: days === 30 ? 5432 : 5433 })],
  ),
  'ec2-flow-log': is(flowLog, ({ tag }) =>
    expect.objectContaining({
      TrafficType: 'REJECT',
      LogDestination: '/vpc/flow',
      Tags: expect.arrayContaining([{ Key: 'purpose', Value: tag }]),
    }),
  ),
  'ec2-vpc-cidr-attribute': is(
    async () => (await client(SSMClient).send(new GetParameterCommand({ Name: '/every-gap/cidr' }))).Parameter?.Value,
    () => '10.2.0.0/16',
  ),
  's3-bucket-encryption': is(
    async () =>
      (await client(S3Client).send(new GetBucketEncryptionCommand(bucket))).ServerSideEncryptionConfiguration?.Rules,
    () => [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: expect.stringMatching(/^arn:aws:kms:/),
        },
        BucketKeyEnabled: true,
      },
    ],
  ),
  's3-bucket-encryption-managed-key': is(
    async () =>
      (
        await client(S3Client).send(
          new GetBucketEncryptionCommand({ Bucket: `cdk-hnb659fds-assets-${account}-${region}` }),
        )
      ).ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    () => 'aws:kms',
  ),
  's3-bucket-lifecycle': is(
    async () => (await client(S3Client).send(new GetBucketLifecycleConfigurationCommand(bucket))).Rules,
    ({ days }) => [
      {
        ID: 'traces',
        Status: 'Enabled',
        Filter: { Prefix: 'traces/' },
        Transitions: [{ Days: days, StorageClass: 'INTELLIGENT_TIERING' }],
        NoncurrentVersionTransitions: [{ NoncurrentDays: days, StorageClass: 'STANDARD_IA' }],
        NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        Expiration: { Days: 365 },
      },
      {
        ID: 'large-drafts',
        Status: 'Enabled',
        Filter: {
          And: { Prefix: 'drafts/', ObjectSizeGreaterThan: 1_048_576, Tags: [{ Key: 'draft', Value: 'yes' }] },
        },
        Expiration: { Days: days },
      },
    ],
  ),
  's3-bucket-logging': is(
    async () => (await client(S3Client).send(new GetBucketLoggingCommand(bucket))).LoggingEnabled,
    ({ tag }) => ({ TargetBucket: 'every-gap-logs', TargetPrefix: `${tag}/` }),
  ),
  's3-bucket-ownership': is(
    async () => (await client(S3Client).send(new GetBucketOwnershipControlsCommand(bucket))).OwnershipControls?.Rules,
    () => [{ ObjectOwnership: 'BucketOwnerPreferred' }],
  ),
  's3-bucket-tags': is(
    async () => (await client(S3Client).send(new GetBucketTaggingCommand(bucket))).TagSet,
    ({ tag }) => [{ Key: 'purpose', Value: tag }],
  ),
  'dynamodb-time-to-live': is(
    async () =>
      (await client(DynamoDBClient).send(new DescribeTimeToLiveCommand({ TableName: 'every-gap-users' })))
        .TimeToLiveDescription,
    () => ({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' }),
  ),
  'dynamodb-point-in-time-recovery': is(
    async () =>
      (await client(DynamoDBClient).send(new DescribeContinuousBackupsCommand({ TableName: 'every-gap-users' })))
        .ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    () => 'ENABLED',
  ),
  'dynamodb-server-side-encryption': is(
    async () =>
      (await client(DynamoDBClient).send(new DescribeTableCommand({ TableName: 'every-gap-users' }))).Table
        ?.SSEDescription,
    () => ({ Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: expect.stringMatching(/^arn:aws:kms:/) }),
  ),
  'rds-ca-certificate': is(
    async () => (await instance())?.CACertificateIdentifier,
    ({ certificate }) => certificate,
  ),
  'ecs-cluster-capacity-providers': is(
    async () => (await client(ECSClient).send(new DescribeClustersCommand({ clusters: ['every-gap'] }))).clusters?.[0],
    ({ spot }) =>
      expect.objectContaining({
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [expect.objectContaining({ capacityProvider: 'FARGATE_SPOT', weight: spot })],
      }),
  ),
  'ecs-task-definition-containers': is(
    async () => (await task())?.containerDefinitions?.[0],
    () =>
      expect.objectContaining({
        name: 'agent',
        dockerLabels: { Team: 'Scraping' },
        secrets: [{ name: 'TOKEN', valueFrom: expect.stringContaining(':secret:token') }],
        healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30 },
        linuxParameters: { initProcessEnabled: true },
        mountPoints: [{ sourceVolume: 'scratch', containerPath: '/tmp' }],
      }),
  ),
  'ecs-task-definition-volumes': is(
    async () => (await task())?.volumes,
    () => [{ name: 'scratch' }],
  ),
  'ecs-task-definition-runtime-platform': is(
    async () => (await task())?.runtimePlatform,
    () => ({ cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' }),
  ),
  'ecs-task-definition-ephemeral-storage': is(
    async () => {
      const found = await task();
      return { ...found?.ephemeralStorage, revision: found?.revision };
    },
    ({ days }) => ({ sizeInGiB: days, revision: days === first.days ? 1 : 2 }),
  ),
  'ecs-service-execute-command': is(
    async () => (await service())?.enableExecuteCommand,
    () => true,
  ),
  'ecs-service-platform-version': is(
    async () => (await service())?.platformVersion,
    () => '1.4.0',
  ),
  'lambda-reserved-concurrency': is(
    async () =>
      (await client(LambdaClient).send(new GetFunctionConcurrencyCommand({ FunctionName: 'every-gap-worker' })))
        .ReservedConcurrentExecutions,
    ({ concurrency }) => concurrency,
  ),
  'lambda-dead-letter-queue': is(
    async () => (await worker()).DeadLetterConfig,
    () => ({ TargetArn: `arn:aws:sqs:${region}:${account}:every-gap-dlq` }),
  ),
  'lambda-vpc': is(
    async () => (await worker()).VpcConfig,
    () =>
      expect.objectContaining({
        SubnetIds: [expect.stringMatching(/^subnet-/), expect.stringMatching(/^subnet-/)],
        SecurityGroupIds: [expect.stringMatching(/^sg-/)],
      }),
  ),
  'lambda-environment-key': is(
    async () => (await worker()).KMSKeyArn,
    () => expect.stringMatching(/^arn:aws:kms:/),
  ),
  'lambda-event-source-mapping-tags': is(
    async () => {
      const lambda = client(LambdaClient);
      const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({}));
      const Resource = EventSourceMappings?.[0]?.EventSourceMappingArn;
      return (await lambda.send(new ListTagsCommand({ Resource }))).Tags;
    },
    ({ tag }) => ({ variant: tag }),
  ),
  'events-rule-target-network': is(
    async () =>
      (await client(EventBridgeClient).send(new ListTargetsByRuleCommand({ Rule: 'every-gap-task' }))).Targets?.[0]
        ?.EcsParameters?.NetworkConfiguration?.awsvpcConfiguration,
    () => expect.objectContaining({ AssignPublicIp: 'ENABLED', SecurityGroups: [expect.stringMatching(/^sg-/)] }),
  ),
  'scheduler-time-zone': is(schedule, ({ timeZone, tag }) =>
    expect.objectContaining({ ScheduleExpressionTimezone: timeZone, State: 'DISABLED', Description: tag }),
  ),
  'scheduler-target-network': is(
    async () => (await schedule()).Target?.EcsParameters?.NetworkConfiguration?.awsvpcConfiguration,
    () => expect.objectContaining({ AssignPublicIp: 'ENABLED' }),
  ),
  'cloudwatch-alarm-metric-math': is(alarm, () =>
    expect.objectContaining({ AlarmName: 'every-gap-error-rate', Threshold: 5, TreatMissingData: 'notBreaching' }),
  ),
  'sns-topic-key': is(
    async () =>
      (
        await client(SNSClient).send(
          new GetTopicAttributesCommand({ TopicArn: `arn:aws:sns:${region}:${account}:every-gap-alerts` }),
        )
      ).Attributes?.KmsMasterKeyId,
    () => expect.stringMatching(/^arn:aws:kms:/),
  ),
  'secrets-manager-empty-secret': is(
    () =>
      client(SecretsManagerClient)
        .send(new GetSecretValueCommand({ SecretId: 'every-gap/unset' }))
        .then(
          () => 'a value',
          (error: Error) => error.name,
        ),
    () => 'ResourceNotFoundException',
  ),
};

const filledGaps = readGapList()
  .gaps.filter(({ kind }) => kind !== 'unfillable')
  .map(({ id }) => id);

test('every gap that is filled is read back', () => {
  expect(Object.keys(readBacks).sort()).toEqual([...filledGaps].sort());
});

test('bootstrap makes the buckets of both qualifiers', async () => {
  await bootstrap(emulator, { qualifier: 'hnb659fds', toolkitStackName: 'CDKToolkit' });
  await bootstrap(emulator, { qualifier: 'ofq1abcde', toolkitStackName: 'CDKToolkit-ofq1abcde' });
  const { Buckets = [] } = await client(S3Client).send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name).sort()).toEqual([
    `cdk-hnb659fds-assets-${account}-${region}`,
    `cdk-ofq1abcde-assets-${account}-${region}`,
  ]);
});

describe('a stack that runs into every gap', () => {
  beforeAll(async () => {
    await client(SSMClient).send(new PutParameterCommand({ Name: '/every-gap/given', Type: 'String', Value: 'given' }));
    await client(SecretsManagerClient).send(
      new CreateSecretCommand({ Name: 'every-gap/given', SecretString: JSON.stringify({ user: 'huntaze' }) }),
    );
    await deploy(emulator, { assembly: synthEveryGap(directory, first), stacks: [stackName] });
  });

  test.each(filledGaps)('%s', async (id) => {
    const { found, wanted } = (await readBacks[id]?.(first)) ?? {};
    expect(found).toEqual(wanted);
  });

  test('no entry is stale and none goes unused', async () => {
    const report = await emulator.gapReport();
    assertNoStaleGap(report);
    const statuses = Object.fromEntries(report.outcomes.map(({ gap, status }) => [gap.id, status]));
    const wanted = readGapList().gaps.map(({ id, kind }) => [id, kind === 'unfillable' ? 'unfillable' : 'filled']);
    expect(statuses).toEqual(Object.fromEntries(wanted));
  });

  test('what cannot be filled is indeed not shown by the SDK', async () => {
    const group = await cacheCluster();
    expect([group?.SecurityGroups, group?.PreferredAvailabilityZone, group?.AutoMinorVersionUpgrade]).toEqual([
      [],
      'us-east-1a',
      undefined,
    ]);
    const { Groups = [], PolicyDocument, PrivateDnsEnabled } = (await endpoint()) ?? {};
    expect([Groups, PolicyDocument, PrivateDnsEnabled]).toEqual([[], undefined, undefined]);
    const { EnabledCloudwatchLogsExports, MasterUserSecret } = (await instance()) ?? {};
    expect([EnabledCloudwatchLogsExports, MasterUserSecret]).toEqual([[], undefined]);
    expect((await alarm())?.Metrics ?? []).toEqual([]);
  });

  test('the template in the account is the one that was synthesized', async () => {
    const { TemplateBody = '' } = await client(CloudFormationClient).send(
      new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
    );
    const synthesized = join(directory, `assembly-of-${first.tag}`, `${stackName}.template.json`);
    expect(JSON.parse(TemplateBody)).toEqual(JSON.parse(readFileSync(synthesized, 'utf8')));
  });

  test('seeds give the physical names that no template can set', async () => {
    expect((await instance())?.Endpoint?.Address).toBe(database);
    expect((await cacheCluster())?.CacheNodes?.[0]?.Endpoint?.Address).toBe(cache);
    const { Distribution } = await client(CloudFrontClient).send(new GetDistributionCommand({ Id: distribution.id }));
    expect(Distribution?.DomainName).toBe(distribution.domain);
    expect(Distribution?.ARN).toBe(`arn:aws:cloudfront::${account}:distribution/${distribution.id}`);
    const domain = await client(SSMClient).send(new GetParameterCommand({ Name: '/every-gap/domain' }));
    expect(domain.Parameter?.Value).toBe(distribution.domain);
    const { seeded } = await emulator.gapReport();
    expect(seeded).toHaveLength(3);
    expect(seeded).toEqual(
      expect.arrayContaining([
        { kind: 'distributions', key: distributionComment },
        { kind: 'databases', key: 'every-gap-postgres' },
        { kind: 'caches', key: 'every-gap-redis' },
      ]),
    );
  });

  test('parameters and dynamic references resolve at deploy time', async () => {
    const read = async (Name: string) => (await client(SSMClient).send(new GetParameterCommand({ Name }))).Parameter;
    expect((await read('/every-gap/from-parameter'))?.Value).toBe('given');
    expect((await read('/every-gap/from-references'))?.Value).toBe('huntaze given');
  });

  test('a function with a code asset runs for a call, an event and a queue, and poison ends in the dead-letter queue', async () => {
    const queueUrl = (name: string) => `${emulator.endpoint}/${account}/${name}`;
    const lambda = client(LambdaClient);
    const called = await lambda.send(
      new InvokeCommand({ FunctionName: 'every-gap-worker', Payload: JSON.stringify({ called: true }) }),
    );
    expect(called.FunctionError).toBeUndefined();
    await client(EventBridgeClient).send(
      new PutEventsCommand({ Entries: [{ Source: 'every-gap', DetailType: 'test', Detail: '{"sent":true}' }] }),
    );
    await client(SQSClient).send(
      new SendMessageCommand({ QueueUrl: queueUrl('every-gap-work'), MessageBody: 'poison' }),
    );
    const dead = await receive(queueUrl('every-gap-dlq'), 1);
    expect(dead).toEqual(['poison']);
    const results = (await receive(queueUrl('every-gap-results'), 4)).map((body) => JSON.parse(body));
    expect(results).toEqual(
      expect.arrayContaining([
        { called: true },
        expect.objectContaining({ source: 'every-gap', detail: { sent: true } }),
        expect.objectContaining({ Records: [expect.objectContaining({ body: 'poison' })] }),
      ]),
    );
  });

  describe('updated', () => {
    beforeAll(async () => {
      await deploy(emulator, { assembly: synthEveryGap(directory, changed), stacks: [stackName] });
    });

    test.each(filledGaps)('%s', async (id) => {
      const { found, wanted } = (await readBacks[id]?.(changed)) ?? {};
      expect(found).toEqual(wanted);
    });

    test('a seeded distribution keeps its id', async () => {
      const { Distribution } = await client(CloudFrontClient).send(new GetDistributionCommand({ Id: distribution.id }));
      expect(Distribution?.DistributionConfig?.PriceClass).toBe('PriceClass_100');
    });

    test('no entry turned stale, and the replaced rule is gone', async () => {
      assertNoStaleGap(await emulator.gapReport());
      const { SecurityGroupRules = [] } = await client(EC2Client).send(new DescribeSecurityGroupRulesCommand({}));
      expect(SecurityGroupRules.filter(({ IsEgress, ToPort }) => IsEgress && ToPort === 5432)).toEqual([]);
    });
  });
});

test('a stack that fails says why, with the end of the log', async () => {
  const assembly = synthEveryGap(mkdtempSync(join(directory, 'unknown-')), { ...first, tag: 'unknown' });
  await expect(deploy(emulator, { assembly, stacks: ['NoSuchStack'] })).rejects.toThrow(
    /cdk deploy NoSuchStack ended with exit code 1\. The end of .*deploy\.log:\n.*No stacks match/s,
  );
});

test('stop leaves nothing running and nothing listening', async () => {
  // The update ended the workers of the first deployment.
  await client(LambdaClient).send(new InvokeCommand({ FunctionName: 'every-gap-worker', Payload: '{}' }));
  const stopping = lambdaWorkers();
  expect(stopping).not.toEqual([]);
  await emulator.stop();
  expect(await listening(emulator.endpoint)).toBe(false);
  expect(await within(2_000, () => !stopping.some(isRunning))).toBe(true);
});

/** Process ids of the Lambda functions: their code lies in the run's own folder. */
function lambdaWorkers(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes(`${emulator.directory}/ministack-lambda`))
    .map((line) => parseInt(line, 10));
}

/** Waits for that many messages, at most thirty seconds. */
async function receive(QueueUrl: string, count: number): Promise<string[]> {
  const bodies: string[] = [];
  const deadline = Date.now() + 30_000;
  while (bodies.length < count && Date.now() < deadline) {
    const { Messages = [] } = await client(SQSClient).send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    bodies.push(...Messages.map(({ Body }) => Body ?? ''));
  }
  return bodies;
}
