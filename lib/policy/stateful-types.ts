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

/** Types whose loss hurts as much, with the reason; the specification does not mark them. */
export const furtherStatefulTypes: Readonly<Record<string, string>> = {
  'AWS::CloudFront::Distribution':
    'its id and domain name are in clients, bucket policies and DNS, and never come back',
  'AWS::ECR::Repository': 'holds the images that running tasks start from',
  'AWS::ECS::Cluster': 'tasks and services run in it',
  'AWS::ECS::Service': 'its deletion stops every task',
  'AWS::SNS::Topic': 'its subscriptions are made outside the templates',
};

const statefulTypes: ReadonlySet<string> = new Set([...specifiedStatefulTypes, ...Object.keys(furtherStatefulTypes)]);

export const isStateful = (type: string): boolean => statefulTypes.has(type);
