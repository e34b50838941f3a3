import { planAdoption, readAssembly } from '../adopt';
import type { SectionId } from '../audit/model';
import { estimate, type UsageAssumptions } from '../cost';
import { toJsonNumber } from '../cost/money';
import { queues } from '../estate/messaging';
import { readTree } from '../review';
import type { MapSources } from './estate-map';

/** Types of CloudFormation whose resources a section shows. */
const sectionTypes: Readonly<Record<SectionId, string>> = {
  clusters: 'AWS::ECS::Cluster',
  databases: 'AWS::RDS::DBInstance',
  cache: 'AWS::ElastiCache::CacheCluster',
  buckets: 'AWS::S3::Bucket',
  functions: 'AWS::Lambda::Function',
  queues: 'AWS::SQS::Queue',
  distribution: 'AWS::CloudFront::Distribution',
  services: 'AWS::ECS::Service',
  tasks: 'AWS::ECS::TaskDefinition',
  repositories: 'AWS::ECR::Repository',
  logGroups: 'AWS::Logs::LogGroup',
  rules: 'AWS::Events::Rule',
  schedules: 'AWS::Scheduler::Schedule',
  tables: 'AWS::DynamoDB::Table',
  secrets: 'AWS::SecretsManager::Secret',
  securityGroups: 'AWS::EC2::SecurityGroup',
  flags: 'AWS::AppConfig::Application',
};

/** A template names neither its distribution nor its AppConfig application as the inventory does; there is one of each. */
const single: readonly string[] = ['AWS::CloudFront::Distribution', 'AWS::AppConfig::Application'];

/**
 * Cost and import identifiers of each resource, from what a synth of both clouds wrote.
 *
 * @param directory holds `cdk.out` and `cdktf.out`
 */
export function synthesizedFacts(
  directory: { readonly both: string; readonly aws: string },
  usage: UsageAssumptions,
): Pick<MapSources, 'monthlyUsdOf' | 'importIdentifierOf'> {
  const priced = estimate(readTree(directory.both), usage).resources.filter(
    ({ priced: { kind } }) => kind === 'priced',
  );
  const planned = planAdoption(readAssembly(directory.aws)).stacks.flatMap(({ resources }) => resources);
  return {
    monthlyUsdOf(cloud, section, name) {
      const names = namesOf(section, name);
      const own = priced.filter(({ resource: { type, physicalName = '', logicalId } }) =>
        cloud === 'Azure'
          ? logicalId === name
          : type === typeOf(section) && (single.includes(type) || names.includes(physicalName)),
      );
      return own.length === 0 ? undefined : own.reduce((sum, { total }) => sum + toJsonNumber(total), 0);
    },
    importIdentifierOf(cloud, section, name) {
      if (cloud === 'Azure') return undefined;
      const type = typeOf(section);
      const own = planned.find((each) => each.type === type && (single.includes(each.type) || each.name === name));
      if (own === undefined || own.action === 'create') return undefined;
      const known = Object.entries(own.action === 'import' ? own.identifier : own.known);
      const text = known.map(([key, value]) => `${key}=${value}`).join(', ');
      return own.action === 'import' ? text : [text, `asked: ${own.question}`].filter((part) => part !== '').join('; ');
    },
  };
}

const typeOf = (section: string): string | undefined => sectionTypes[section as SectionId];

/** A queue and its dead-letter queue are one row of the audit's table. */
function namesOf(section: string, name: string): readonly string[] {
  const pair = section === 'queues' ? queues.find((queue) => queue.name === name)?.deadLetterQueue.name : undefined;
  return pair === undefined ? [name] : [name, pair];
}
