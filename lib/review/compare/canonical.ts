import { isObject } from '../json';
/** A value as the template has it. */
export type Value = unknown;

/** The list as given, or an empty one for anything else. */
export const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : []);

/**
 * One text for all values that mean the same: keys in order, numbers and booleans as the text that CloudFormation makes
 * of them. Two values are equal exactly when their texts are; `17.1` and `17.10` are two.
 */
export function canonical(value: Value): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(String(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${entries.sort().join(',')}}`;
}

export const equal = (a: Value, b: Value): boolean => a === b || canonical(a) === canonical(b);

/** Whether an object is an intrinsic function of CloudFormation, whose inside is no property. */
export const isIntrinsic = (value: Value): boolean => {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && /^(Ref|Condition|Fn::.+)$/.test(keys[0] ?? '');
};

/** A key of the object itself, never of its prototype: a template may hold `__proto__` or `constructor`. */
export const own = (object: Readonly<Record<string, Value>>, key: string): Value =>
  Object.hasOwn(object, key) ? object[key] : undefined;
