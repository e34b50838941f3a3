import {
  type Block,
  become,
  type Document,
  dangerous,
  harmless,
  keysReversed,
  type Operator,
  type Target,
} from './operator';

/** Types of the estate that hold state: by hand, so that the gate's own list is tested with the rest. */
export const statefulTypes: readonly string[] = [
  'AWS::CloudFront::Distribution',
  'AWS::DynamoDB::Table',
  'AWS::ECR::Repository',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ElastiCache::CacheCluster',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
];

const resourcesOf = (document: Document): Record<string, Block> => document.Resources as Record<string, Block>;

const properties = ({ block }: Target): Block => {
  block.Properties ??= {};
  return block.Properties as Block;
};

/** Property changes by type: what it becomes, where it is another thing already. */
type Change = readonly [property: string, value: unknown];

const changesData: Readonly<Record<string, readonly Change[]>> = {
  'AWS::RDS::DBInstance': [
    ['AvailabilityZone', 'us-east-1f'],
    ['BackupRetentionPeriod', 0],
    ['DBInstanceIdentifier', 'another-name'],
    ['DBName', 'another'],
    ['DBSnapshotIdentifier', 'a-snapshot'],
    ['DBSubnetGroupName', 'another-group'],
    ['DeleteAutomatedBackups', true],
    ['DeletionProtection', false],
    ['Engine', 'mysql'],
    ['EngineVersion', '16.9'],
    ['EngineVersion', '18.1'],
    ['KmsKeyId', 'arn:aws:kms:us-east-1:317805897534:key/00000000-0000-0000-0000-000000000000'],
    ['ManageMasterUserPassword', true],
    ['MasterUserPassword', 'another'],
    ['MasterUsername', 'another'],
    ['Port', '6543'],
    ['SourceDBInstanceIdentifier', 'another'],
    ['StorageType', 'io2'],
    ['Timezone', 'UTC'],
  ],
  'AWS::SQS::Queue': [
    ['MessageRetentionPeriod', 60],
    ['QueueName', 'another-name.fifo'],
    ['SqsManagedSseEnabled', false],
  ],
  'AWS::S3::Bucket': [
    ['BucketEncryption', undefined],
    ['BucketName', 'another-name'],
    ['LifecycleConfiguration', { Rules: [{ Id: 'all', Status: 'Enabled', ExpirationInDays: 1 }] }],
    ['LifecycleConfiguration', { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }] }],
    ['ObjectLockEnabled', true],
    ['VersioningConfiguration', { Status: 'Suspended' }],
    ['VersioningConfiguration', undefined],
  ],
  'AWS::DynamoDB::Table': [
    ['AttributeDefinitions', 'types'],
    ['DeletionProtectionEnabled', false],
    ['KeySchema', [{ AttributeName: 'another', KeyType: 'HASH' }]],
    ['LocalSecondaryIndexes', [{ IndexName: 'i' }]],
    ['PointInTimeRecoverySpecification', { PointInTimeRecoveryEnabled: false }],
    ['PointInTimeRecoverySpecification', undefined],
    ['TableName', 'another-name'],
    ['TimeToLiveSpecification', { AttributeName: 'another', Enabled: true }],
  ],
  'AWS::Logs::LogGroup': [
    ['LogGroupClass', 'INFREQUENT_ACCESS'],
    ['LogGroupName', '/another/name'],
    ['RetentionInDays', 1],
  ],
  'AWS::KMS::Key': [
    ['Enabled', false],
    ['KeySpec', 'RSA_4096'],
    ['KeyUsage', 'SIGN_VERIFY'],
    ['MultiRegion', true],
    ['PendingWindowInDays', 7],
  ],
  'AWS::SecretsManager::Secret': [
    ['GenerateSecretString', { PasswordLength: 40 }],
    ['Name', 'another/name'],
    ['SecretString', 'another'],
  ],
  'AWS::SNS::Topic': [
    ['FifoTopic', true],
    ['KmsMasterKeyId', 'alias/another'],
    ['KmsMasterKeyId', undefined],
    ['TopicName', 'another-name'],
  ],
  'AWS::ECR::Repository': [
    ['EmptyOnDelete', true],
    ['EncryptionConfiguration', { EncryptionType: 'KMS' }],
    [
      'LifecyclePolicy',
      {
        LifecyclePolicyText:
          '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}',
      },
    ],
    ['RepositoryName', 'another/name'],
  ],
  'AWS::ECS::Cluster': [['ClusterName', 'another-name']],
  'AWS::ECS::Service': [
    ['Cluster', 'another'],
    ['DeploymentController', { Type: 'EXTERNAL' }],
    ['LaunchType', 'EC2'],
    ['SchedulingStrategy', 'DAEMON'],
    ['ServiceName', 'another-name'],
  ],
  'AWS::ElastiCache::CacheCluster': [
    ['CacheSubnetGroupName', 'another'],
    ['ClusterName', 'another-name'],
    ['Engine', 'memcached'],
    ['EngineVersion', '6.2'],
    ['NumCacheNodes', 2],
    ['Port', 6380],
    ['PreferredAvailabilityZone', 'us-east-1f'],
    ['SnapshotArns', ['arn:aws:s3:::b/dump.rdb']],
    ['SnapshotRetentionLimit', 0],
    ['TransitEncryptionEnabled', 'flipped'],
  ],
};

const keepsData: Readonly<Record<string, readonly Change[]>> = {
  'AWS::RDS::DBInstance': [
    ['AllocatedStorage', '500'],
    ['BackupRetentionPeriod', 35],
    ['CopyTagsToSnapshot', true],
    ['DBInstanceClass', 'db.m7g.large'],
    ['DBParameterGroupName', 'tuned'],
    ['DeletionProtection', true],
    ['EnablePerformanceInsights', true],
    ['EngineVersion', '17.99'],
    ['MultiAZ', true],
    ['PubliclyAccessible', false],
  ],
  'AWS::SQS::Queue': [
    ['MessageRetentionPeriod', 1_209_600],
    ['SqsManagedSseEnabled', true],
    ['VisibilityTimeout', 901],
  ],
  'AWS::S3::Bucket': [
    ['LifecycleConfiguration', undefined],
    [
      'PublicAccessBlockConfiguration',
      { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    ],
    ['VersioningConfiguration', { Status: 'Enabled' }],
  ],
  'AWS::DynamoDB::Table': [
    ['BillingMode', 'PAY_PER_REQUEST'],
    ['DeletionProtectionEnabled', true],
    ['PointInTimeRecoverySpecification', { PointInTimeRecoveryEnabled: true }],
    ['SSESpecification', { SSEEnabled: true }],
    ['TimeToLiveSpecification', undefined],
  ],
  'AWS::Logs::LogGroup': [
    ['RetentionInDays', 3653],
    ['RetentionInDays', undefined],
  ],
  'AWS::KMS::Key': [
    ['Description', 'Another text'],
    ['EnableKeyRotation', true],
  ],
  'AWS::SecretsManager::Secret': [['Description', 'Another text']],
  'AWS::SNS::Topic': [['DisplayName', 'Another text']],
  'AWS::ECR::Repository': [
    ['ImageScanningConfiguration', { ScanOnPush: true }],
    ['LifecyclePolicy', undefined],
  ],
  'AWS::ECS::Cluster': [['ClusterSettings', [{ Name: 'containerInsights', Value: 'enhanced' }]]],
  'AWS::ECS::Service': [['DesiredCount', 3]],
  'AWS::ElastiCache::CacheCluster': [
    ['CacheNodeType', 'cache.m7g.large'],
    ['SnapshotRetentionLimit', 35],
  ],
};

/** Sets a property, or takes it away; false where nothing differs. */
function set(target: Target, property: string, value: unknown): boolean {
  const all = properties(target);
  const next = value === 'flipped' ? !(all[property] === true) : value === 'types' ? otherTypes(all[property]) : value;
  if (JSON.stringify(all[property]) === JSON.stringify(next)) return false;
  if (next === undefined) delete all[property];
  else all[property] = next;
  return true;
}

const otherTypes = (definitions: unknown): unknown =>
  (definitions as readonly { AttributeName: string; AttributeType: string }[]).map(
    ({ AttributeName, AttributeType }) => ({
      AttributeName,
      AttributeType: AttributeType === 'S' ? 'N' : 'S',
    }),
  );

/** A change of an absent protection is none: these change something only where it is there. */
const onlyWherePresent = new Set([
  'BucketEncryption',
  'DeletionProtection',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'VersioningConfiguration',
  'SnapshotRetentionLimit',
  'KmsMasterKeyId',
]);

/** Whether a value protects: taking away what is off loses nothing. */
const isOff = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === 0 ||
  /Suspended|"PointInTimeRecoveryEnabled":false/.test(JSON.stringify(value));

const propertyOperators = (type: string): readonly Operator[] => [
  ...(changesData[type] ?? []).flatMap(([property, value]) => {
    const applicable = (target: Target) => !(onlyWherePresent.has(property) && isOff(properties(target)[property]));
    const label = `${property} → ${JSON.stringify(value) ?? 'nothing'}`;
    return [
      dangerous(label, (_, target) => applicable(target) && set(target, property, value)),
      dangerous(`${label}, in one branch of a condition`, (document, target) => {
        if (!applicable(target)) return false;
        const before = properties(target)[property];
        if (!set(target, property, value)) return false;
        document.Conditions = {
          ...(document.Conditions as Block),
          Hidden: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
        };
        const none = { Ref: 'AWS::NoValue' };
        properties(target)[property] = { 'Fn::If': ['Hidden', properties(target)[property] ?? none, before ?? none] };
        return true;
      }),
    ];
  }),
  ...(keepsData[type] ?? []).map(([property, value]) =>
    harmless(
      `${property} → ${JSON.stringify(value) ?? 'nothing'}`,
      (_, target) =>
        // A log group that says nothing keeps its events for ever: ten years are less.
        !(property === 'RetentionInDays' && properties(target)[property] === undefined) && set(target, property, value),
    ),
  ),
];

const expiryFields = ['ExpirationInDays', 'NoncurrentVersionExpiration', 'NoncurrentVersionExpirationInDays'];

/** Changes each rule of a bucket that deletes; false where there is none, or none that it changes. */
const eachExpiry =
  (change: (rule: Block) => boolean): Operator['apply'] =>
  (_, target) => {
    const { Rules = [] } = (properties(target).LifecycleConfiguration ?? {}) as { Rules?: Block[] };
    const deleting = Rules.filter((rule) => rule.Status === 'Enabled' && expiryFields.some((field) => field in rule));
    return deleting.map(change).includes(true);
  };

/** Adds days to every expiry of a rule. */
const postponed =
  (days: number) =>
  (rule: Block): boolean => {
    const noncurrent = rule.NoncurrentVersionExpiration as Block | undefined;
    if (typeof rule.ExpirationInDays === 'number') rule.ExpirationInDays += days;
    if (typeof noncurrent?.NoncurrentDays === 'number') noncurrent.NoncurrentDays += days;
    return true;
  };

const bucketOperators: readonly Operator[] = [
  harmless(
    'an expiry narrowed to a prefix',
    eachExpiry((rule) => {
      rule.Prefix = `${rule.Prefix ?? ''}narrow/`;
      return true;
    }),
  ),
  harmless(
    'an expiry narrowed to a tag and a size',
    eachExpiry((rule) => {
      rule.TagFilters = [...((rule.TagFilters as unknown[]) ?? []), { Key: 'temporary', Value: 'yes' }];
      rule.ObjectSizeGreaterThan = '1024';
      return true;
    }),
  ),
  harmless('an expiry that comes later', eachExpiry(postponed(30))),
  harmless(
    'newer versions kept',
    eachExpiry((rule) => {
      const noncurrent = rule.NoncurrentVersionExpiration as Block | undefined;
      if (noncurrent === undefined) return false;
      noncurrent.NewerNoncurrentVersions = 3;
      return true;
    }),
  ),
  dangerous('an expiry that comes a day sooner', eachExpiry(postponed(-1))),
  dangerous(
    'an expiry widened to the whole bucket',
    eachExpiry((rule) => 'Prefix' in rule && delete rule.Prefix),
  ),
  dangerous(
    'an expiry moved to another prefix',
    eachExpiry((rule) => {
      if (rule.Prefix === undefined) return false;
      rule.Prefix = 'elsewhere/';
      return true;
    }),
  ),
  dangerous(
    'an expiry narrowed to a prefix and sooner',
    eachExpiry((rule) => {
      rule.Prefix = `${rule.Prefix ?? ''}narrow/`;
      return postponed(-1)(rule);
    }),
  ),
];

/** Moves a block to another logical id, with every reference to it. */
function rename(document: Document, { logicalId, block }: Target): void {
  const text = JSON.stringify(document)
    .replaceAll(`{"Ref":"${logicalId}"}`, '{"Ref":"Renamed"}')
    .replaceAll(`"Fn::GetAtt":["${logicalId}",`, '"Fn::GetAtt":["Renamed",');
  become(document, JSON.parse(text));
  const resources = resourcesOf(document);
  delete resources[logicalId];
  resources.Renamed = block;
}

const policy = (name: 'DeletionPolicy' | 'UpdateReplacePolicy', value: string | undefined): Operator =>
  dangerous(`${name} → ${value ?? 'nothing'}`, (_, { type, block }) => {
    if (block[name] === undefined || block[name] === value) return false;
    // What says nothing is snapshotted where it is a database, and deleted elsewhere: less than retained both ways.
    if (value === undefined) delete block[name];
    else block[name] = value;
    return type !== '';
  });

const ofEveryType: readonly Operator[] = [
  dangerous('removed', (document, { logicalId }) => delete resourcesOf(document)[logicalId]),
  dangerous('removed with everything that refers to it', (document, { logicalId }) => {
    const resources = resourcesOf(document);
    for (const [id, block] of Object.entries(resources)) {
      if (id === logicalId || JSON.stringify(block).includes(`"${logicalId}"`)) delete resources[id];
    }
    return true;
  }),
  dangerous('logical id renamed', (document, target) => {
    rename(document, target);
    return true;
  }),
  dangerous('logical id renamed, and something else changed', (document, target) => {
    properties(target).Tags = [{ Key: 'renamed', Value: 'yes' }];
    rename(document, target);
    return true;
  }),
  policy('DeletionPolicy', undefined),
  policy('DeletionPolicy', 'Delete'),
  policy('DeletionPolicy', 'Snapshot'),
  policy('UpdateReplacePolicy', undefined),
  policy('UpdateReplacePolicy', 'Delete'),
  dangerous('put under a condition', (document, { block }) => {
    document.Conditions = {
      ...(document.Conditions as Block),
      Sometimes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] },
    };
    block.Condition = 'Sometimes';
    return true;
  }),
  dangerous('another type', (_, { block }) => {
    block.Type = 'AWS::SNS::Subscription';
    return true;
  }),
  harmless('a tag', (_, target) => {
    const tags = Array.isArray(properties(target).Tags) ? (properties(target).Tags as unknown[]) : [];
    properties(target).Tags = [...tags, { Key: 'cost-centre', Value: '42' }];
    return true;
  }),
  harmless('keys in another order', (document) => {
    become(document, keysReversed(document) as Block);
    return true;
  }),
  harmless('metadata and dependencies', (_, { block }) => {
    block.Metadata = { ...(block.Metadata as Block), note: 'read me' };
    block.DependsOn = ['Nothing'];
    return true;
  }),
  harmless('an alarm beside it', (document, { logicalId }) => {
    resourcesOf(document).AlarmOnIt = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { AlarmDescription: logicalId, Threshold: 1 },
    };
    return true;
  }),
  harmless('a description of the stack and an output', (document, { logicalId }) => {
    document.Description = 'Another text';
    document.Outputs = { ...(document.Outputs as Block), It: { Value: { Ref: logicalId } } };
    return true;
  }),
  harmless('Retain in place of RetainExceptOnCreate', (_, { block }) => {
    if (block.DeletionPolicy !== 'RetainExceptOnCreate') return false;
    block.DeletionPolicy = 'Retain';
    return true;
  }),
];

/** Every operator for a resource of a type. */
export const awsOperators = (type: string): readonly Operator[] => [
  ...ofEveryType,
  ...propertyOperators(type),
  ...(type === 'AWS::S3::Bucket' ? bucketOperators : []),
];

/** Targets in a copy of a template. */
export const awsTargets = (document: Document): readonly Target[] =>
  Object.entries(resourcesOf(document)).flatMap(([logicalId, block]) =>
    statefulTypes.includes(String(block.Type)) ? [{ type: String(block.Type), logicalId, block }] : [],
  );

/** A copy in which the resource and all but the resources may be changed; other resources are shared. */
export function copyOfTemplate({ Resources, ...others }: Document, { logicalId, block }: Target): Document {
  return { ...structuredClone(others), Resources: { ...(Resources as Block), [logicalId]: structuredClone(block) } };
}
