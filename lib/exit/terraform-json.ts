import { isDeepStrictEqual } from 'node:util';

/** A place at which two synthesized stacks differ. */
export interface Difference {
  /** Keys from the root, joined by dots. */
  readonly path: string;
  /** `undefined` where there is nothing. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Where two stacks of Terraform JSON differ, apart from what names the engine and not the infrastructure: the `//`
 * blocks, in which the engine notes its version and the constructs' paths.
 *
 * @param ignored paths of values that may differ
 */
export function differences(before: unknown, after: unknown, ignored: readonly string[] = []): readonly Difference[] {
  return compare('', before, after).filter(({ path }) => !ignored.includes(path));
}

function compare(path: string, before: unknown, after: unknown): Difference[] {
  if (!isObject(before) || !isObject(after)) {
    return isDeepStrictEqual(before, after) ? [] : [{ path, before, after }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== '//').sort();
  return keys.flatMap((key) => compare(path === '' ? key : `${path}.${key}`, before[key], after[key]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
