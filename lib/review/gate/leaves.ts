import { canonical, type Value } from '../compare/canonical';
import { isObject } from '../json';

/** What only the deployment knows. */
export const unknownValue: unique symbol = Symbol('known only to the deployment');

/** The plain value, or {@link unknownValue}. */
export type Candidate = unknown;

interface Possible {
  readonly value: Candidate;
  /** Text by which two unknown values are found equal. */
  readonly text: string;
}

/** What a template gives its parameters. */
export type Defaults = (parameter: string) => Value;

/**
 * Every scalar of a resource by its path, with all values that it may take: both branches of a condition, the default
 * of a parameter. `LifecycleConfiguration.Rules.0.ExpirationInDays` → 30.
 */
export type Leaves = ReadonlyMap<string, readonly Possible[]>;

export function leavesOf(properties: Value, defaults: Defaults): Leaves {
  const found = new Map<string, Possible[]>();
  gather(properties, '', defaults, found);
  return found;
}

const absent: Possible = { value: undefined, text: 'undefined' };

function gather(value: Value, path: string, defaults: Defaults, found: Map<string, Possible[]>): void {
  const add = (possible: Possible) => {
    const list = found.get(path);
    if (list) list.push(possible);
    else found.set(path, [possible]);
  };
  if (Array.isArray(value)) {
    value.forEach((item, place) => {
      gather(item, join(path, String(place)), defaults, found);
    });
    return;
  }
  if (!isObject(value)) {
    add({ value, text: canonical(value) });
    return;
  }
  const [key, ...others] = Object.keys(value);
  const argument = key === undefined || others.length > 0 ? undefined : value[key];
  if (others.length === 0 && key === 'Ref') {
    const fallback = argument === 'AWS::NoValue' ? undefined : defaults(String(argument));
    if (fallback !== undefined) gather(fallback, path, defaults, found);
    else if (argument !== 'AWS::NoValue') add({ value: unknownValue, text: canonical(value) });
  } else if (others.length === 0 && key === 'Fn::If' && Array.isArray(argument)) {
    alternatives([argument[1], argument[2]], path, defaults, found);
  } else if (others.length === 0 && key?.startsWith('Fn::')) {
    add({ value: unknownValue, text: canonical(value) });
  } else {
    for (const [name, inner] of Object.entries(value)) gather(inner, join(path, name), defaults, found);
  }
}

/** Both branches of a condition; what one of them lacks may be absent. */
function alternatives(
  branches: readonly Value[],
  path: string,
  defaults: Defaults,
  found: Map<string, Possible[]>,
): void {
  const sides = branches.map((branch) => {
    const side = new Map<string, Possible[]>();
    gather(branch, path, defaults, side);
    return side;
  });
  for (const leaf of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const possible = sides.flatMap((side) => side.get(leaf) ?? [absent]);
    found.set(leaf, [...(found.get(leaf) ?? []), ...possible]);
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** One way in which a value may change. */
export interface LeafChange {
  readonly path: string;
  /** Left out where there was none. */
  readonly before: Candidate;
  readonly after: Candidate;
}

/** Every pair of values, one of base and one of head, that are not the same. */
export function leafChanges(base: Leaves, head: Leaves): readonly LeafChange[] {
  const none = [absent];
  return [...new Set([...base.keys(), ...head.keys()])].flatMap((path) => {
    const [before, after] = [base.get(path) ?? none, head.get(path) ?? none];
    if (before.length === after.length && before.every(({ text }, place) => text === after[place]?.text)) return [];
    return before.flatMap((was) =>
      after.flatMap((is) => (was.text === is.text ? [] : [{ path, before: was.value, after: is.value }])),
    );
  });
}
