import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Facts } from './facts';

const journalSchema = z.strictObject({
  schemaVersion: z.literal(1),
  account: z.string(),
  region: z.string(),
  /** SHA-256 of the facts that the imports were rendered from. */
  facts: z.string(),
  /** By stack name: the last step that was finished. */
  stacks: z.record(z.string(), z.enum(['published', 'imported', 'checked'])),
});

export type Journal = z.infer<typeof journalSchema>;
export type JournalStep = Journal['stacks'][string];

/** A journal that speaks of another run. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Digest of facts, by content. */
const digestOf = (facts: Facts): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex');

/**
 * What an earlier run left, or a fresh journal.
 *
 * @throws JournalError when it cannot be read, or was begun with other facts: what is half done must be finished with those
 */
export function openJournal(path: string, facts: Facts): Journal {
  const fresh: Journal = {
    schemaVersion: 1,
    account: facts.account,
    region: facts.region,
    facts: digestOf(facts),
    stacks: {},
  };
  if (!existsSync(path)) return fresh;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new JournalError(
      `The journal cannot be read, got: ${path} (${error instanceof Error ? error.message : error}).`,
    );
  }
  const result = journalSchema.safeParse(content);
  if (!result.success) throw new JournalError(`Not a journal of this version, got: ${path}.`);
  const { account, region, facts: digest } = result.data;
  if (account !== facts.account || region !== facts.region || digest !== fresh.facts) {
    throw new JournalError(
      `The journal was begun with other facts, got: ${path}. Finish with the facts file of that run, or remove the journal: stacks that are imported already are recognised in the account.`,
    );
  }
  return result.data;
}

/** Writes the journal so that it survives a crash of the machine: a new file, flushed, in the old one's place. */
export function writeJournal(path: string, journal: Journal): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  const file = openSync(partial, 'w');
  try {
    writeSync(file, `${JSON.stringify(journal, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
  const folder = openSync(dirname(join(path)), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
