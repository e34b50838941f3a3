/** What stands where a value stood. */
export const droppedValue = '(dropped)';

/**
 * An answer of the SDK with every value of an environment variable dropped and every name kept.
 *
 * Two shapes carry them: Lambda's `Environment: { Variables: { name: value } }`, and the `environment: [{ name, value }]` of a
 * container definition or of an override of it.
 */
export function withoutVariableValues<Output>(output: Output): Output {
  return withoutValues(output) as Output;
}

function withoutValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutValues);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key === 'Variables' && isPlain(member)) return [key, dropAll(member)];
      if (key === 'environment' && Array.isArray(member)) return [key, member.map(dropValue)];
      return [key, withoutValues(member)];
    }),
  );
}

const dropAll = (variables: object) =>
  Object.fromEntries(Object.keys(variables).map((name) => [name, droppedValue] as const));

const dropValue = (variable: unknown) => (isPlain(variable) ? { ...variable, value: droppedValue } : droppedValue);

/** Streams, dates and byte arrays of an answer are left as they are. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
