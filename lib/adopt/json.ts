/** A value of a template or of an answer. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * One spelling for values that mean the same to CloudFormation: `"20"` and `20`, `"true"` and `true`, a list of one and its
 * element (policy documents), lists in any order (every list that the estate sets is a set).
 */
export function canonical(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) {
    const elements = value.map(canonical).sort();
    return elements.length === 1 ? (elements[0] ?? '') : `[${elements.join(',')}]`;
  }
  if (isObject(value)) {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(String(value));
}

/** Whether two values mean the same to CloudFormation. */
export const same = (a: Json | undefined, b: Json | undefined): boolean => canonical(a) === canonical(b);

/** The value without members that are undefined, as a template has it. */
export const compact = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
