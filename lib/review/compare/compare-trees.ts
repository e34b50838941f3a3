import { compareCloudFormation } from '../cloudformation/compare-stacks';
import {
  type Cloud,
  type Comparison,
  type PropertyChange,
  type ResolvedChange,
  type Resource,
  ReviewError,
  type Stack,
  type StackChange,
  stackKey,
  type Tree,
} from '../model';
import { compareTerraform } from '../terraform/compare-stacks';
import { canonical } from './canonical';
import { addition, move, removal } from './changes';
import { pairUp, type Trait } from './pairing';

export interface CompareOptions {
  /** Clouds that base has and head may lack: their stacks then count as removed. */
  readonly allowMissing?: readonly Cloud[];
}

/** What of a stack must be found again before another name is taken for a rename of it. */
const renameLikeness = 0.6;

/**
 * Lays two trees side by side.
 *
 * @throws ReviewError when a cloud of base is missing in head and not allowed to be
 */
export function compareTrees(base: Tree, head: Tree, options: CompareOptions = {}): Comparison {
  requireClouds(base, head, options.allowMissing ?? []);
  const { both, gone, come } = matched(base, head);
  const renamed = renamedStacks(gone, come);
  const lost = gone.filter((stack) => !renamed.some(([was]) => was === stack));
  const gained = come.filter((stack) => !renamed.some(([, is]) => is === stack));
  const assets = new Set([...(base.assets ?? []), ...(head.assets ?? [])]);
  const compared = both.map(([was, is]) => ({ was, is, ...compareStacks(was, is, assets) }));
  const moves = movesBetween(
    [...compared.flatMap(({ removed }) => removed), ...lost.flatMap(resourcesOf)],
    [...compared.flatMap(({ added }) => added), ...gained.flatMap(resourcesOf)],
  );
  const changes = [
    ...compared.flatMap((comparison) => comparison.changes),
    ...renamed.flatMap(([was, is]) => movedWhole(was, is)),
    ...moves.pairs.map(([was, is]) => move(was, is)),
    ...moves.removed.map((resource) => removal(resource)),
    ...moves.added.map((resource) => addition(resource)),
  ];
  const changedStacks = new Set(
    changes.flatMap(({ resource, from }) => [stackKey(resource.stack), from ? stackKey(from.stack) : '']),
  );
  return {
    base,
    head,
    pairs: [
      ...both.map(([was, is]) => ({ base: was, head: is })),
      ...renamed.map(([was, is]) => ({ base: was, head: is })),
      ...lost.map((stack) => ({ base: stack })),
      ...gained.map((stack) => ({ head: stack })),
    ],
    stacks: [
      ...both.map(([was, is]): StackChange => {
        const details = stackDetails(was, is);
        const kind = details.length > 0 || changedStacks.has(stackKey(is.identity)) ? 'changed' : 'unchanged';
        return { kind, stack: is.identity, details };
      }),
      ...renamed.map(
        ([was, is]): StackChange => ({ kind: 'renamed', stack: is.identity, from: was.identity, details: [] }),
      ),
      ...lost.map(({ identity }): StackChange => ({ kind: 'removed', stack: identity, details: [] })),
      ...gained.map(({ identity }): StackChange => ({ kind: 'added', stack: identity, details: [] })),
    ],
    changes,
    notes: [...new Set([...base.notes, ...head.notes, ...codeNotes(compared.flatMap(({ code }) => code))])],
  };
}

function requireClouds(base: Tree, head: Tree, allowed: readonly Cloud[]): void {
  const missing = base.clouds.filter((cloud) => !head.clouds.includes(cloud) && !allowed.includes(cloud));
  if (missing.length === 0) return;
  throw new ReviewError(
    `Head lacks a cloud that base has, got: ${missing.join(', ')} in ${base.directory} and not in ${head.directory}. ` +
      `Synthesize it too, or give --allow-missing ${missing[0]} if all of it is meant to go.`,
  );
}

const resourcesOf = ({ resources }: Stack): readonly Resource[] => [...resources.values()];

/**
 * Stacks by what they are known by. A Terraform stack is known by its name alone: another subscription or backend is a
 * change of the stack, and the worst one.
 */
function matched(base: Tree, head: Tree) {
  const keyOf = ({ identity }: Stack): string =>
    identity.engine === 'terraform' ? `terraform/${identity.name}` : stackKey(identity);
  const heads = new Map([...head.stacks.values()].map((stack) => [keyOf(stack), stack]));
  const both: (readonly [Stack, Stack])[] = [];
  const gone: Stack[] = [];
  for (const stack of base.stacks.values()) {
    const counterpart = heads.get(keyOf(stack));
    if (counterpart) {
      both.push([stack, counterpart]);
      heads.delete(keyOf(stack));
    } else gone.push(stack);
  }
  return { both, gone, come: [...heads.values()] };
}

/** Stacks that went and came with mostly the same resources, the most alike first. */
function renamedStacks(gone: readonly Stack[], come: readonly Stack[]): readonly (readonly [Stack, Stack])[] {
  const candidates = gone
    .flatMap((was) => come.map((is) => ({ was, is, likeness: likenessOf(was, is) })))
    .filter(({ likeness }) => likeness >= renameLikeness)
    .sort((a, b) => b.likeness - a.likeness);
  const taken = new Set<Stack>();
  return candidates.flatMap(({ was, is }) => {
    if (taken.has(was) || taken.has(is)) return [];
    taken.add(was).add(is);
    return [[was, is] as const];
  });
}

/** Share of logical ids with their types that two stacks have in common. */
function likenessOf(was: Stack, is: Stack): number {
  if (was.identity.engine !== is.identity.engine || was.resources.size === 0) return 0;
  const common = resourcesOf(was).filter(({ logicalId, type }) => is.resources.get(logicalId)?.type === type).length;
  return common / (was.resources.size + is.resources.size - common);
}

const compareStacks = (was: Stack, is: Stack, assets: ReadonlySet<string>) =>
  was.identity.engine === 'terraform'
    ? { ...compareTerraform(was, is), code: [] }
    : compareCloudFormation(was, is, assets);

/** Every resource of a renamed stack: another stack is made, and the old one is deleted with what it does not retain. */
function movedWhole(was: Stack, is: Stack): readonly ResolvedChange[] {
  const gone = resourcesOf(was).filter(({ logicalId, type }) => is.resources.get(logicalId)?.type !== type);
  const come = resourcesOf(is).filter(({ logicalId, type }) => was.resources.get(logicalId)?.type !== type);
  return [
    ...resourcesOf(was).flatMap((resource) => {
      const counterpart = is.resources.get(resource.logicalId);
      return counterpart?.type === resource.type ? [move(resource, counterpart)] : [];
    }),
    ...gone.map((resource) => removal(resource)),
    ...come.map((resource) => addition(resource)),
  ];
}

/** Resources that left one stack and came into another of the same cloud. */
function movesBetween(removed: readonly Resource[], added: readonly Resource[]) {
  const name: Trait = ({ stack, physicalName }) => physicalName && `${stack.cloud} ${physicalName}`;
  const content: Trait = ({ stack, logicalId, properties }) =>
    Object.keys(properties).length > 0 ? `${stack.cloud} ${logicalId} ${canonical(properties)}` : undefined;
  return pairUp(removed, added, [
    [name, name],
    [content, content],
  ]);
}

/** What changes of the stack itself. */
function stackDetails(was: Stack, is: Stack): readonly PropertyChange[] {
  const details: (PropertyChange | undefined)[] = [
    detail('terminationProtection', was.terminationProtection, is.terminationProtection),
  ];
  if (was.terraform && is.terraform) {
    details.push(
      detail('backend', was.terraform.backend, is.terraform.backend),
      detail('subscription', was.identity.account, is.identity.account),
      ...providerDetails(was.terraform.providers, is.terraform.providers),
    );
  }
  return details.filter((change) => change !== undefined);
}

type Providers = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Provider blocks by name and alias; the subscription of the main one is told apart. */
function providerDetails(was: Providers, is: Providers): readonly (PropertyChange | undefined)[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().map((name) => {
    const plain = (providers: Providers) =>
      providers[name]?.map(({ subscription_id, ...rest }) =>
        rest.alias === undefined ? rest : { subscription_id, ...rest },
      );
    return detail(`provider.${name}`, plain(was), plain(is));
  });
}

const detail = (path: string, before: unknown, after: unknown): PropertyChange | undefined =>
  canonical(before) === canonical(after)
    ? undefined
    : { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }), impact: 'none' };

const namesShown = 5;

function codeNotes(code: readonly string[]): readonly string[] {
  if (code.length === 0) return [];
  const names = [...code].sort();
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
  return [
    `New code or files, and nothing else, for ${names.slice(0, namesShown).join(', ')}${more}: asset hashes are not shown as changes.`,
  ];
}
