/** A block of a template or of Terraform JSON, to be changed in a copy. */
export type Block = Record<string, unknown>;

/** A template, or the JSON of a Terraform stack. */
export type Document = Record<string, unknown>;

/** One way to change a document. */
export interface Operator {
  readonly name: string;
  /** Whether data can be lost by it, said by hand and apart from every table of the gate. */
  readonly dangerous: boolean;
  /**
   * Changes the copy of a document, at one resource.
   *
   * @returns false where it has nothing to change
   */
  readonly apply: (document: Document, target: Target) => boolean;
}

export interface Target {
  readonly type: string;
  readonly logicalId: string;
  /** The block itself, in the copy. */
  readonly block: Block;
}

export const dangerous = (name: string, apply: Operator['apply']): Operator => ({ name, dangerous: true, apply });
export const harmless = (name: string, apply: Operator['apply']): Operator => ({ name, dangerous: false, apply });

/** The same object with its keys the other way round, all the way down. */
export function keysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysReversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, keysReversed(inner)]),
  );
}

/** Replaces what an object holds by another object's content, so that references to it stay. */
export function become(target: Block, content: Block): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, content);
}
