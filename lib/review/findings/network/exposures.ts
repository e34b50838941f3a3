import { at } from '../../json';
import type { FindingCategory, FindingLevel, Resource } from '../../model';
import { asList, blocks } from '../values';

type Properties = Resource['properties'];

/** A way in which a resource can stand open, told from its properties alone. */
export interface Exposure {
  readonly rule: string;
  readonly category: Extract<FindingCategory, 'network' | 'access'>;
  readonly level: FindingLevel;
  readonly types: readonly string[];
  /** Property that a reader must look at. */
  readonly path: string;
  /** Which openings there are: none for a closed resource, a name for each where there can be several. */
  readonly open: (properties: Properties) => readonly string[];
  /** What it means, after the resource's name; `{}` stands for the opening. */
  readonly means: string;
  /** What is true once it is closed. */
  readonly closed: string;
  /** Whether a resource that this change adds counts; for what only a weakening makes worth a word, false. */
  readonly onAdd: boolean;
  readonly source: string;
}

const whether = (condition: boolean): readonly string[] => (condition ? [''] : []);
const isTrue = (value: unknown): boolean => value === true || value === 'true';
const isFalse = (value: unknown): boolean => value === false || value === 'false';
const cfn = (page: string): string =>
  `https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/${page}.html`;
const azurerm = (page: string): string =>
  `https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/${page}`;

const blockFlags = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;

/** AWS side: what a property opens, or stops encrypting. */
const aws: readonly Exposure[] = [
  {
    rule: 'network/public-database',
    category: 'network',
    level: 'error',
    types: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance'],
    path: 'Properties.PubliclyAccessible',
    open: ({ PubliclyAccessible }) => whether(isTrue(PubliclyAccessible)),
    means: 'gets a public address: whoever its security groups let in reaches it from the internet',
    closed: 'has no public address any more',
    onAdd: true,
    source: cfn('aws-resource-rds-dbinstance'),
  },
  {
    rule: 'network/public-access-block-lost',
    category: 'network',
    level: 'error',
    types: ['AWS::S3::Bucket', 'AWS::S3::AccessPoint'],
    path: 'Properties.PublicAccessBlockConfiguration',
    // A bucket that says nothing has all four on, since April 2023; one that says something has what it says.
    open: ({ PublicAccessBlockConfiguration: block }) =>
      block === undefined ? [] : blockFlags.filter((flag) => !isTrue(at(block, flag))),
    means: 'does not have {} of its public access block: a policy or an ACL can make it public',
    closed: 'has {} of its public access block',
    onAdd: true,
    source: cfn('aws-properties-s3-bucket-publicaccessblockconfiguration'),
  },
  {
    rule: 'network/public-acl',
    category: 'network',
    level: 'error',
    types: ['AWS::S3::Bucket'],
    path: 'Properties.AccessControl',
    open: ({ AccessControl }) =>
      /^(PublicRead|PublicReadWrite|AuthenticatedRead)$/.test(String(AccessControl)) ? [String(AccessControl)] : [],
    means: 'gets the ACL {}: strangers may read it',
    closed: 'has no public ACL any more',
    onAdd: true,
    source: cfn('aws-resource-s3-bucket'),
  },
  {
    rule: 'network/public-task',
    category: 'network',
    level: 'warning',
    types: ['AWS::ECS::Service'],
    path: 'Properties.NetworkConfiguration',
    open: (properties) =>
      whether(at(properties, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp') === 'ENABLED'),
    means: 'gives its tasks public addresses',
    closed: 'gives its tasks no public addresses any more',
    onAdd: true,
    source: cfn('aws-properties-ecs-service-awsvpcconfiguration'),
  },
  {
    rule: 'network/public-subnet',
    category: 'network',
    level: 'warning',
    types: ['AWS::EC2::Subnet'],
    path: 'Properties.MapPublicIpOnLaunch',
    open: ({ MapPublicIpOnLaunch }) => whether(isTrue(MapPublicIpOnLaunch)),
    means: 'gives whatever starts in it a public address',
    closed: 'gives no public addresses any more',
    onAdd: true,
    source: cfn('aws-resource-ec2-subnet'),
  },
  {
    rule: 'network/internet-route',
    category: 'network',
    level: 'warning',
    types: ['AWS::EC2::Route'],
    path: 'Properties.GatewayId',
    open: ({ GatewayId, DestinationCidrBlock, DestinationIpv6CidrBlock }) =>
      whether(GatewayId !== undefined && (DestinationCidrBlock === '0.0.0.0/0' || DestinationIpv6CidrBlock === '::/0')),
    means: 'leads its subnets to an internet gateway: what has a public address there is reachable',
    closed: 'leads to no internet gateway any more',
    onAdd: true,
    source: cfn('aws-resource-ec2-route'),
  },
  {
    rule: 'network/internet-facing',
    category: 'network',
    level: 'error',
    types: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancing::LoadBalancer'],
    path: 'Properties.Scheme',
    open: ({ Scheme }) => whether(Scheme === undefined || Scheme === 'internet-facing'),
    means: 'faces the internet',
    closed: 'faces the internet no more',
    onAdd: true,
    source: cfn('aws-resource-elasticloadbalancingv2-loadbalancer'),
  },
  {
    rule: 'network/function-url-open',
    category: 'network',
    level: 'error',
    types: ['AWS::Lambda::Url'],
    path: 'Properties.AuthType',
    open: ({ AuthType }) => whether(AuthType === 'NONE'),
    means: 'is an address on the internet that asks for no identity',
    closed: 'asks for an identity',
    onAdd: true,
    source: cfn('aws-resource-lambda-url'),
  },
  {
    rule: 'network/api-open',
    category: 'network',
    level: 'warning',
    types: ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Route'],
    path: 'Properties.AuthorizationType',
    open: ({ AuthorizationType, HttpMethod, ApiKeyRequired }) =>
      whether(
        (AuthorizationType === undefined || AuthorizationType === 'NONE') &&
          HttpMethod !== 'OPTIONS' &&
          !isTrue(ApiKeyRequired),
      ),
    means: 'answers whoever asks, with no authorizer',
    closed: 'asks for an identity',
    onAdd: true,
    source: cfn('aws-resource-apigateway-method'),
  },
  {
    rule: 'network/endpoint-public',
    category: 'network',
    level: 'error',
    types: ['AWS::EKS::Cluster'],
    path: 'Properties.ResourcesVpcConfig',
    open: (properties) => whether(!isFalse(at(properties, 'ResourcesVpcConfig', 'EndpointPublicAccess'))),
    means: 'has its API on a public address',
    closed: 'has no public API address any more',
    onAdd: true,
    source: cfn('aws-resource-eks-cluster'),
  },
  {
    rule: 'network/plain-http',
    category: 'network',
    level: 'error',
    types: ['AWS::CloudFront::Distribution'],
    path: 'Properties.DistributionConfig',
    open: (properties) =>
      [
        at(properties, 'DistributionConfig', 'DefaultCacheBehavior'),
        ...asList(at(properties, 'DistributionConfig', 'CacheBehaviors')),
      ].flatMap((behaviour) =>
        at(behaviour, 'ViewerProtocolPolicy') === 'allow-all'
          ? [String(at(behaviour, 'PathPattern') ?? 'the default behaviour')]
          : [],
      ),
    means: 'serves {} over plain HTTP too',
    closed: 'no longer serves {} over plain HTTP',
    onAdd: true,
    source: cfn('aws-properties-cloudfront-distribution-defaultcachebehavior'),
  },
  {
    rule: 'network/old-tls',
    category: 'network',
    level: 'warning',
    types: ['AWS::CloudFront::Distribution'],
    path: 'Properties.DistributionConfig.ViewerCertificate.MinimumProtocolVersion',
    open: (properties) => {
      const version = at(properties, 'DistributionConfig', 'ViewerCertificate', 'MinimumProtocolVersion');
      return typeof version === 'string' && !/^TLSv1\.[23]/.test(version) ? [version] : [];
    },
    means: 'admits viewers with {}, which is older than TLS 1.2',
    closed: 'no longer admits viewers with {}',
    onAdd: true,
    source: cfn('aws-properties-cloudfront-distribution-viewercertificate'),
  },
  {
    rule: 'network/plain-listener',
    category: 'network',
    level: 'warning',
    types: ['AWS::ElasticLoadBalancingV2::Listener'],
    path: 'Properties.Protocol',
    open: ({ Protocol, DefaultActions }) =>
      whether(
        (Protocol === 'HTTP' || Protocol === 'TCP') &&
          !asList(DefaultActions).some((action) => at(action, 'Type') === 'redirect'),
      ),
    means: 'listens without TLS',
    closed: 'no longer listens without TLS',
    onAdd: true,
    source: cfn('aws-resource-elasticloadbalancingv2-listener'),
  },
  {
    rule: 'network/transit-encryption-off',
    category: 'network',
    level: 'error',
    types: ['AWS::ElastiCache::CacheCluster', 'AWS::ElastiCache::ReplicationGroup', 'AWS::MemoryDB::Cluster'],
    path: 'Properties.TransitEncryptionEnabled',
    open: ({ TransitEncryptionEnabled, TLSEnabled }) =>
      whether(!isTrue(TransitEncryptionEnabled) && !isTrue(TLSEnabled)),
    means: 'talks to its clients without TLS',
    closed: 'talks to its clients with TLS',
    onAdd: false,
    source: cfn('aws-resource-elasticache-replicationgroup'),
  },
  {
    rule: 'network/encryption-off',
    category: 'network',
    level: 'error',
    types: [
      'AWS::RDS::DBInstance',
      'AWS::RDS::DBCluster',
      'AWS::Redshift::Cluster',
      'AWS::EFS::FileSystem',
      'AWS::EC2::Volume',
      'AWS::ElastiCache::ReplicationGroup',
      'AWS::DocDB::DBCluster',
      'AWS::Neptune::DBCluster',
    ],
    path: 'Properties',
    open: ({ StorageEncrypted, Encrypted, AtRestEncryptionEnabled }) =>
      whether(!isTrue(StorageEncrypted) && !isTrue(Encrypted) && !isTrue(AtRestEncryptionEnabled)),
    means: 'keeps its data unencrypted',
    closed: 'encrypts its data',
    onAdd: true,
    source: cfn('aws-resource-rds-dbinstance'),
  },
  {
    rule: 'network/encryption-off',
    category: 'network',
    level: 'warning',
    types: ['AWS::SQS::Queue'],
    path: 'Properties.SqsManagedSseEnabled',
    open: ({ SqsManagedSseEnabled, KmsMasterKeyId }) =>
      whether(isFalse(SqsManagedSseEnabled) && KmsMasterKeyId === undefined),
    means: 'keeps its messages unencrypted',
    closed: 'encrypts its messages',
    onAdd: true,
    source: cfn('aws-resource-sqs-queue'),
  },
  {
    rule: 'network/encryption-off',
    category: 'network',
    level: 'warning',
    types: ['AWS::SNS::Topic', 'AWS::Logs::LogGroup', 'AWS::Kinesis::Stream'],
    path: 'Properties',
    open: ({ KmsMasterKeyId, KmsKeyId, StreamEncryption }) =>
      whether(KmsMasterKeyId === undefined && KmsKeyId === undefined && StreamEncryption === undefined),
    means: 'is no longer encrypted with a key',
    closed: 'is encrypted with a key',
    onAdd: false,
    source: cfn('aws-resource-sns-topic'),
  },
  {
    rule: 'network/encryption-off',
    category: 'network',
    level: 'warning',
    types: ['AWS::DynamoDB::Table'],
    path: 'Properties.SSESpecification',
    open: ({ SSESpecification }) => whether(!isTrue(at(SSESpecification, 'SSEEnabled'))),
    means: 'is no longer encrypted with a key of the account',
    closed: 'is encrypted with a key of the account',
    onAdd: false,
    source: cfn('aws-properties-dynamodb-table-ssespecification'),
  },
  {
    rule: 'network/encryption-off',
    category: 'network',
    level: 'warning',
    types: ['AWS::S3::Bucket'],
    path: 'Properties.BucketEncryption',
    open: ({ BucketEncryption }) => whether(BucketEncryption === undefined),
    means: 'no longer states its encryption: S3 falls back to its own keys',
    closed: 'states its encryption',
    onAdd: false,
    source: cfn('aws-properties-s3-bucket-bucketencryption'),
  },
  {
    rule: 'access/long-lived-key',
    category: 'access',
    level: 'warning',
    types: ['AWS::IAM::AccessKey'],
    path: 'Properties',
    open: () => whether(true),
    means: 'is a key without an end for a user',
    closed: 'is gone',
    onAdd: true,
    source: cfn('aws-resource-iam-accesskey'),
  },
  {
    rule: 'access/identity-provider',
    category: 'access',
    level: 'warning',
    types: ['AWS::IAM::OIDCProvider', 'AWS::IAM::SAMLProvider'],
    path: 'Properties',
    open: ({ Url, ClientIdList }) => [
      `${String(Url ?? 'a SAML provider')} for ${asList(ClientIdList).map(String).sort().join(', ') || 'any client'}`,
    ],
    means: 'lets roles trust the tokens of {}',
    closed: 'no longer lets roles trust the tokens of {}',
    onAdd: true,
    source: cfn('aws-resource-iam-oidcprovider'),
  },
];

/** Types whose public network access is on unless it is switched off. */
const publicByDefault = [
  'azurerm_cognitive_account',
  'azurerm_ai_services',
  'azurerm_storage_account',
  'azurerm_key_vault',
  'azurerm_container_registry',
  'azurerm_postgresql_flexible_server',
  'azurerm_mssql_server',
  'azurerm_redis_cache',
  'azurerm_search_service',
  'azurerm_cosmosdb_account',
  'azurerm_servicebus_namespace',
  'azurerm_eventhub_namespace',
  'azurerm_linux_web_app',
  'azurerm_linux_function_app',
];

const azure: readonly Exposure[] = [
  {
    rule: 'network/azure-public',
    category: 'network',
    level: 'error',
    types: publicByDefault,
    path: 'public_network_access_enabled',
    open: ({ public_network_access_enabled: enabled }) => whether(!isFalse(enabled)),
    means: 'can be reached at its public address',
    closed: 'can no longer be reached at its public address',
    onAdd: true,
    source: azurerm('cognitive_account'),
  },
  {
    rule: 'network/azure-default-allow',
    category: 'network',
    level: 'error',
    types: publicByDefault,
    path: 'network_acls.default_action',
    open: (properties) => {
      const acls = blocks(properties.network_acls ?? properties.network_rules);
      return whether(
        !isFalse(properties.public_network_access_enabled) &&
          acls.every(({ default_action: action }) => action !== 'Deny'),
      );
    },
    means: 'admits every address of the internet (no default denial in its network rules)',
    closed: 'denies what its network rules do not admit',
    onAdd: true,
    source: azurerm('cognitive_account'),
  },
  {
    rule: 'network/azure-address-admitted',
    category: 'network',
    level: 'warning',
    types: publicByDefault,
    path: 'network_acls.ip_rules',
    open: (properties) =>
      blocks(properties.network_acls ?? properties.network_rules).flatMap(({ ip_rules: rules }) =>
        asList(rules).map(String),
      ),
    means: 'admits the address {}',
    closed: 'no longer admits the address {}',
    onAdd: true,
    source: azurerm('cognitive_account'),
  },
  {
    rule: 'access/azure-keys-on',
    category: 'access',
    level: 'error',
    types: [
      'azurerm_cognitive_account',
      'azurerm_ai_services',
      'azurerm_search_service',
      'azurerm_eventhub_namespace',
      'azurerm_servicebus_namespace',
    ],
    path: 'local_auth_enabled',
    open: ({ local_auth_enabled: local, local_authentication_enabled: authentication }) =>
      whether(!isFalse(local) && !isFalse(authentication)),
    means: 'accepts keys: whoever has one needs no identity',
    closed: 'accepts no keys any more',
    onAdd: true,
    source: azurerm('cognitive_account'),
  },
  {
    rule: 'network/azure-old-tls',
    category: 'network',
    level: 'warning',
    types: ['azurerm_storage_account', 'azurerm_redis_cache', 'azurerm_mssql_server', 'azurerm_eventhub_namespace'],
    path: 'min_tls_version',
    open: (properties) => {
      const version = properties.min_tls_version ?? properties.minimum_tls_version;
      return typeof version === 'string' && !/1[._]?[23]$/.test(version) ? [version] : [];
    },
    means: 'admits clients with {}, which is older than TLS 1.2',
    closed: 'no longer admits clients with {}',
    onAdd: true,
    source: azurerm('storage_account'),
  },
  {
    rule: 'network/azure-plain-http',
    category: 'network',
    level: 'error',
    types: ['azurerm_storage_account', 'azurerm_redis_cache', 'azurerm_linux_web_app', 'azurerm_linux_function_app'],
    path: 'https_traffic_only_enabled',
    open: (properties) =>
      whether(
        isFalse(properties.https_traffic_only_enabled) ||
          isTrue(properties.non_ssl_port_enabled) ||
          isFalse(properties.https_only),
      ),
    means: 'talks without TLS',
    closed: 'no longer talks without TLS',
    onAdd: true,
    source: azurerm('storage_account'),
  },
  {
    rule: 'network/azure-outbound',
    category: 'network',
    level: 'note',
    types: ['azurerm_subnet'],
    path: 'default_outbound_access_enabled',
    open: ({ default_outbound_access_enabled: enabled }) => whether(!isFalse(enabled)),
    means: 'has a default way out to the internet',
    closed: 'has no default way out any more',
    onAdd: true,
    source: azurerm('subnet'),
  },
];

export const exposures: readonly Exposure[] = [...aws, ...azure];
