/**
 * Resource types that the service specification of AWS marks as stateful (`isStateful` of @aws-cdk/aws-service-spec
 * 0.1.216). Committed, because loading that specification takes longer than the synth itself; a test compares.
 */
export const specifiedStatefulTypes: readonly string[] = [
  'AWS::Backup::BackupVault',
  'AWS::CloudFormation::Stack',
  'AWS::Cognito::UserPool',
  'AWS::DocDB::DBCluster',
  'AWS::DocDB::DBInstance',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  'AWS::EMR::Cluster',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Elasticsearch::Domain',
  'AWS::FSx::FileSystem',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Logs::LogGroup',
  'AWS::Neptune::DBCluster',
  'AWS::Neptune::DBInstance',
  'AWS::OpenSearchService::Domain',
  'AWS::Organizations::Account',
  'AWS::QLDB::Ledger',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::Bucket',
  'AWS::SDB::Domain',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
];

/** Types whose loss hurts as much, with the reason; the specification does not mark them. Every synth must retain them. */
export const furtherStatefulTypes: Readonly<Record<string, string>> = {
  'AWS::CloudFront::Distribution':
    'its id and domain name are in clients, bucket policies and DNS, and never come back',
  'AWS::ECR::Repository': 'holds the images that running tasks start from',
  'AWS::ECS::Cluster': 'tasks and services run in it',
  'AWS::ECS::Service': 'its deletion stops every task',
  'AWS::SNS::Topic': 'its subscriptions are made outside the templates',
};

/**
 * Types that a review guards as well: their loss is felt, but a stack may have reason to let one go with it, so no synth
 * is held to retain them.
 */
export const guardedTypes: Readonly<Record<string, string>> = {
  'AWS::AmazonMQ::Broker': 'holds messages that nobody has read yet',
  'AWS::Cognito::IdentityPool': 'the identities that it gave to users never come back',
  'AWS::DSQL::Cluster': 'holds the rows of a database',
  'AWS::EC2::EIP': 'its address is in allow lists and DNS, and goes back to the pool of AWS',
  'AWS::EC2::Instance': 'its root volume goes with it unless told otherwise',
  'AWS::EKS::Cluster': 'holds the state of everything that runs in it',
  'AWS::ElastiCache::ServerlessCache': 'holds what the application put there',
  'AWS::Events::Archive': 'holds events that can be replayed',
  'AWS::KMS::ReplicaKey': 'what it encrypted in its region can be read with it alone',
  'AWS::Lightsail::Database': 'holds the rows of a database',
  'AWS::MSK::Cluster': 'holds the records of its topics',
  'AWS::MemoryDB::Cluster': 'holds what the application put there',
  'AWS::OpenSearchServerless::Collection': 'holds the documents of its indexes',
  'AWS::RDS::GlobalCluster': 'replication between regions ends with it',
  'AWS::RedshiftServerless::Namespace': 'holds the rows of a database',
  'AWS::Route53::HostedZone': 'its records go, and its name servers are in the registry of the domain',
  'AWS::S3Express::DirectoryBucket': 'holds objects, as a bucket does',
  'AWS::S3Tables::Table': 'holds the rows of one table',
  'AWS::S3Tables::TableBucket': 'holds tables and their rows',
  'AWS::S3Vectors::Index': 'holds vectors and their metadata',
  'AWS::S3Vectors::VectorBucket': 'holds vectors and their metadata',
  'AWS::Timestream::Database': 'holds the rows of its tables',
  'AWS::Timestream::Table': 'holds the rows of one table',
  'AWS::WorkSpaces::Workspace': 'holds the volumes of a person',
};

/** Custom resources of the construct library that hold nothing: what their handler does is known. */
export const knownCustomTypes: Readonly<Record<string, string>> = {
  'Custom::CrossRegionExportReader': 'reads parameters that another stack wrote',
  'Custom::VpcRestrictDefaultSG': 'takes the rules of a default security group away',
};

/** What CloudFormation hands to a handler of the account. */
export const isCustomType = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

const retainedTypes: ReadonlySet<string> = new Set([...specifiedStatefulTypes, ...Object.keys(furtherStatefulTypes)]);

/** Whether every synth must retain a resource of this type. */
export const isStateful = (type: string): boolean => retainedTypes.has(type);

const reasons: ReadonlyMap<string, string> = new Map([
  ...specifiedStatefulTypes.map((type) => [type, 'the service specification of AWS says so'] as const),
  ...Object.entries(furtherStatefulTypes),
  ...Object.entries(guardedTypes),
]);

/** Why losing a resource of this type loses what no deploy brings back; undefined where nothing says so. */
export const statefulReason = (type: string): string | undefined => reasons.get(type);
