import {
  type Lifecycle,
  lambdaRuntimes,
  noticeDays,
  postgresVersions,
  redisVersions,
} from '../../../policy/lifecycles';
import { checkModels } from '../../../policy/models';
import { reviewDate } from '../../../policy/review-date';
import type { Analyser, Finding, FindingRule, Resource, Tree } from '../../model';
import { nameOf, refOf } from '../ref';
import { blocks, compareText } from '../values';

export const lifecycleRules: readonly FindingRule[] = [
  {
    id: 'lifecycle/runtime',
    category: 'lifecycle',
    description: 'A function runs on a withdrawn runtime, or on one that soon will be.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html',
  },
  {
    id: 'lifecycle/engine',
    category: 'lifecycle',
    description: 'A database or cache runs on a withdrawn engine version, or on one that soon will be.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html',
  },
  {
    id: 'lifecycle/model',
    category: 'lifecycle',
    description: 'A deployment names a retired model version, or one that soon will be.',
    source: 'https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirement-schedule',
  },
];

/** A version that a resource runs on, and what is known of its life. */
interface Use {
  readonly rule: string;
  /** Such as `runtime nodejs20.x`. */
  readonly subject: string;
  readonly resource: Resource;
  readonly level: Finding['level'];
  readonly fate: string;
}

/**
 * Withdrawn versions that this change brings or leaves. Judged by the review date committed beside the tables, so that
 * the same two trees give the same review on every day.
 */
export const analyseLifecycles: Analyser = ({ base, head }) => {
  const before = bySubject(usesOf(base));
  const after = bySubject(usesOf(head));
  const addressesOf = (uses: readonly Use[] | undefined) =>
    new Set((uses ?? []).map(({ resource }) => resource.address));
  const news = [...after].flatMap(([subject, uses]) => {
    const known = addressesOf(before.get(subject));
    const added = uses.filter(({ resource }) => !known.has(resource.address));
    return added.length === 0 ? [] : [newFinding(subject, added)];
  });
  const headAddresses = new Set(
    [...head.stacks.values()].flatMap((stack) => [...stack.resources.values()].map(({ address }) => address)),
  );
  const fixed = [...before].flatMap(([subject, uses]) => {
    const still = addressesOf(after.get(subject));
    const left = uses.filter(({ resource }) => !still.has(resource.address) && headAddresses.has(resource.address));
    return left.length === 0 ? [] : [fixedFinding(subject, left)];
  });
  return [...news, ...fixed];
};

function usesOf(tree: Tree): Use[] {
  return [...tree.stacks.values()].flatMap((stack) => [...stack.resources.values()].flatMap(useOf));
}

function useOf(resource: Resource): Use[] {
  const { properties } = resource;
  switch (resource.type) {
    case 'AWS::Lambda::Function':
      return versionUse(resource, 'lifecycle/runtime', 'runtime', properties.Runtime, lambdaRuntimes);
    case 'AWS::RDS::DBInstance':
    case 'AWS::RDS::DBCluster':
      return properties.Engine === 'postgres'
        ? versionUse(resource, 'lifecycle/engine', 'PostgreSQL', properties.EngineVersion, postgresVersions)
        : [];
    case 'AWS::ElastiCache::CacheCluster':
    case 'AWS::ElastiCache::ReplicationGroup':
      return properties.Engine === 'redis'
        ? versionUse(resource, 'lifecycle/engine', 'Redis', properties.EngineVersion, redisVersions)
        : [];
    case 'azurerm_cognitive_deployment':
      return modelUse(resource);
    default:
      return [];
  }
}

function versionUse(
  resource: Resource,
  rule: string,
  engine: string,
  version: unknown,
  table: Readonly<Record<string, Lifecycle>>,
): Use[] {
  if (typeof version !== 'string' || !Object.hasOwn(table, version)) return [];
  const row = table[version] as Lifecycle;
  const refused = [row.createRefused, row.updateRefused].some((date) => date !== undefined && date <= reviewDate);
  const days =
    row.ends === undefined ? Number.POSITIVE_INFINITY : (Date.parse(row.ends) - Date.parse(reviewDate)) / 86_400_000;
  if (!refused && days > noticeDays) return [];
  const dates = [
    ...(row.ends === undefined ? [] : [`support ${days <= 0 ? 'ended' : 'ends'} on ${row.ends}`]),
    ...(row.createRefused === undefined ? [] : [`creation is refused from ${row.createRefused}`]),
    ...(row.updateRefused === undefined ? [] : [`updates are refused from ${row.updateRefused}`]),
  ].join(', ');
  const successor = row.successor === undefined ? '' : `; ${row.successor} follows`;
  return [
    {
      rule,
      subject: `${engine} ${version}`,
      resource,
      level: refused ? 'error' : 'warning',
      fate: `${dates}${successor}`,
    },
  ];
}

function modelUse(resource: Resource): Use[] {
  const [model] = blocks(resource.properties.model);
  if (typeof model?.name !== 'string' || typeof model.version !== 'string') return [];
  const use = { setting: resource.logicalId, model: model.name, version: model.version };
  return checkModels([use], reviewDate).map(({ severity, retires }) => ({
    rule: 'lifecycle/model',
    subject: `model ${use.model} ${use.version}`,
    resource,
    level: severity === 'retired' ? 'error' : 'warning',
    fate:
      severity === 'retired'
        ? `counts as retired since ${retires}, and every call to a retired model fails`
        : `retires on ${retires}`,
  }));
}

function bySubject(uses: readonly Use[]): ReadonlyMap<string, readonly Use[]> {
  const subjects = new Map<string, Use[]>();
  for (const use of [...uses].sort(
    (a, b) => compareText(a.subject, b.subject) || compareText(a.resource.address, b.resource.address),
  )) {
    const members = subjects.get(use.subject);
    if (members === undefined) subjects.set(use.subject, [use]);
    else members.push(use);
  }
  return subjects;
}

const names = (uses: readonly Use[]): string => {
  const all = uses.map(({ resource }) => nameOf(resource));
  return all.length <= 6 ? all.join(', ') : `${all.slice(0, 6).join(', ')} and ${all.length - 6} more`;
};

function newFinding(subject: string, uses: readonly Use[]): Finding {
  const [first] = uses as readonly [Use, ...Use[]];
  return {
    category: 'lifecycle',
    rule: first.rule,
    level: first.level,
    status: 'new',
    message: `${names(uses)} now on ${subject}: ${first.fate}.`,
    resource: refOf(first.resource),
    source: lifecycleRules.find(({ id }) => id === first.rule)?.source,
  };
}

function fixedFinding(subject: string, uses: readonly Use[]): Finding {
  const [first] = uses as readonly [Use, ...Use[]];
  return {
    category: 'lifecycle',
    rule: first.rule,
    level: 'note',
    status: 'fixed',
    message: `${names(uses)} no longer on ${subject} (${first.fate}).`,
    resource: refOf(first.resource),
    source: lifecycleRules.find(({ id }) => id === first.rule)?.source,
  };
}
