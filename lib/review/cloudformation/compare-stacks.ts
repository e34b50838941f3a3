import { canonical, own } from '../compare/canonical';
import { rename, update } from '../compare/changes';
import { pairUp, type Trait } from '../compare/pairing';
import { withoutSecrets } from '../compare/secrets';
import type { PropertyChange, ResolvedChange, Resource, Stack } from '../model';
import { definitionsOf, Meaning } from './meaning';
import { references } from './references';
import { propertyChanges, type Sides } from './resource-changes';
import { specifiedReplacement } from './specification';

/** What two versions of one stack give; what is left over may have moved to another stack. */
export interface StackComparison {
  readonly changes: readonly ResolvedChange[];
  readonly removed: readonly Resource[];
  readonly added: readonly Resource[];
  /** Logical ids of resources whose asset alone changes. */
  readonly code: readonly string[];
}

/** Resources that CDK puts into every template for itself. */
const isNoise = ({ type }: Resource): boolean => type === 'AWS::CDK::Metadata';

/** Compares two versions of one CloudFormation stack, each side's assets known by their hashes. */
export function compareCloudFormation(base: Stack, head: Stack, assets: ReadonlySet<string>): StackComparison {
  const gone = [...base.resources.values()].filter(({ logicalId }) => !head.resources.has(logicalId));
  const come = [...head.resources.values()].filter(({ logicalId }) => !base.resources.has(logicalId));
  const plainBase = new Meaning(base.template, assets);
  const headMeaning = new Meaning(head.template, assets);
  const versions = publishedAnew(gone, come, plainBase, headMeaning);
  const baseMeaning = new Meaning(
    base.template,
    assets,
    new Map(versions.map(([old, now]) => [old.logicalId, now.logicalId])),
  );
  const settled = new Set(versions.flat());
  const renames = pairUp(
    gone.filter((resource) => !settled.has(resource) && !isNoise(resource)),
    come.filter((resource) => !settled.has(resource) && !isNoise(resource)),
    traits(baseMeaning, headMeaning),
  );
  const sidesOf = (a: Resource, b: Resource): Sides => ({ base: a, head: b, baseMeaning, headMeaning });
  const sameDefinitions = definitionsOf(base.template) === definitionsOf(head.template);
  const direct = new Map<string, readonly PropertyChange[]>();
  const code = versions.map(([, now]) => now.logicalId);
  for (const [logicalId, after] of head.resources) {
    const before = base.resources.get(logicalId);
    if (!before || isNoise(after)) continue;
    const same = textOf(before.definition) === textOf(after.definition);
    if (same && sameDefinitions) continue;
    const changes = propertyChanges(sidesOf(before, after));
    if (changes.length > 0) direct.set(logicalId, changes);
    else if (!same && codeOf(before) !== codeOf(after)) code.push(logicalId);
  }
  const inPlace = withConsequences(base, head, direct);
  return {
    changes: [
      ...renames.pairs.map(([before, after]) => rename(before, after, propertyChanges(sidesOf(before, after)))),
      ...[...inPlace].flatMap(([logicalId, changes]) => {
        const [before, after] = [base.resources.get(logicalId), head.resources.get(logicalId)];
        return (before && after && update(before, after, changes)) || [];
      }),
    ],
    removed: renames.removed,
    added: renames.added,
    code,
  };
}

const texts = new WeakMap<object, string>();

/** The canonical text of a block, made once: one base is often compared with many heads. */
function textOf(block: object): string {
  const known = texts.get(block);
  if (known !== undefined) return known;
  const text = canonical(block);
  texts.set(block, text);
  return text;
}

/** Properties that hold nothing but an asset. */
const codeOf = ({ properties }: Resource): string => canonical(properties);

/** A Lambda version gets a new logical id with each new code: of the same function and otherwise equal, it is noise. */
function publishedAnew(
  gone: readonly Resource[],
  come: readonly Resource[],
  base: Meaning,
  head: Meaning,
): readonly (readonly [Resource, Resource])[] {
  const version =
    (meaning: Meaning): Trait =>
    (resource) => {
      if (resource.type !== 'AWS::Lambda::Version') return undefined;
      const { CodeSha256: _sha, Description: _text, ...rest } = resource.properties;
      return canonical([meaning.of(rest), resource.condition]);
    };
  return pairUp(gone, come, [[version(base), version(head)]]).pairs;
}

/** By what a resource is known under another logical id. */
function traits(base: Meaning, head: Meaning): readonly (readonly [Trait, Trait])[] {
  const name: Trait = ({ physicalName }) => physicalName;
  const path: Trait = ({ constructPath }) => constructPath;
  const content =
    (meaning: Meaning): Trait =>
    ({ properties }) =>
      Object.keys(properties).length > 0 ? canonical(meaning.of(properties)) : undefined;
  return [
    [name, name],
    [path, path],
    [content(base), content(head)],
  ];
}

/**
 * What follows from a replacement: whoever refers to a replaced resource gets another value, and may be replaced for
 * it in turn.
 */
function withConsequences(
  base: Stack,
  head: Stack,
  direct: ReadonlyMap<string, readonly PropertyChange[]>,
): ReadonlyMap<string, readonly PropertyChange[]> {
  const changes = new Map(direct);
  const replaced = (logicalId: string): 'replace' | 'may-replace' | undefined => {
    const impacts = changes.get(logicalId)?.map(({ impact }) => impact) ?? [];
    return impacts.includes('replace') ? 'replace' : impacts.includes('may-replace') ? 'may-replace' : undefined;
  };
  const queue = [...changes.keys()].filter((logicalId) => replaced(logicalId) !== undefined);
  if (queue.length === 0) return changes;
  const users = usersOf(head);
  const told = new Set<string>();
  for (let logicalId = queue.shift(); logicalId !== undefined; logicalId = queue.shift()) {
    const fate = replaced(logicalId);
    if (!fate || told.has(`${logicalId} ${fate}`)) continue;
    told.add(`${logicalId} ${fate}`);
    for (const [user, property] of users.get(logicalId) ?? []) {
      const [before, after] = [base.resources.get(user), head.resources.get(user)];
      if (!before || !after || user === logicalId) continue;
      const consequence = consequenceOf(before, after, property, logicalId, fate);
      const known = changes.get(user) ?? [];
      if (
        !consequence ||
        known.some(({ path, impact }) => path === consequence.path && impact === consequence.impact)
      ) {
        continue;
      }
      changes.set(user, [...known, consequence]);
      queue.push(user);
    }
  }
  return changes;
}

function consequenceOf(
  before: Resource,
  after: Resource,
  property: string,
  replaced: string,
  fate: 'replace' | 'may-replace',
): PropertyChange | undefined {
  const specified = specifiedReplacement(after.type, [property]);
  const impact = specified === 'yes' ? fate : specified === 'maybe' ? 'may-replace' : 'update';
  // What may be replaced may also stay: a mere update that follows from it is not worth a row.
  if (fate === 'may-replace' && impact === 'update') return undefined;
  return {
    path: `Properties.${property}`,
    before: withoutSecrets(own(before.properties, property), [property]),
    after: withoutSecrets(own(after.properties, property), [property]),
    impact,
    cause: `${replaced}, which it refers to, ${fate === 'replace' ? 'is' : 'may be'} replaced`,
  };
}

/** Who refers to a resource, and in which property. */
function usersOf(stack: Stack): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const users = new Map<string, (readonly [string, string])[]>();
  for (const [logicalId, { properties }] of stack.resources) {
    for (const [property, value] of Object.entries(properties)) {
      for (const used of references(value)) {
        const list = users.get(used);
        if (list) list.push([logicalId, property]);
        else users.set(used, [[logicalId, property]]);
      }
    }
  }
  return users;
}
