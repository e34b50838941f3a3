import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  App,
  Aws,
  CfnParameter,
  CfnResource,
  Duration,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_events as events,
  Fn,
  aws_lambda as lambda,
  RemovalPolicy,
  Stack,
  aws_lambda_event_sources as sources,
  aws_sqs as sqs,
  Tags,
  aws_events_targets as targets,
} from 'aws-cdk-lib';

export const account = '317805897534';
export const region = 'us-east-1';
export const stackName = 'EveryGap';
export const distributionComment = 'every gap';

/** The values that the second deployment changes. */
export interface Variant {
  readonly days: number;
  readonly description: string;
  readonly tag: string;
  readonly concurrency: number;
  readonly timeZone: string;
  readonly certificate: string;
  readonly spot: number;
}

export const first: Variant = {
  days: 30,
  description: 'PostgreSQL from the functions',
  tag: 'one',
  concurrency: 3,
  timeZone: 'Europe/Paris',
  certificate: 'rds-ca-rsa4096-g1',
  spot: 1,
};

export const changed: Variant = {
  days: 60,
  description: 'PostgreSQL from the jobs',
  tag: 'two',
  concurrency: 4,
  timeZone: 'America/New_York',
  certificate: 'rds-ca-ecc384-g1',
  spot: 3,
};

/** One stack that runs into every entry of gaps.json, plus a function with a code asset behind every kind of trigger. */
export function synthEveryGap(directory: string, variant: Variant): string {
  const outdir = join(directory, `assembly-of-${variant.tag}`);
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, stackName, { env: { account, region } });
  Tags.of(stack).add('variant', variant.tag);
  const network = addNetwork(stack, variant);
  addStorage(stack, variant);
  addData(stack, variant, network);
  addContainers(stack, variant, network);
  addFunction(stack, variant, network, directory);
  addMonitoring(stack);
  addReferences(stack);
  addDistribution(stack, variant);
  app.synth();
  return outdir;
}

type Network = ReturnType<typeof addNetwork>;

function addNetwork(stack: Stack, variant: Variant) {
  const vpc = new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.2.0.0/16' });
  const subnet = (id: string, third: number, zone: string) =>
    new ec2.CfnSubnet(stack, id, { vpcId: vpc.ref, cidrBlock: `10.2.${third}.0/20`, availabilityZone: zone });
  const subnets = [subnet('SubnetA', 0, 'us-east-1a'), subnet('SubnetB', 16, 'us-east-1f')].map((item) => item.ref);
  const group = (id: string) =>
    new ec2.CfnSecurityGroup(stack, id, { groupName: id, groupDescription: id, vpcId: vpc.ref });
  const [client, server] = [group('client'), group('server')];
  const port = { ipProtocol: 'tcp', fromPort: 5432, toPort: 5432, description: variant.description };
  new ec2.CfnSecurityGroupIngress(stack, 'Ingress', {
    ...port,
    groupId: server.attrGroupId,
    sourceSecurityGroupId: client.attrGroupId,
  });
  new ec2.CfnSecurityGroupEgress(stack, 'Egress', {
    ...port,
    toPort: variant.days === first.days ? 5432 : 5433,
    groupId: client.attrGroupId,
    destinationSecurityGroupId: server.attrGroupId,
  });
  new ec2.CfnFlowLog(stack, 'FlowLog', {
    resourceId: vpc.ref,
    resourceType: 'VPC',
    trafficType: 'REJECT',
    logDestinationType: 'cloud-watch-logs',
    logGroupName: '/vpc/flow',
    deliverLogsPermissionArn: `arn:aws:iam::${account}:role/flow-logs`,
    maxAggregationInterval: 60,
    tags: [{ key: 'purpose', value: variant.tag }],
  });
  new ec2.CfnVPCEndpoint(stack, 'Endpoint', {
    vpcId: vpc.ref,
    vpcEndpointType: 'Interface',
    serviceName: `com.amazonaws.${region}.sqs`,
    privateDnsEnabled: true,
    subnetIds: subnets,
    securityGroupIds: [server.attrGroupId],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }],
    },
  });
  parameter(stack, 'Cidr', '/every-gap/cidr', vpc.attrCidrBlock);
  return { subnets, client: client.attrGroupId, server: server.attrGroupId };
}

function addStorage(stack: Stack, variant: Variant): void {
  const key = resource(stack, 'Key', 'AWS::KMS::Key', {
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: Aws.ACCOUNT_ID }, Action: 'kms:*', Resource: '*' }],
    },
  });
  const logs = resource(stack, 'LogBucket', 'AWS::S3::Bucket', { BucketName: 'every-gap-logs' });
  resource(stack, 'Bucket', 'AWS::S3::Bucket', {
    BucketName: 'every-gap-assets',
    Tags: [{ Key: 'purpose', Value: variant.tag }],
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key.getAtt('Arn') },
          BucketKeyEnabled: true,
        },
      ],
    },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'traces',
          Status: 'Enabled',
          Prefix: 'traces/',
          Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: variant.days }],
          NoncurrentVersionTransitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: variant.days }],
          NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          ExpirationInDays: 365,
        },
        {
          Id: 'large-drafts',
          Status: 'Enabled',
          Prefix: 'drafts/',
          ObjectSizeGreaterThan: '1048576',
          TagFilters: [{ Key: 'draft', Value: 'yes' }],
          ExpirationInDays: variant.days,
        },
      ],
    },
    LoggingConfiguration: { DestinationBucketName: logs.ref, LogFilePrefix: `${variant.tag}/` },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    IntelligentTieringConfigurations: [
      { Id: 'archive', Status: 'Enabled', Tierings: [{ AccessTier: 'ARCHIVE_ACCESS', Days: 90 }] },
    ],
  });
  new dynamodb.CfnTable(stack, 'Table', {
    tableName: 'every-gap-users',
    billingMode: 'PAY_PER_REQUEST',
    attributeDefinitions: [{ attributeName: 'userId', attributeType: 'S' }],
    keySchema: [{ attributeName: 'userId', keyType: 'HASH' }],
    timeToLiveSpecification: { attributeName: 'ttl', enabled: true },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: Fn.getAtt('Key', 'Arn').toString() },
  });
  resource(stack, 'Topic', 'AWS::SNS::Topic', { TopicName: 'every-gap-alerts', KmsMasterKeyId: key.getAtt('Arn') });
  resource(stack, 'Secret', 'AWS::SecretsManager::Secret', { Name: 'every-gap/unset' });
}

function addData(stack: Stack, variant: Variant, network: Network): void {
  resource(stack, 'DatabaseSubnets', 'AWS::RDS::DBSubnetGroup', {
    DBSubnetGroupName: 'every-gap',
    DBSubnetGroupDescription: 'database',
    SubnetIds: network.subnets,
  });
  resource(stack, 'Database', 'AWS::RDS::DBInstance', {
    DBInstanceIdentifier: 'every-gap-postgres',
    Engine: 'postgres',
    EngineVersion: '17.4',
    DBInstanceClass: 'db.t3.micro',
    AllocatedStorage: '20',
    DBSubnetGroupName: Fn.ref('DatabaseSubnets'),
    VPCSecurityGroups: [network.server],
    MasterUsername: 'huntaze',
    ManageMasterUserPassword: true,
    EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
    CACertificateIdentifier: variant.certificate,
    StorageEncrypted: true,
  });
  resource(stack, 'CacheSubnets', 'AWS::ElastiCache::SubnetGroup', {
    CacheSubnetGroupName: 'every-gap',
    Description: 'cache',
    SubnetIds: network.subnets,
  });
  resource(stack, 'Cache', 'AWS::ElastiCache::CacheCluster', {
    ClusterName: 'every-gap-redis',
    Engine: 'redis',
    EngineVersion: '7.1',
    CacheNodeType: 'cache.t3.micro',
    NumCacheNodes: 1,
    CacheSubnetGroupName: Fn.ref('CacheSubnets'),
    VpcSecurityGroupIds: [network.server],
    PreferredAvailabilityZone: 'us-east-1f',
    AutoMinorVersionUpgrade: false,
  });
}

function addContainers(stack: Stack, variant: Variant, network: Network): void {
  const cluster = new ecs.CfnCluster(stack, 'Cluster', { clusterName: 'every-gap' });
  new ecs.CfnClusterCapacityProviderAssociations(stack, 'Providers', {
    cluster: cluster.ref,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: variant.spot }],
  });
  const task = new ecs.CfnTaskDefinition(stack, 'Task', {
    family: 'every-gap',
    cpu: '1024',
    memory: '2048',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    ephemeralStorage: { sizeInGiB: variant.days },
    volumes: [{ name: 'scratch' }],
    containerDefinitions: [
      {
        name: 'agent',
        image: 'agent:1',
        readonlyRootFilesystem: true,
        dockerLabels: { Team: 'Scraping' },
        secrets: [{ name: 'TOKEN', valueFrom: `arn:aws:secretsmanager:${region}:${account}:secret:token` }],
        healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30 },
        linuxParameters: { initProcessEnabled: true },
        mountPoints: [{ sourceVolume: 'scratch', containerPath: '/tmp' }],
      },
    ],
  });
  const awsvpcConfiguration = { subnets: network.subnets, securityGroups: [network.client], assignPublicIp: 'ENABLED' };
  new ecs.CfnService(stack, 'Service', {
    serviceName: 'every-gap',
    cluster: cluster.ref,
    taskDefinition: task.ref,
    desiredCount: 0,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    enableExecuteCommand: true,
    enableEcsManagedTags: true,
    propagateTags: 'SERVICE',
    networkConfiguration: { awsvpcConfiguration },
  });
  const target = { arn: cluster.attrArn, roleArn: `arn:aws:iam::${account}:role/run-task` };
  new events.CfnRule(stack, 'TaskRule', {
    name: 'every-gap-task',
    state: 'DISABLED',
    eventPattern: { source: ['app.ai-team'] },
    targets: [
      {
        ...target,
        id: 'Task',
        ecsParameters: {
          taskDefinitionArn: task.ref,
          launchType: 'FARGATE',
          networkConfiguration: { awsVpcConfiguration: awsvpcConfiguration },
        },
      },
    ],
  });
  resource(stack, 'Schedule', 'AWS::Scheduler::Schedule', {
    Name: 'every-gap',
    State: 'DISABLED',
    Description: variant.tag,
    ScheduleExpression: 'cron(0/15 * * * ? *)',
    ScheduleExpressionTimezone: variant.timeZone,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      EcsParameters: {
        TaskDefinitionArn: task.ref,
        LaunchType: 'FARGATE',
        NetworkConfiguration: {
          AwsvpcConfiguration: { Subnets: network.subnets, AssignPublicIp: 'ENABLED' },
        },
      },
    },
  });
}

/** Sends what it received to the results queue, and fails the messages that say so. */
const handler = `
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
exports.handler = async (event) => {
  await new SQSClient({}).send(
    new SendMessageCommand({ QueueUrl: process.env.RESULTS, MessageBody: JSON.stringify(event) }),
  );
  const failed = (event.Records ?? []).filter((record) => record.body === 'poison');
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
};
`;

function addFunction(stack: Stack, variant: Variant, network: Network, directory: string): void {
  const code = join(directory, 'handler');
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'index.js'), handler);
  const deadLetters = new sqs.Queue(stack, 'DeadLetters', { queueName: 'every-gap-dlq' });
  const work = new sqs.Queue(stack, 'Work', {
    queueName: 'every-gap-work',
    visibilityTimeout: Duration.seconds(1),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
  });
  const results = new sqs.Queue(stack, 'Results', { queueName: 'every-gap-results' });
  const worker = new lambda.Function(stack, 'Worker', {
    functionName: 'every-gap-worker',
    runtime: lambda.Runtime.NODEJS_20_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(code),
    timeout: Duration.seconds(10),
    environment: { RESULTS: results.queueUrl },
    reservedConcurrentExecutions: variant.concurrency,
    deadLetterQueue: deadLetters,
  });
  const configuration = worker.node.defaultChild as lambda.CfnFunction;
  configuration.vpcConfig = { subnetIds: network.subnets, securityGroupIds: [network.client] };
  configuration.kmsKeyArn = Fn.getAtt('Key', 'Arn').toString();
  results.grantSendMessages(worker);
  worker.addEventSource(new sources.SqsEventSource(work, { batchSize: 1, reportBatchItemFailures: true }));
  new events.Rule(stack, 'Rule', {
    eventPattern: { source: ['every-gap'] },
    targets: [new targets.LambdaFunction(worker)],
  });
}

function addMonitoring(stack: Stack): void {
  resource(stack, 'MetricMath', 'AWS::CloudWatch::Alarm', {
    AlarmName: 'every-gap-error-rate',
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 3,
    Threshold: 5,
    TreatMissingData: 'notBreaching',
    Tags: [{ Key: 'purpose', Value: 'test' }],
    Metrics: [
      { Id: 'rate', Expression: 'errors * 100' },
      {
        Id: 'errors',
        ReturnData: false,
        MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors' }, Period: 60, Stat: 'Sum' },
      },
    ],
  });
  resource(stack, 'LogGroup', 'AWS::Logs::LogGroup', {
    LogGroupName: '/vpc/flow',
    RetentionInDays: 30,
    DeletionProtectionEnabled: true,
  });
}

function addReferences(stack: Stack): void {
  const looked = new CfnParameter(stack, 'Looked', {
    type: 'AWS::SSM::Parameter::Value<String>',
    default: '/every-gap/given',
  });
  parameter(stack, 'FromParameter', '/every-gap/from-parameter', looked.valueAsString);
  parameter(
    stack,
    'FromReferences',
    '/every-gap/from-references',
    '{{resolve:secretsmanager:every-gap/given:SecretString:user}} {{resolve:ssm:/every-gap/given}}',
  );
}

/** No gap of its own: its id and domain are seeded. */
function addDistribution(stack: Stack, variant: Variant): void {
  const distribution = resource(stack, 'Distribution', 'AWS::CloudFront::Distribution', {
    Tags: [{ Key: 'purpose', Value: variant.tag }],
    DistributionConfig: {
      Comment: distributionComment,
      Enabled: true,
      PriceClass: variant.days === first.days ? 'PriceClass_All' : 'PriceClass_100',
      Origins: [
        { Id: 'assets', DomainName: 'assets.example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } },
      ],
      DefaultCacheBehavior: {
        TargetOriginId: 'assets',
        ViewerProtocolPolicy: 'redirect-to-https',
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
      },
    },
  });
  parameter(stack, 'Domain', '/every-gap/domain', distribution.getAtt('DomainName').toString());
}

function parameter(stack: Stack, id: string, name: string, value: string): void {
  resource(stack, id, 'AWS::SSM::Parameter', { Name: name, Type: 'String', Value: value });
}

function resource(stack: Stack, id: string, type: string, properties: Record<string, unknown>): CfnResource {
  const made = new CfnResource(stack, id, { type, properties });
  made.applyRemovalPolicy(RemovalPolicy.DESTROY);
  return made;
}
