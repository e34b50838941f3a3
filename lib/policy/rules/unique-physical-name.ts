import { at, type LocatedResource, referenced, resourcesOf, type StackTemplate } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';

/** Property that holds the physical name, by type (CloudFormation template reference). */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ElastiCache::CacheCluster': 'ClusterName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
};

/** The name in plain text; undefined when a part of it is known to CloudFormation only. */
function nameOf(value: unknown, siblings: StackTemplate): string | undefined {
  if (typeof value === 'string') return value;
  const join = at(value, 'Fn::Join', 1);
  if (Array.isArray(join)) {
    const parts = join.map((part) => nameOf(part, siblings));
    return parts.includes(undefined) ? undefined : parts.join(String(at(value, 'Fn::Join', 0) ?? ''));
  }
  const resource = siblings.template.Resources?.[referenced(value) ?? ''];
  const property = resource && nameProperties[resource.Type];
  // Ref of these types gives their name; of the others an ARN or an address.
  return property === 'FunctionName' || property === 'BucketName' || property === 'TableName'
    ? nameOf(resource?.Properties?.[property], siblings)
    : undefined;
}

/** The second of two resources with one name fails to deploy, after everything before it was made. */
export const uniquePhysicalNames: TemplateRule = {
  id: 'unique-physical-name',
  description: 'No two resources of one type have the same physical name, in whichever stacks.',
  fix: 'Remove one of them, or give it a name of its own.',
  check: (templates) => {
    const owners = new Map<string, LocatedResource>();
    return templates.flatMap((siblings) =>
      resourcesOf([siblings], ...Object.keys(nameProperties)).flatMap((located) => {
        const property = nameProperties[located.resource.Type] ?? '';
        const name = nameOf(located.resource.Properties?.[property], siblings);
        if (name === undefined) return [];
        const key = `${located.resource.Type} ${name}`;
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, located);
        return owner === undefined
          ? []
          : [violation(located, `Properties.${property}`, `${name}, which ${owner.logicalId} has already`)];
      }),
    );
  },
};
