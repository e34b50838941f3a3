/** An object of a template, of Terraform's JSON, or of an answer. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object as given, or an empty one for anything else. */
export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** `value.a.b`, or undefined where the path leaves the objects: nothing of a prototype is found. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
