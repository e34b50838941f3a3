/** Calls by the name of the SDK's client, such as `S3Client`. */
export type AllowedCalls = Readonly<Record<string, readonly string[]>>;

/**
 * Every call that the audit makes, by name: what is not here cannot leave the machine.
 *
 * A list and no pattern: `GetObject`, `GetSecretValue` and `GetItem` look like reading and return data, and a service may
 * add another such call at any time. A test holds that each entry is used and that each call used is an entry.
 */
export const auditCalls: AllowedCalls = {
  AppConfigClient: ['ListApplications', 'ListConfigurationProfiles', 'ListDeploymentStrategies', 'ListEnvironments'],
  CloudFrontClient: ['GetDistribution', 'GetOriginAccessControl', 'ListDistributions'],
  CloudWatchLogsClient: ['DescribeLogGroups'],
  DynamoDBClient: ['DescribeContinuousBackups', 'DescribeTable', 'DescribeTimeToLive'],
  EC2Client: ['DescribeSecurityGroups'],
  ECRClient: ['DescribeRepositories'],
  ECSClient: ['DescribeClusters', 'DescribeServices', 'DescribeTaskDefinition', 'ListClusters', 'ListServices'],
  ElastiCacheClient: ['DescribeCacheClusters', 'DescribeCacheSubnetGroups'],
  EventBridgeClient: ['DescribeRule', 'ListEventBuses', 'ListRuleNamesByTarget', 'ListTargetsByRule'],
  LambdaClient: ['GetFunctionConfiguration', 'ListEventSourceMappings', 'ListFunctions', 'ListVersionsByFunction'],
  RDSClient: ['DescribeDBInstances'],
  S3Client: [
    'GetBucketCors',
    'GetBucketEncryption',
    'GetBucketLifecycleConfiguration',
    'GetBucketPolicy',
    'GetBucketVersioning',
    'GetPublicAccessBlock',
    'HeadBucket',
    'ListBucketIntelligentTieringConfigurations',
    'ListBuckets',
  ],
  SQSClient: ['GetQueueAttributes', 'GetQueueUrl', 'ListQueues'],
  STSClient: ['GetCallerIdentity'],
  SchedulerClient: ['GetSchedule'],
  SecretsManagerClient: ['DescribeSecret'],
};

/** Both lists together, client by client. */
export const joinCalls = (...lists: readonly AllowedCalls[]): AllowedCalls =>
  Object.fromEntries(
    [...new Set(lists.flatMap((list) => Object.keys(list)))]
      .sort()
      .map((client) => [client, [...new Set(lists.flatMap((list) => list[client] ?? []))].sort()]),
  );
