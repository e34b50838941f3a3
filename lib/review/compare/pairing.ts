import type { Resource } from '../model';

export interface Pairing {
  readonly pairs: readonly (readonly [base: Resource, head: Resource])[];
  readonly removed: readonly Resource[];
  readonly added: readonly Resource[];
}

/** What a resource may be recognised by, surest first; undefined where it does not have it. */
export type Trait = (resource: Resource) => string | undefined;

/**
 * Finds, among what base lost and head gained, the resources that are the same thing under another name. A trait that
 * two candidates share proves nothing and pairs neither.
 */
export function pairUp(
  removed: readonly Resource[],
  added: readonly Resource[],
  traits: readonly (readonly [base: Trait, head: Trait])[],
): Pairing {
  const pairs: (readonly [Resource, Resource])[] = [];
  const [gone, come] = [new Set(removed), new Set(added)];
  for (const [ofBase, ofHead] of traits) {
    const [lost, gained] = [unique(gone, ofBase), unique(come, ofHead)];
    for (const [key, base] of lost) {
      const head = gained.get(key);
      if (!head) continue;
      pairs.push([base, head]);
      gone.delete(base);
      come.delete(head);
    }
  }
  return { pairs, removed: [...gone], added: [...come] };
}

/** Resources by a trait that no other of them has. */
function unique(resources: Iterable<Resource>, trait: Trait): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource | undefined>();
  for (const resource of resources) {
    const value = trait(resource);
    if (value === undefined) continue;
    const key = `${resource.type} ${value}`;
    found.set(key, found.has(key) ? undefined : resource);
  }
  return new Map([...found].filter((entry): entry is [string, Resource] => entry[1] !== undefined));
}
