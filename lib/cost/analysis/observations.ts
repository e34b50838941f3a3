import { at } from '../../review/json';
import type { Resource, Tree } from '../../review/model';
import { chargesOf, type Estimate, type ResourceCost } from '../estimate';
import { exact, formatUsd, sum, type Usd, zero } from '../money';
import { findPrice, hoursPerMonth, unitPrice } from '../prices';
import { decimal, list, referenced, text } from '../pricing/values';

/**
 * - `idle`: billed, and the tree itself shows that nothing uses it.
 * - `duplicate`: two of a kind where the tree has one job for them.
 * - `oversized`: the price table has the same for less.
 * - `always-on`: billed by the hour, whatever the traffic.
 * - `unbounded`: grows for ever, or without a cap.
 */
export type ObservationKind = 'idle' | 'duplicate' | 'oversized' | 'always-on' | 'unbounded';

/** Something to decide, from facts that stand in the tree. */
export interface Observation {
  readonly kind: ObservationKind;
  readonly title: string;
  /** What the tree says. */
  readonly facts: string;
  /** What it costs in a month, at list price. */
  readonly monthly: Usd;
  /** What of it the remedy would save; less than `monthly` where something stays. */
  readonly saving?: Usd;
  readonly remedy: string;
  /** Names of what it is about. */
  readonly resources: readonly string[];
}

type Observer = (tree: Tree, costs: readonly ResourceCost[]) => readonly Observation[];

const nameOf = ({ physicalName, logicalId }: Resource): string => physicalName ?? logicalId;
const ofType = (costs: readonly ResourceCost[], ...types: readonly string[]): ResourceCost[] =>
  costs.filter(({ resource }) => types.includes(resource.type));
const totalOf = (costs: readonly ResourceCost[]): Usd => sum(costs.map(({ total }) => total));
const namesOf = (costs: readonly ResourceCost[]): string[] => costs.map(({ resource }) => nameOf(resource)).sort();
const stackOf = (tree: Tree, resource: Resource) =>
  [...tree.stacks.values()].find((stack) => stack.resources.get(resource.logicalId) === resource);

/** A property as literal text. */
function property(tree: Tree, resource: Resource, name: string): string | undefined {
  const stack = stackOf(tree, resource);
  return stack === undefined ? undefined : text(resource.properties[name], stack);
}

const servicesAtZero: Observer = (tree, costs) =>
  ofType(costs, 'AWS::ECS::Service')
    .filter(({ resource }) => property(tree, resource, 'DesiredCount') === '0')
    .map(({ resource }) => ({
      kind: 'idle',
      title: `Service ${property(tree, resource, 'ServiceName') ?? nameOf(resource)} runs no task`,
      facts: 'Its desired count is 0, so Fargate bills nothing for it; its cluster, repository and logs stay.',
      monthly: zero,
      remedy: 'Push its image and raise the count, or remove the service.',
      resources: [nameOf(resource)],
    }));

const insightsOfIdleClusters: Observer = (tree, costs) => {
  const idle = ofType(costs, 'AWS::ECS::Cluster').filter(({ resource, total }) => {
    const stack = stackOf(tree, resource);
    if (stack === undefined || total.eq(0)) return false;
    return ![...stack.resources.values()].some(
      ({ type, properties }) =>
        type === 'AWS::ECS::Service' &&
        decimal(properties.DesiredCount, stack) !== '0' &&
        (text(properties.Cluster, stack) === resource.physicalName ||
          referenced(properties.Cluster, stack)?.address === resource.address),
    );
  });
  if (idle.length === 0) return [];
  return [
    {
      kind: 'idle',
      title: `Container Insights watches ${idle.length} ${idle.length === 1 ? 'cluster' : 'clusters'} in which nothing runs`,
      facts: 'Container Insights is enabled, and no service of the tree keeps a task running there.',
      monthly: totalOf(idle),
      saving: totalOf(idle),
      remedy: 'Set containerInsights to disabled until a service runs: an in-place change of the cluster.',
      resources: namesOf(idle),
    },
  ];
};

/** Instances that agree in engine, class, size and database name. */
const twinDatabases: Observer = (tree, costs) => {
  const twins = new Map<string, ResourceCost[]>();
  for (const cost of ofType(costs, 'AWS::RDS::DBInstance')) {
    const keys = ['Engine', 'EngineVersion', 'DBInstanceClass', 'AllocatedStorage', 'DBName'];
    const key = keys.map((name) => property(tree, cost.resource, name) ?? '?').join(', ');
    if (property(tree, cost.resource, 'DBName') !== undefined) twins.set(key, [...(twins.get(key) ?? []), cost]);
  }
  return [...twins]
    .filter(([, group]) => group.length > 1)
    .map(([key, group]) => {
      const dearest = group.map(({ total }) => total).reduce((a, b) => (a.gt(b) ? a : b));
      return {
        kind: 'duplicate',
        title: `${group.length} databases for one: ${namesOf(group).join(', ')}`,
        facts: `Same engine, version, class, storage and database name (${key}).`,
        monthly: totalOf(group),
        saving: totalOf(group).minus(dearest),
        remedy:
          'Consolidate on the encrypted one, as the audit recommends, and remove the other after its last snapshot.',
        resources: namesOf(group),
      };
    });
};

/** Burstable classes of which the Graviton one is priced lower; moving there keeps the instance. */
const cheaperClasses: Observer = (tree, costs) =>
  ofType(costs, 'AWS::RDS::DBInstance').flatMap(({ resource, total }) => {
    const current = property(tree, resource, 'DBInstanceClass');
    const engine = property(tree, resource, 'Engine') ?? '';
    const now = findPrice(`rds.${engine}.${current}`);
    const next = findPrice(`rds.${engine}.${current?.replace('db.t3.', 'db.t4g.')}`);
    if (current === undefined || now === undefined || next === undefined || now === next) return [];
    const hourly = unitPrice(now).minus(unitPrice(next));
    if (hourly.lte(0)) return [];
    return [
      {
        kind: 'oversized',
        title: `${nameOf(resource)} would cost less on Graviton`,
        facts: `${current} is $${now.usd} an hour, ${current.replace('db.t3.', 'db.t4g.')} with the same CPU and memory $${next.usd}.`,
        monthly: total,
        saving: hourly.times(exact(hoursPerMonth)),
        remedy: 'Change DBInstanceClass: in place, with a restart.',
        resources: [nameOf(resource)],
      },
    ];
  });

const intelFunctions: Observer = (tree, costs) => {
  const intel = ofType(costs, 'AWS::Lambda::Function').filter(({ resource, priced }) => {
    const edge = priced.kind === 'priced' && priced.charges.some(({ price }) => price.id.startsWith('edge.'));
    return !edge && !list(resource.properties.Architectures).includes('arm64') && stackOf(tree, resource) !== undefined;
  });
  const x86 = findPrice('lambda.duration.x86');
  const arm = findPrice('lambda.duration.arm');
  if (intel.length === 0 || x86 === undefined || arm === undefined) return [];
  const duration = sum(
    intel.flatMap((cost) => chargesOf(cost).flatMap(({ price, amount }) => (price.id === x86.id ? [amount] : []))),
  );
  const saving = duration.times(unitPrice(x86).minus(unitPrice(arm))).div(unitPrice(x86));
  if (saving.round(2).eq(0)) return [];
  return [
    {
      kind: 'oversized',
      title: `${intel.length} functions run on x86_64`,
      facts: `A GB-second costs $${x86.usd} there and $${arm.usd} on arm64.`,
      monthly: totalOf(intel),
      saving,
      remedy: 'Set Architectures to arm64 where no native module stands in the way.',
      resources: namesOf(intel),
    },
  ];
};

const interfaceEndpoints: Observer = (_, costs) => {
  const endpoints = ofType(costs, 'AWS::EC2::VPCEndpoint').filter(({ total }) => total.gt(0));
  if (endpoints.length === 0) return [];
  const services = endpoints.map(({ resource }) => String(at(resource.properties, 'ServiceName')).split('.').at(-1));
  return [
    {
      kind: 'always-on',
      title: `${endpoints.length} interface endpoints (${services.sort().join(', ')})`,
      facts: 'Billed per zone and hour whether a call goes through them or not.',
      monthly: totalOf(endpoints),
      remedy:
        'They pay for functions inside a VPC that has no NAT gateway. One zone instead of two halves the amount and loses the other zone; a NAT gateway costs more.',
      resources: namesOf(endpoints),
    },
  ];
};

/** Every one of these types is worth a row of its own once it is more than a few dollars. */
const countedThings: readonly { type: string; one: string; many: string; facts: string; remedy: string }[] = [
  {
    type: 'AWS::CloudWatch::Alarm',
    one: 'alarm',
    many: 'alarms',
    facts: 'Each metric that an alarm reads is billed; the first ten of an account are free.',
    remedy: 'Join alarms of one runbook by metric math only where one threshold serves them all.',
  },
  {
    type: 'AWS::CloudWatch::Dashboard',
    one: 'dashboard',
    many: 'dashboards',
    facts: 'The first three of an account, of up to 50 metrics, are free.',
    remedy: 'Nothing to do below four.',
  },
  {
    type: 'AWS::KMS::Key',
    one: 'customer-managed key',
    many: 'customer-managed keys',
    facts: 'Billed whether it is used or not; each of the first two rotations adds the same again.',
    remedy:
      'Keep it where another account or a service must be named in its policy; else the service’s own key is free.',
  },
  {
    type: 'AWS::SecretsManager::Secret',
    one: 'secret',
    many: 'secrets',
    facts: 'Billed per secret, read or not.',
    remedy: 'Remove those whose function is gone; a SecureString parameter is free where no rotation is needed.',
  },
  {
    type: 'AWS::ElastiCache::CacheCluster',
    one: 'cache node',
    many: 'cache nodes',
    facts: 'Billed by the hour, whatever is kept in it.',
    remedy: 'Nothing smaller is sold by the node; ElastiCache Serverless bills a minimum of its own.',
  },
  {
    type: 'azurerm_virtual_network_gateway',
    one: 'VPN gateway',
    many: 'VPN gateways',
    facts: 'Billed by the hour from its creation, with or without a tunnel.',
    remedy: 'Create it when the link is about to come up, not before.',
  },
  {
    type: 'AWS::EC2::VPNConnection',
    one: 'site-to-site connection',
    many: 'site-to-site connections',
    facts: 'Billed by the hour while it stands, with or without traffic.',
    remedy: 'Remove it when the link is given up.',
  },
  {
    type: 'AWS::EC2::NatGateway',
    one: 'NAT gateway',
    many: 'NAT gateways',
    facts: 'Billed by the hour, and again by the gigabyte.',
    remedy: 'Gateway endpoints for S3 and DynamoDB are free and take their traffic off it.',
  },
];

const counted: Observer = (_, costs) =>
  countedThings.flatMap(({ type, one, many, facts, remedy }) => {
    const found = ofType(costs, type);
    if (found.length === 0 || totalOf(found).eq(0)) return [];
    return [
      {
        kind: 'always-on' as const,
        title: `${found.length} ${found.length === 1 ? one : many}`,
        facts,
        monthly: totalOf(found),
        remedy,
        resources: namesOf(found),
      },
    ];
  });

/** A private endpoint that no gateway of the tree leads to. */
const endpointWithoutLink: Observer = (_, costs) => {
  const endpoints = ofType(costs, 'azurerm_private_endpoint', 'azurerm_private_dns_zone');
  const hasEndpoint = endpoints.some(({ resource }) => resource.type === 'azurerm_private_endpoint');
  if (!hasEndpoint || ofType(costs, 'azurerm_virtual_network_gateway').length > 0) return [];
  return [
    {
      kind: 'idle',
      title: 'The private endpoint has no way in from outside Azure',
      facts:
        'Private endpoint and DNS zone are billed, and the tree has no virtual network gateway: callers on AWS use the public name.',
      monthly: totalOf(endpoints),
      saving: totalOf(endpoints),
      remedy:
        'Bring up the site-to-site link, or leave the endpoint out until then (azure.connectivity.privateEndpoint).',
      resources: namesOf(endpoints),
    },
  ];
};

const keptForEver: Observer = (_, costs) => {
  const logs = ofType(costs, 'AWS::Logs::LogGroup').filter(
    ({ resource }) => resource.properties.RetentionInDays === undefined,
  );
  const buckets = ofType(costs, 'AWS::S3::Bucket').filter(
    ({ resource }) => list(at(resource.properties, 'LifecycleConfiguration', 'Rules')).length === 0,
  );
  return [
    ...grow(
      logs,
      'log groups keep everything',
      'No retention is set.',
      'Set RetentionInDays; shortening it deletes what is older.',
    ),
    ...grow(
      buckets,
      'buckets have no lifecycle rule',
      'Nothing expires or moves to a cheaper class.',
      'Add a rule where the contents may go.',
    ),
  ];
};

const grow = (found: readonly ResourceCost[], what: string, facts: string, remedy: string): Observation[] =>
  found.length === 0
    ? []
    : [
        {
          kind: 'unbounded',
          title: `${found.length} ${what}`,
          facts,
          monthly: totalOf(found),
          remedy,
          resources: namesOf(found),
        },
      ];

const uncappedWorkspaces: Observer = (_, costs) =>
  ofType(costs, 'azurerm_log_analytics_workspace')
    .filter(({ resource }) => resource.properties.daily_quota_gb === undefined)
    .map(({ resource, total }) => ({
      kind: 'unbounded',
      title: `Workspace ${nameOf(resource)} has no daily cap`,
      facts: 'Every gigabyte of logs is billed; a loop that logs has no end.',
      monthly: total,
      remedy: 'Set daily_quota_gb, and an alert below it.',
      resources: [nameOf(resource)],
    }));

const observers: readonly Observer[] = [
  twinDatabases,
  insightsOfIdleClusters,
  servicesAtZero,
  endpointWithoutLink,
  cheaperClasses,
  intelFunctions,
  interfaceEndpoints,
  counted,
  keptForEver,
  uncappedWorkspaces,
];

const kinds: readonly ObservationKind[] = ['duplicate', 'idle', 'oversized', 'always-on', 'unbounded'];

/** Everything to decide in a tree: what could be saved first, then what costs most. */
export const observe = (tree: Tree, { resources }: Estimate): Observation[] =>
  observers
    .flatMap((observer) => observer(tree, resources))
    .sort((a, b) => {
      const saved = (b.saving ?? zero).cmp(a.saving ?? zero);
      if (saved !== 0) return saved;
      const kind = kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
      return kind !== 0 ? kind : b.monthly.cmp(a.monthly) || (a.title < b.title ? -1 : 1);
    });

/** Such as `saves $15.44 of $30.88`. */
export function amountOf({ monthly, saving }: Observation): string {
  if (saving === undefined) return `${formatUsd(monthly)} a month`;
  return saving.eq(monthly)
    ? `saves ${formatUsd(saving)} a month`
    : `saves ${formatUsd(saving)} of ${formatUsd(monthly)} a month`;
}
