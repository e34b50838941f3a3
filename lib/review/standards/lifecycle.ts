import { type Lifecycle, lambdaRuntimes, noticeDays, postgresVersions, redisVersions } from '../../policy/lifecycles';
import { findModel, modelId, retirementDate } from '../../policy/models';
import { reference } from '../compare/changes';
import type { Analyser, Finding, Resource, Tree } from '../model';
import { firstBlock } from '../tree/terraform-output';

/** A version in use, and what is known of its life. */
interface Use {
  readonly resource: Resource;
  readonly path: string;
  readonly subject: string;
  /** ISO date of the end; undefined when none is announced. */
  readonly ends?: string;
  readonly successor?: string;
}

/** Versions whose end is past or near, that this change brings in or moves away from. @param asOf ISO date */
export const lifecycleFindings =
  (asOf: string): Analyser =>
  ({ base, head }) => {
    const [before, after] = [endingUses(base, asOf), endingUses(head, asOf)];
    return [
      ...[...after].filter(([key]) => !before.has(key)).map(([, use]) => finding(use, 'new', asOf)),
      ...[...before].filter(([key]) => !after.has(key)).map(([, use]) => finding(use, 'fixed', asOf)),
    ];
  };

const endingUses = (tree: Tree, asOf: string): ReadonlyMap<string, Use> =>
  new Map(
    [...tree.stacks.values()]
      .flatMap(({ resources }) => [...resources.values()].flatMap(usesOf))
      .filter(({ ends }) => ends !== undefined && days(asOf, ends) <= noticeDays)
      .map((use) => [`${use.resource.stack.name}/${use.resource.logicalId} ${use.subject}`, use]),
  );

const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Versions that a resource names as plain text. */
function usesOf(resource: Resource): readonly Use[] {
  const { type, properties } = resource;
  const text = (name: string) => (typeof properties[name] === 'string' ? (properties[name] as string) : undefined);
  const inTable = (
    path: string,
    engine: string,
    version: string | undefined,
    table: Readonly<Record<string, Lifecycle>>,
  ) => {
    const row = version !== undefined && Object.hasOwn(table, version) ? table[version] : undefined;
    return row
      ? [
          {
            resource,
            path,
            subject: `${engine} ${version}`,
            ...(row.ends && { ends: row.ends }),
            ...(row.successor && { successor: row.successor }),
          },
        ]
      : [];
  };
  switch (type) {
    case 'AWS::Lambda::Function':
      return inTable('Properties.Runtime', 'Lambda runtime', text('Runtime'), lambdaRuntimes);
    case 'AWS::RDS::DBInstance':
      return text('Engine') === 'postgres'
        ? inTable('Properties.EngineVersion', 'PostgreSQL', text('EngineVersion'), postgresVersions)
        : [];
    case 'AWS::ElastiCache::CacheCluster':
    case 'AWS::ElastiCache::ReplicationGroup':
      return text('Engine') === 'redis'
        ? inTable('Properties.EngineVersion', 'Redis', text('EngineVersion'), redisVersions)
        : [];
    case 'azurerm_cognitive_deployment': {
      const { name, version } = firstBlock(properties.model);
      const row = typeof name === 'string' && typeof version === 'string' ? findModel(name, version) : undefined;
      return row
        ? [
            {
              resource,
              path: 'model',
              subject: modelId(row),
              ends: retirementDate(row),
              ...(row.successor && { successor: modelId(row.successor) }),
            },
          ]
        : [];
    }
    default:
      return [];
  }
}

function finding(
  { resource, path, subject, ends = '', successor }: Use,
  status: Finding['status'],
  asOf: string,
): Finding {
  const { logicalId } = resource;
  const past = days(asOf, ends) <= 0;
  const next = successor ? ` It is followed by ${successor}.` : '';
  return {
    category: 'lifecycle',
    rule: 'lifecycle/version-ends',
    level: status === 'fixed' ? 'note' : past ? 'error' : 'warning',
    status,
    message:
      status === 'new'
        ? `${logicalId} comes with ${subject}, whose support ${past ? 'ended' : 'ends'} on ${ends}.${next}`
        : `${logicalId} moves away from ${subject}, whose support ${past ? 'ended' : 'ends'} on ${ends}.`,
    resource: reference(resource),
    path,
  };
}
