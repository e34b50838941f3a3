import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Json } from './json';

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

const liveSchema = z.strictObject({
  identifier: z.record(z.string(), z.string().min(1)),
  ref: z.string(),
  attributes: z.record(z.string(), z.string()),
  /** When the resource was made; absent where the service does not keep it. */
  createdAt: z.iso.datetime().optional(),
  /** Stack that holds it, by name; absent when none does. */
  heldBy: z.string().optional(),
  properties: z.record(z.string(), json),
  /** SHA-256 of a function's package, in hexadecimal, and the file beside the facts that holds it. */
  code: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), file: z.string().optional() }).optional(),
});

const factSchema = z.strictObject({ type: z.string(), live: liveSchema.nullable() });

export const factsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  account: z.string().regex(/^\d{12}$/),
  region: z.string(),
  readAt: z.iso.datetime(),
  /** By stack name and logical id, `huntaze-estate-storage/BucketHuntazeAssets`. `live: null`: looked for, not there. */
  resources: z.record(z.string(), factSchema),
});

/** What a read-only look-up saw of every resource that the templates name. */
export type Facts = z.infer<typeof factsSchema>;
export type Fact = z.infer<typeof factSchema>;
export type Live = z.infer<typeof liveSchema>;

export const factKey = (stackName: string, logicalId: string): string => `${stackName}/${logicalId}`;

/** A facts file that cannot be used. */
export class FactsError extends Error {
  override readonly name = 'FactsError';
}

/**
 * Reads a facts file.
 *
 * @throws FactsError naming the file, the place in it and the remedy
 */
export function readFacts(path: string): Facts {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new FactsError(
      `Not a facts file, got: ${path} (${error instanceof Error ? error.message : error}). Write one with \`npx estate adopt look-up\`.`,
    );
  }
  const result = factsSchema.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new FactsError(
      `Not a facts file of this version, got: ${path}: ${issue?.path.join('.')}: ${issue?.message}. Write it again with \`npx estate adopt look-up\`.`,
    );
  }
  return result.data;
}
