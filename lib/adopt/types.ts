import * as compute from './live/compute';
import * as data from './live/data';
import * as edge from './live/edge';
import * as functions from './live/functions';
import * as identity from './live/identity';
import * as messaging from './live/messaging';
import * as network from './live/network';
import type { Reader } from './live/reader';
import * as storage from './live/storage';

/** What can be done with the resources of one type that exist already. */
export type AdoptableType =
  | {
      readonly kind: 'import';
      /** Members of the resource identifier: `primaryIdentifier` of the service specification, which a test compares. */
      readonly identifier: readonly string[];
      readonly read: Reader;
    }
  | {
      readonly kind: 'beside';
      /** Why CloudFormation does not import it, or why we do not. */
      readonly reason: string;
      /** What the first deployment then does. */
      readonly effect: string;
      /** Reads what that deployment would overwrite, so that nothing is lost unseen. @default nothing is */
      readonly read?: Reader;
    };

const imported = (read: Reader, ...identifier: readonly string[]): AdoptableType => ({
  kind: 'import',
  identifier,
  read,
});
const beside = (reason: string, effect: string, read?: Reader): AdoptableType => ({
  kind: 'beside',
  reason,
  effect,
  ...(read === undefined ? {} : { read }),
});

const noReadHandler = 'CloudFormation imports no resource of this type: its schema has no read handler.';

/**
 * Every type of the estate's templates, in one of two kinds. Source for what is imported: "Resource type support" in the
 * CloudFormation User Guide.
 */
export const adoptableTypes: Readonly<Record<string, AdoptableType>> = {
  'AWS::AppConfig::Application': imported(data.flagsApplication, 'ApplicationId'),
  'AWS::AppConfig::ConfigurationProfile': imported(data.flagsProfile, 'ApplicationId', 'ConfigurationProfileId'),
  'AWS::AppConfig::DeploymentStrategy': imported(data.deploymentStrategy, 'Id'),
  'AWS::AppConfig::Environment': imported(data.flagsEnvironment, 'ApplicationId', 'EnvironmentId'),
  'AWS::CloudFront::Distribution': imported(edge.distribution, 'Id'),
  'AWS::CloudFront::OriginAccessControl': imported(edge.originAccessControl, 'Id'),
  'AWS::CloudWatch::Alarm': imported(messaging.alarm, 'AlarmName'),
  'AWS::DynamoDB::Table': imported(data.table, 'TableName'),
  'AWS::EC2::InternetGateway': imported(network.internetGateway, 'InternetGatewayId'),
  'AWS::EC2::Route': imported(network.route, 'RouteTableId', 'CidrBlock'),
  'AWS::EC2::RouteTable': imported(network.routeTable, 'RouteTableId'),
  'AWS::EC2::SecurityGroup': imported(network.securityGroup, 'Id'),
  'AWS::EC2::Subnet': imported(network.subnet, 'SubnetId'),
  'AWS::EC2::SubnetRouteTableAssociation': imported(network.routeTableAssociation, 'Id'),
  'AWS::EC2::VPC': imported(network.vpc, 'VpcId'),
  'AWS::EC2::VPCEndpoint': imported(network.endpoint, 'Id'),
  'AWS::EC2::VPCGatewayAttachment': imported(network.gatewayAttachment, 'AttachmentType', 'VpcId'),
  'AWS::ECR::Repository': imported(compute.repository, 'RepositoryName'),
  'AWS::ECS::Cluster': imported(compute.cluster, 'ClusterName'),
  'AWS::ECS::Service': imported(compute.service, 'ServiceArn', 'Cluster'),
  'AWS::ElastiCache::CacheCluster': imported(data.cacheCluster, 'ClusterName'),
  'AWS::ElastiCache::SubnetGroup': imported(data.cacheSubnetGroup, 'CacheSubnetGroupName'),
  'AWS::Events::Rule': imported(compute.rule, 'Arn'),
  'AWS::IAM::Role': imported(identity.role, 'RoleName'),
  'AWS::KMS::Alias': imported(identity.keyAlias, 'AliasName'),
  'AWS::KMS::Key': imported(identity.key, 'KeyId'),
  'AWS::Lambda::EventInvokeConfig': imported(functions.eventInvokeConfig, 'FunctionName', 'Qualifier'),
  'AWS::Lambda::EventSourceMapping': imported(functions.eventSourceMapping, 'Id'),
  'AWS::Lambda::Function': imported(functions.lambdaFunction, 'FunctionName'),
  'AWS::Logs::LogGroup': imported(identity.logGroup, 'LogGroupName'),
  'AWS::RDS::DBInstance': imported(data.databaseInstance, 'DBInstanceIdentifier'),
  'AWS::S3::Bucket': imported(storage.bucket, 'BucketName'),
  'AWS::S3::BucketPolicy': imported(storage.bucketPolicy, 'Bucket'),
  'AWS::SNS::Topic': imported(messaging.topic, 'TopicArn'),
  'AWS::SQS::Queue': imported(messaging.queue, 'QueueUrl'),
  'AWS::Scheduler::Schedule': imported(compute.schedule, 'Name'),
  'AWS::SecretsManager::Secret': imported(data.secret, 'Id'),

  'AWS::IAM::Policy': beside(
    noReadHandler,
    'The deployment adds an inline policy of another name. Inline policies that the role has stay until somebody removes them: the role keeps what they allow.',
  ),
  'AWS::SQS::QueuePolicy': beside(
    noReadHandler,
    'The deployment writes the policy of the queue as a whole. Statements that the queue has and the model lacks would be lost: the proof lists them.',
    messaging.queuePolicy,
  ),
  'AWS::SNS::TopicPolicy': beside(noReadHandler, 'The deployment writes the policy of the topic as a whole.'),
  'AWS::CloudWatch::Dashboard': beside(
    'A dashboard holds no state.',
    'The deployment creates it; one of the same name must be deleted first.',
  ),
  'AWS::EC2::FlowLog': beside('The hardened posture adds it.', 'The deployment creates it beside what exists.'),
  'AWS::ECS::TaskDefinition': beside(
    'A revision never changes, so that taking one over gains nothing.',
    'The deployment registers a new revision in the same family; running tasks keep theirs until the service is updated.',
  ),
  'AWS::Lambda::Permission': beside(
    'The id of a statement that CloudFormation did not write is not the one that it would write.',
    'The deployment adds its own statement. The old one stays and allows the same caller: remove it by hand.',
  ),
  'AWS::Lambda::Version': beside(
    'A version never changes: the new code is a new version in any case.',
    'The deployment publishes the next version; those that exist stay.',
  ),
  'AWS::SSM::Parameter': beside(
    'Parameters below /huntaze/<stack>/ are of this repository.',
    'The deployment creates it; one of the same name must be deleted first.',
  ),
};

/** Types that the account at hand imports; another account than AWS may know fewer. */
export type Importable = (type: string) => boolean;

/** What AWS imports. */
export const importableOnAws: Importable = (type) => adoptableTypes[type]?.kind === 'import';

/**
 * Properties that no answer shows. `keep`: the import names what the model says, because writing it later would change what
 * lives (a master password). `omit`: the import leaves it out, so that the next deployment writes it.
 */
export const unreadable: Readonly<Record<string, Readonly<Record<string, 'keep' | 'omit'>>>> = {
  'AWS::RDS::DBInstance': { MasterUserPassword: 'keep', DeleteAutomatedBackups: 'keep' },
  'AWS::Lambda::Function': { Environment: 'omit' },
  'AWS::Lambda::EventSourceMapping': { StartingPosition: 'keep' },
};
