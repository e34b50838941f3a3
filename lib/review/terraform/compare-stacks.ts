import { canonical, own } from '../compare/canonical';
import { addition, move, removal, rename, update } from '../compare/changes';
import { pairUp, type Trait } from '../compare/pairing';
import type { PropertyChange, ResolvedChange, Resource, Stack } from '../model';
import { argumentChanges } from './argument-changes';
import { azurermTypes } from './azurerm';
import { type Reference, TerraformValues, terraformReferences } from './values';

export interface TerraformComparison {
  readonly changes: readonly ResolvedChange[];
  readonly removed: readonly Resource[];
  readonly added: readonly Resource[];
}

/** Arguments that name the resource in which another one lies: when it goes, what lies in it goes. */
const containers: Readonly<Record<string, string>> = {
  resource_group_name: 'azurerm_resource_group',
  virtual_network_name: 'azurerm_virtual_network',
  private_dns_zone_name: 'azurerm_private_dns_zone',
  zone_name: 'azurerm_dns_zone',
  storage_account_name: 'azurerm_storage_account',
  account_name: 'azurerm_cosmosdb_account',
  database_name: 'azurerm_cosmosdb_sql_database',
};

/** Compares two versions of one Terraform stack: the configuration's `moved`, `removed` and `import` blocks count. */
export function compareTerraform(base: Stack, head: Stack): TerraformComparison {
  const moves = new Map((head.terraform?.moved ?? []).map(({ from, to }) => [from, to]));
  const target = (logicalId: string): string => {
    const to = moves.get(logicalId);
    return to !== undefined && !head.resources.has(logicalId) ? to : logicalId;
  };
  const baseValues = new TerraformValues(base, moves);
  const headValues = new TerraformValues(head);
  const direct = new Map<string, readonly PropertyChange[]>();
  const before = new Map([...base.resources.values()].map((resource) => [target(resource.logicalId), resource]));
  for (const [logicalId, after] of head.resources) {
    const was = before.get(logicalId);
    if (!was) continue;
    const changes = argumentChanges({ base: was, head: after, baseValues, headValues });
    if (changes.length > 0) direct.set(logicalId, changes);
  }
  const changes = withConsequences(before, head, direct);
  const gone = [...before].filter(([logicalId]) => !head.resources.has(logicalId)).map(([, resource]) => resource);
  const come = [...head.resources.values()].filter(({ logicalId }) => !before.has(logicalId));
  const forgotten = new Set((head.terraform?.removed ?? []).filter(({ destroy }) => !destroy).map(({ from }) => from));
  const imports = new Map((head.terraform?.imports ?? []).map(({ to, id }) => [to, id]));
  const isForgotten = ({ logicalId }: Resource) => forgotten.has(logicalId);
  const isImported = ({ logicalId }: Resource) => imports.has(logicalId);
  const renames = pairUp(
    gone.filter((resource) => !isForgotten(resource)),
    come.filter((resource) => !isImported(resource)),
    [
      [physicalName, physicalName],
      [constructPath, constructPath],
      [content(baseValues), content(headValues)],
    ],
  );
  return {
    changes: [
      ...[...head.resources.values()].flatMap((after) => {
        const was = before.get(after.logicalId);
        return was ? kept(was, after, changes.get(after.logicalId) ?? []) : [];
      }),
      ...renames.pairs.map(([was, after]) =>
        rename(was, after, argumentChanges({ base: was, head: after, baseValues, headValues })),
      ),
      ...gone.filter(isForgotten).map((resource) => forget(resource)),
      ...come
        .filter(isImported)
        .map((resource) => addition(resource, 'import', importEffect(resource, imports.get(resource.logicalId)))),
    ],
    removed: renames.removed,
    added: renames.added,
  };
}

/** A resource that stays in the state, under its own address or, with a moved block, under another. */
function kept(was: Resource, after: Resource, properties: readonly PropertyChange[]): readonly ResolvedChange[] {
  const updated = update(was, after, properties);
  if (was.logicalId === after.logicalId) return updated ? [updated] : [];
  const effect = `Terraform moves the state of ${was.logicalId} to ${after.logicalId}: nothing is recreated by that.`;
  return updated && updated.kind !== 'update'
    ? [move(was, after, [], effect), updated]
    : [move(was, after, properties, effect)];
}

const forget = (resource: Resource): ResolvedChange => ({
  ...removal(resource, `Terraform forgets ${resource.logicalId} and leaves it in the subscription.`),
  kind: 'orphan',
});

const importEffect = ({ logicalId }: Resource, id = ''): string =>
  `Terraform takes ${logicalId} over as it exists, under the id ${id}; arguments that differ are then changed.`;

const physicalName: Trait = ({ physicalName: name }) => name;
const constructPath: Trait = ({ constructPath: path }) => path;
const content =
  (values: TerraformValues): Trait =>
  ({ properties }) =>
    canonical(values.of(properties));

/** What follows from a replacement: what refers to it for a value that only the provider knows, and what lies in it. */
function withConsequences(
  before: ReadonlyMap<string, Resource>,
  head: Stack,
  direct: ReadonlyMap<string, readonly PropertyChange[]>,
): ReadonlyMap<string, readonly PropertyChange[]> {
  const changes = new Map(direct);
  const fateOf = (logicalId: string) => {
    const impacts = changes.get(logicalId)?.map(({ impact }) => impact) ?? [];
    return impacts.includes('replace') ? 'replace' : impacts.includes('may-replace') ? 'may-replace' : undefined;
  };
  const queue = [...changes.keys()].filter((logicalId) => fateOf(logicalId));
  const told = new Set<string>();
  for (let logicalId = queue.shift(); logicalId !== undefined; logicalId = queue.shift()) {
    const fate = fateOf(logicalId);
    const replaced = head.resources.get(logicalId);
    if (!fate || !replaced || told.has(`${logicalId} ${fate}`)) continue;
    told.add(`${logicalId} ${fate}`);
    for (const user of head.resources.values()) {
      if (user.logicalId === logicalId || !before.has(user.logicalId)) continue;
      const found = Object.entries(user.properties).flatMap(([argument, value]) =>
        consequence(user, argument, value, replaced, fate, before.get(logicalId)),
      );
      const known = changes.get(user.logicalId) ?? [];
      const fresh = found.filter(
        ({ path, impact }) => !known.some((one) => one.path === path && one.impact === impact),
      );
      if (fresh.length === 0) continue;
      changes.set(user.logicalId, [...known, ...fresh]);
      queue.push(user.logicalId);
    }
  }
  return changes;
}

function consequence(
  user: Resource,
  argument: string,
  value: unknown,
  replaced: Resource,
  fate: 'replace' | 'may-replace',
  earlier: Resource | undefined,
): readonly PropertyChange[] {
  const verb = fate === 'replace' ? 'is' : 'may be';
  const links = terraformReferences(value).filter(({ address }) => address === replaced.logicalId);
  const contained =
    containers[argument] === replaced.type &&
    (links.length > 0 || (typeof value === 'string' && value === (earlier?.physicalName ?? replaced.physicalName)));
  if (contained) {
    return [
      {
        path: argument,
        before: value,
        after: value,
        impact: fate,
        cause: `${replaced.logicalId}, which it lies in, ${verb} replaced`,
      },
    ];
  }
  const unknown = links.some((link) => isComputed(replaced, link));
  if (!unknown) return [];
  const schema = azurermTypes[user.type]?.arguments[argument];
  const impact = schema === undefined ? 'unknown' : schema.forceNew ? fate : 'update';
  return fate === 'may-replace' && impact === 'update'
    ? []
    : [
        {
          path: argument,
          before: value,
          after: value,
          impact,
          cause: `${replaced.logicalId}, which it refers to, ${verb} replaced`,
        },
      ];
}

/** Whether only the provider knows the attribute: an argument that the configuration gives is known before the run. */
const isComputed = ({ properties }: Resource, { attribute }: Reference): boolean =>
  own(properties, attribute) === undefined;
