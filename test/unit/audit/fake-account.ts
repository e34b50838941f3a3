import {
  AppConfigClient,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
} from '@aws-sdk/client-appconfig';
import { CloudFrontClient, GetDistributionCommand, GetOriginAccessControlCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeCacheClustersCommand,
  DescribeCacheSubnetGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketIntelligentTieringConfigurationsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

const account = '317805897534';
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${account}:${name}`;

/** Answers of the services for one row of each section, as the hardened posture asks for them; typed out, not computed. */
export const answers = {
  cluster: {
    status: 'ACTIVE',
    clusterName: 'huntaze-cluster',
    settings: [{ name: 'containerInsights', value: 'enabled' }],
    capacityProviders: ['FARGATE_SPOT', 'FARGATE'],
  },
  serviceArns: [arn('ecs', 'service/huntaze-cluster/onlyfans-scraper')],
  service: {
    status: 'ACTIVE',
    serviceName: 'onlyfans-scraper',
    clusterArn: arn('ecs', 'cluster/huntaze-cluster'),
    desiredCount: 0,
    launchType: 'FARGATE',
    taskDefinition: arn('ecs', 'task-definition/huntaze-onlyfans-scraper:7'),
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-05e28eada74da9a38', 'subnet-0e29bef80f4c488cd', 'subnet-0c42745a2a381a93c'],
        securityGroups: ['sg-1'],
        assignPublicIp: 'ENABLED',
      },
    },
  },
  task: {
    status: 'ACTIVE',
    cpu: '1024',
    memory: '2048',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: `arn:aws:iam::${account}:role/ecsTaskExecutionRole`,
    taskRoleArn: `arn:aws:iam::${account}:role/huntazeScraperTaskRole`,
    containerDefinitions: [
      {
        name: 'puppeteer-agent',
        image: `${account}.dkr.ecr.us-east-1.amazonaws.com/huntaze-onlyfans-scraper:latest`,
        environment: [
          { name: 'WS_URL', value: 'wss://secret-looking-value' },
          { name: 'RESULT_BUCKET', value: 'bucket' },
          { name: 'AWS_REGION', value: 'us-east-1' },
        ],
        secrets: [{ name: 'WS_TOKEN', valueFrom: 'x' }],
        logConfiguration: {
          options: { 'awslogs-group': '/ecs/huntaze-scraper', 'awslogs-stream-prefix': 'fargate' },
        },
      },
    ],
  },
  database: {
    DBInstanceIdentifier: 'huntaze-postgres-production-encrypted',
    DBInstanceStatus: 'available',
    Endpoint: {
      Address: 'huntaze-postgres-production-encrypted.c2ryoow8c5m4.us-east-1.rds.amazonaws.com',
      Port: 5432,
    },
    Engine: 'postgres',
    EngineVersion: '17.4',
    DBInstanceClass: 'db.t3.micro',
    AllocatedStorage: 20,
    StorageType: 'gp2',
    AvailabilityZone: 'us-east-1d',
    MultiAZ: false,
    StorageEncrypted: true,
    KmsKeyId: arn('kms', 'key/a82c2f5a-78be-4148-8a07-76c8af7410b7'),
    MasterUsername: 'postgres',
    DBName: 'huntaze',
    BackupRetentionPeriod: 7,
    PreferredBackupWindow: '03:00-04:00',
    PreferredMaintenanceWindow: 'thu:09:22-thu:09:52',
    DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17' }],
    DBSubnetGroup: { DBSubnetGroupName: 'default' },
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-2' }],
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    PerformanceInsightsEnabled: true,
    PerformanceInsightsRetentionPeriod: 7,
    EnabledCloudwatchLogsExports: ['upgrade', 'postgresql'],
    PubliclyAccessible: false,
    DeletionProtection: true,
    CopyTagsToSnapshot: true,
  },
  cache: {
    CacheClusterId: 'huntaze-redis-production',
    CacheClusterStatus: 'available',
    Engine: 'redis',
    EngineVersion: '7.1.0',
    CacheNodeType: 'cache.t3.micro',
    NumCacheNodes: 1,
    PreferredAvailabilityZone: 'us-east-1f',
    CacheNodes: [{ Endpoint: { Port: 6379 } }],
    CacheSubnetGroupName: 'huntaze-cache-subnet-production',
    CacheParameterGroup: { CacheParameterGroupName: 'default.redis7' },
    SecurityGroups: [{ SecurityGroupId: 'sg-3' }],
    SnapshotRetentionLimit: 0,
    SnapshotWindow: '09:30-10:30',
    PreferredMaintenanceWindow: 'sun:08:00-sun:09:00',
    AtRestEncryptionEnabled: false,
    TransitEncryptionEnabled: false,
  },
  cacheSubnets: [{ SubnetIdentifier: 'subnet-0e48ea131e6267bea' }, { SubnetIdentifier: 'subnet-003088e522e36eaa8' }],
  bucketEncryption: [
    {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: 'aws:kms',
        KMSMasterKeyID: arn('kms', 'alias/huntaze-cloudtrail'),
      },
    },
  ] as object[],
  bucketVersioning: 'Enabled',
  bucketLifecycle: [
    {
      ID: 'retention',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      Transitions: [
        { StorageClass: 'GLACIER', Days: 90 },
        { StorageClass: 'DEEP_ARCHIVE', Days: 180 },
      ],
      Expiration: { Days: 2555 },
    },
  ] as object[],
  bucketBlock: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  bucketStatements: [
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:GetBucketAcl',
      Resource: `arn:aws:s3:::huntaze-cloudtrail-logs-${account}`,
    },
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::huntaze-cloudtrail-logs-${account}/AWSLogs/${account}/*`,
      Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [
        `arn:aws:s3:::huntaze-cloudtrail-logs-${account}`,
        `arn:aws:s3:::huntaze-cloudtrail-logs-${account}/*`,
      ],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ] as object[],
  bucketCors: undefined as object[] | undefined,
  bucketTiering: [] as object[],
  function: {
    FunctionArn: arn('lambda', 'function:content-dispatcher'),
    State: 'Active',
    Runtime: 'nodejs20.x',
    Handler: 'index.handler',
    MemorySize: 256,
    Timeout: 30,
    TracingConfig: { Mode: 'PassThrough' },
    Role: `arn:aws:iam::${account}:role/ContentDispatcherRole`,
    Environment: { Variables: { POSTS_TABLE: 'a', Q_INSTAGRAM: 'b', Q_REDDIT: 'c', Q_TIKTOK: 'secret-looking-value' } },
    DeadLetterConfig: { TargetArn: arn('sqs', 'huntaze-lambda-dlq') },
  },
  functionRules: ['content-dispatcher-production'],
  functionMappings: [] as object[],
  functionVersions: [{ Version: '$LATEST' }],
  queue: {
    QueueArn: arn('sqs', 'huntaze-rate-limiter-queue'),
    VisibilityTimeout: '180',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '20',
    DelaySeconds: '0',
    SqsManagedSseEnabled: 'true',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arn('sqs', 'huntaze-rate-limiter-queue-dlq'),
      maxReceiveCount: '5',
    }),
    Policy: tlsPolicy(arn('sqs', 'huntaze-rate-limiter-queue')),
  } as Record<string, string>,
  deadLetterQueue: {
    QueueArn: arn('sqs', 'huntaze-rate-limiter-queue-dlq'),
    VisibilityTimeout: '30',
    MessageRetentionPeriod: '1209600',
    ReceiveMessageWaitTimeSeconds: '0',
    DelaySeconds: '0',
    SqsManagedSseEnabled: 'true',
    Policy: tlsPolicy(arn('sqs', 'huntaze-rate-limiter-queue-dlq')),
  } as Record<string, string>,
  ruleDeadLetterQueue: {
    Policy: JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/*/stripe-billing-v1') } },
        },
      ],
    }),
  } as Record<string, string>,
  distribution: {
    Status: 'Deployed',
    DomainName: 'dc825q4u11mxr.cloudfront.net',
    DistributionConfig: {
      Enabled: true,
      Comment: 'Huntaze assets',
      HttpVersion: 'http2',
      IsIPV6Enabled: true,
      PriceClass: 'PriceClass_All',
      Aliases: { Quantity: 0 },
      ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' },
      Origins: {
        Items: [
          {
            DomainName: 'huntaze-assets.s3.us-east-1.amazonaws.com',
            OriginAccessControlId: 'OAC1',
            ConnectionAttempts: 3,
            ConnectionTimeout: 10,
          },
        ],
      },
      DefaultCacheBehavior: {
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
        ViewerProtocolPolicy: 'redirect-to-https',
        AllowedMethods: { Items: ['HEAD', 'GET'] },
        LambdaFunctionAssociations: {
          Items: [
            { EventType: 'viewer-request', LambdaFunctionARN: arn('lambda', 'function:huntaze-viewer-request:3') },
            { EventType: 'origin-response', LambdaFunctionARN: arn('lambda', 'function:huntaze-origin-response:1') },
          ],
        },
      },
    },
  },
  originAccessControl: {
    Name: 'huntaze-assets-oac',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
    OriginAccessControlOriginType: 's3',
  },
  table: {
    TableStatus: 'ACTIVE',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    DeletionProtectionEnabled: true,
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'stripeCustomerId', AttributeType: 'S' },
      { AttributeName: 'userId', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'ByStripeCustomerId', KeySchema: [{ AttributeName: 'stripeCustomerId', KeyType: 'HASH' }] },
    ],
  },
  tableBackups: 'ENABLED',
  tableExpiry: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
  rule: {
    Name: 'stripe-billing-v1',
    Arn: arn('events', 'rule/aws.partner/stripe.com/acct/stripe-billing-v1'),
    State: 'ENABLED',
    EventPattern: JSON.stringify({
      'detail-type': [
        'checkout.session.completed',
        'customer.subscription.created',
        'customer.subscription.updated',
        'customer.subscription.deleted',
        'invoice.paid',
        'invoice.payment_failed',
      ],
    }),
  },
  ruleTargets: [
    {
      Arn: arn('lambda', 'function:stripe-events-handler'),
      DeadLetterConfig: { Arn: arn('sqs', 'stripe-events-dlq') },
    },
  ],
  schedule: {
    State: 'DISABLED',
    ScheduleExpression: 'cron(0/15 * * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Paris',
    Target: {
      RoleArn: `arn:aws:iam::${account}:role/events-to-ecs-role-use1`,
      DeadLetterConfig: { Arn: arn('sqs', 'ai-team-eventbridge-dlq') },
      EcsParameters: { TaskDefinitionArn: arn('ecs', 'task-definition/ai-summarizer:2') },
    },
  },
  secret: { VersionIdsToStages: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] } } as object,
  repository: {
    repositoryUri: `${account}.dkr.ecr.us-east-1.amazonaws.com/ai-team/summarizer`,
    imageScanningConfiguration: { scanOnPush: true },
  },
  logGroups: [
    { logGroupName: '/ecs/ai-summarizer', retentionInDays: 14 },
    { logGroupName: '/ecs/ai-summarizer-old', retentionInDays: 1 },
  ],
  flagApplications: [{ Id: 'app1', Name: 'huntaze-flags' }],
  flagEnvironments: [{ Name: 'production' }],
  flagProfiles: [{ Name: 'feature-flags', Type: 'AWS.AppConfig.FeatureFlags' }],
  flagStrategies: [
    {
      Name: 'Canary1Percent5Minutes',
      DeploymentDurationInMinutes: 5,
      GrowthFactor: 1,
      FinalBakeTimeInMinutes: 5,
    },
  ],
  securityGroup: {
    GroupName: 'huntaze-redis-sg-production',
    VpcId: 'vpc-033be7e71ec9548d2',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, UserIdGroupPairs: [{ GroupId: 'sg-4' }] },
    ] as object[],
  },
};

export type Answers = typeof answers;

const groupNames: Readonly<Record<string, string>> = {
  'sg-1': 'onlyfans-scraper-sg',
  'sg-2': 'huntaze-rds-sg-production',
  'sg-3': 'huntaze-redis-sg-production',
};

function tlsPolicy(resource: string): string {
  return JSON.stringify({
    Statement: {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: resource,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  });
}

const stubs = {
  appConfig: mockClient(AppConfigClient),
  cloudFront: mockClient(CloudFrontClient),
  dynamo: mockClient(DynamoDBClient),
  ec2: mockClient(EC2Client),
  ecr: mockClient(ECRClient),
  ecs: mockClient(ECSClient),
  elastiCache: mockClient(ElastiCacheClient),
  events: mockClient(EventBridgeClient),
  lambda: mockClient(LambdaClient),
  logs: mockClient(CloudWatchLogsClient),
  rds: mockClient(RDSClient),
  s3: mockClient(S3Client),
  scheduler: mockClient(SchedulerClient),
  secrets: mockClient(SecretsManagerClient),
  sqs: mockClient(SQSClient),
};

/** Every service answers that it has no such thing, each in its own words. */
export function emptyAccount(): void {
  reset();
  stubs.ecs.on(DescribeClustersCommand).resolves({ clusters: [] });
  stubs.ecs.on(ListClustersCommand).resolves({ clusterArns: [] });
  stubs.ecs.on(DescribeTaskDefinitionCommand).rejects(named('ClientException'));
  stubs.rds.on(DescribeDBInstancesCommand).rejects(named('DBInstanceNotFoundFault'));
  stubs.elastiCache.on(DescribeCacheClustersCommand).rejects(named('CacheClusterNotFoundFault'));
  stubs.s3.on(HeadBucketCommand).rejects(named('NotFound'));
  stubs.lambda.on(GetFunctionConfigurationCommand).rejects(named('ResourceNotFoundException'));
  stubs.sqs.on(GetQueueUrlCommand).rejects(named('QueueDoesNotExist'));
  stubs.cloudFront.on(GetDistributionCommand).rejects(named('NoSuchDistribution'));
  stubs.dynamo.on(DescribeTableCommand).rejects(named('ResourceNotFoundException'));
  stubs.events.on(ListEventBusesCommand).resolves({ EventBuses: [{ Name: 'default' }] });
  stubs.events.on(DescribeRuleCommand).rejects(named('ResourceNotFoundException'));
  stubs.scheduler.on(GetScheduleCommand).rejects(named('ResourceNotFoundException'));
  stubs.secrets.on(DescribeSecretCommand).rejects(named('ResourceNotFoundException'));
  stubs.ecr.on(DescribeRepositoriesCommand).rejects(named('RepositoryNotFoundException'));
  stubs.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [] });
  stubs.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
  stubs.appConfig.on(ListApplicationsCommand).resolves({ Items: [] });
}

/** Every service answers with one row's resource. */
export function liveAccount(live: Answers): void {
  reset();
  const partner = 'aws.partner/stripe.com/acct';
  const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/${account}/${name}`;
  stubs.ecs.on(ListClustersCommand).resolves({ clusterArns: [live.service.clusterArn] });
  stubs.ecs.on(DescribeClustersCommand).resolves({ clusters: [live.cluster] } as never);
  stubs.ecs.on(ListServicesCommand).resolves({ serviceArns: live.serviceArns });
  stubs.ecs.on(DescribeServicesCommand).resolves({ services: [live.service] } as never);
  stubs.ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: live.task } as never);
  stubs.rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [live.database] } as never);
  stubs.elastiCache.on(DescribeCacheClustersCommand).resolves({ CacheClusters: [live.cache] } as never);
  stubs.elastiCache
    .on(DescribeCacheSubnetGroupsCommand)
    .resolves({ CacheSubnetGroups: [{ Subnets: live.cacheSubnets }] });
  stubs.s3.on(HeadBucketCommand).resolves({});
  stubs.s3
    .on(GetBucketEncryptionCommand)
    .resolves({ ServerSideEncryptionConfiguration: { Rules: live.bucketEncryption } } as never);
  stubs.s3.on(GetBucketVersioningCommand).resolves({ Status: live.bucketVersioning } as never);
  stubs.s3.on(GetBucketLifecycleConfigurationCommand).resolves({ Rules: live.bucketLifecycle } as never);
  stubs.s3.on(GetPublicAccessBlockCommand).resolves({ PublicAccessBlockConfiguration: live.bucketBlock });
  stubs.s3.on(GetBucketPolicyCommand).resolves({ Policy: JSON.stringify({ Statement: live.bucketStatements }) });
  if (live.bucketCors) stubs.s3.on(GetBucketCorsCommand).resolves({ CORSRules: live.bucketCors } as never);
  else stubs.s3.on(GetBucketCorsCommand).rejects(named('NoSuchCORSConfiguration'));
  stubs.s3
    .on(ListBucketIntelligentTieringConfigurationsCommand)
    .resolves({ IntelligentTieringConfigurationList: live.bucketTiering } as never);
  stubs.lambda.on(GetFunctionConfigurationCommand).resolves(live.function as never);
  stubs.lambda.on(ListEventSourceMappingsCommand).resolves({ EventSourceMappings: live.functionMappings });
  stubs.lambda.on(ListVersionsByFunctionCommand).resolves({ Versions: live.functionVersions });
  stubs.events.on(ListEventBusesCommand).resolves({ EventBuses: [{ Name: 'default' }, { Name: partner }] });
  stubs.events.on(ListRuleNamesByTargetCommand).resolves({ RuleNames: [] });
  stubs.events
    .on(ListRuleNamesByTargetCommand, { EventBusName: 'default' })
    .resolves({ RuleNames: live.functionRules });
  stubs.events.on(DescribeRuleCommand).rejects(named('ResourceNotFoundException'));
  stubs.events.on(DescribeRuleCommand, { EventBusName: partner }).resolves(live.rule as never);
  stubs.events.on(ListTargetsByRuleCommand).resolves({ Targets: live.ruleTargets } as never);
  stubs.sqs.on(GetQueueUrlCommand).callsFake(({ QueueName }) => ({ QueueUrl: url(QueueName) }));
  stubs.sqs.on(GetQueueAttributesCommand).resolves({ Attributes: live.ruleDeadLetterQueue });
  stubs.sqs
    .on(GetQueueAttributesCommand, { QueueUrl: url('huntaze-rate-limiter-queue') })
    .resolves({ Attributes: live.queue });
  stubs.sqs
    .on(GetQueueAttributesCommand, { QueueUrl: url('huntaze-rate-limiter-queue-dlq') })
    .resolves({ Attributes: live.deadLetterQueue });
  stubs.cloudFront.on(GetDistributionCommand).resolves({ Distribution: live.distribution } as never);
  stubs.cloudFront
    .on(GetOriginAccessControlCommand)
    .resolves({ OriginAccessControl: { OriginAccessControlConfig: live.originAccessControl } } as never);
  stubs.dynamo.on(DescribeTableCommand).resolves({ Table: live.table } as never);
  stubs.dynamo.on(DescribeContinuousBackupsCommand).resolves({
    ContinuousBackupsDescription: {
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: live.tableBackups },
    },
  } as never);
  stubs.dynamo.on(DescribeTimeToLiveCommand).resolves({ TimeToLiveDescription: live.tableExpiry } as never);
  stubs.scheduler.on(GetScheduleCommand).resolves(live.schedule as never);
  stubs.secrets.on(DescribeSecretCommand).resolves(live.secret);
  stubs.ecr.on(DescribeRepositoriesCommand).resolves({ repositories: [live.repository] });
  stubs.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: live.logGroups });
  stubs.appConfig.on(ListApplicationsCommand).resolves({ Items: live.flagApplications });
  stubs.appConfig.on(ListEnvironmentsCommand).resolves({ Items: live.flagEnvironments });
  stubs.appConfig.on(ListConfigurationProfilesCommand).resolves({ Items: live.flagProfiles });
  stubs.appConfig.on(ListDeploymentStrategiesCommand).resolves({ Items: live.flagStrategies });
  stubs.ec2.on(DescribeSecurityGroupsCommand).callsFake(({ GroupIds }: { GroupIds?: string[] }) => ({
    SecurityGroups: GroupIds?.map((id) => ({ GroupName: groupNames[id] ?? id })) ?? [live.securityGroup],
  }));
}

function reset(): void {
  for (const stub of Object.values(stubs)) stub.reset();
}

const named = (name: string): Error => Object.assign(new Error(`${name}: nothing of that name`), { name });
