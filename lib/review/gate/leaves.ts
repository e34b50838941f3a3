import { canonical, isRecord, type Value } from '../compare/canonical';

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
  const add = (path: string, value: Candidate, text: string) => {
    const list = found.get(path);
    if (list) list.push({ value, text });
    else found.set(path, [{ value, text }]);
  };
  const visit = (value: Value, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, place) => {
        visit(item, join(path, String(place)));
      });
      return;
    }
    if (!isRecord(value)) {
      add(path, value, canonical(value));
      return;
    }
    const [key, ...others] = Object.keys(value);
    const argument = key === undefined ? undefined : value[key];
    if (others.length === 0 && key === 'Ref') {
      if (argument === 'AWS::NoValue') return;
      const fallback = defaults(String(argument));
      if (fallback !== undefined) visit(fallback, path);
      else add(path, unknownValue, canonical(value));
      return;
    }
    if (others.length === 0 && key === 'Fn::If' && Array.isArray(argument)) {
      visit(argument[1], path);
      visit(argument[2], path);
      return;
    }
    if (others.length === 0 && key?.startsWith('Fn::')) {
      add(path, unknownValue, canonical(value));
      return;
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, join(path, name));
  };
  visit(properties, '');
  return found;
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
  const none: readonly Possible[] = [{ value: undefined, text: 'undefined' }];
  return [...new Set([...base.keys(), ...head.keys()])].flatMap((path) => {
    const [before, after] = [base.get(path) ?? none, head.get(path) ?? none];
    if (before.length === after.length && before.every(({ text }, place) => text === after[place]?.text)) return [];
    return before.flatMap((was) =>
      after.flatMap((is) => (was.text === is.text ? [] : [{ path, before: was.value, after: is.value }])),
    );
  });
}
