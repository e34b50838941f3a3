import { setTimeout as wait } from 'node:timers/promises';
import { ConsolidationStop } from '../errors';

/** How long an action waits for a service, and how often it looks. Tests give their own clock. */
export interface Patience {
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Milliseconds until it gives up. */
  readonly limitMs: number;
  /** @default timers */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds since some moment. @default Date.now */
  readonly now?: () => number;
  /** Told whenever the answer changes. @default nobody */
  readonly told?: (message: string) => void;
}

/** Snapshot, copy and restore of 20 GiB took 10 to 30 minutes each in October 2025 (migration runbook of 28 October). */
export const patienceOfAws: Patience = { everyMs: 10_000, limitMs: 90 * 60_000 };

/** What a look came to: done with a value, or why not yet. */
export type Look<T> = { readonly done: T } | { readonly notYet: string };

/**
 * Looks until the service says that it is done.
 *
 * @throws ConsolidationStop `out-of-time` with what was still missing; and whatever a look throws, at once
 */
export async function untilDone<T>(what: string, patience: Patience, look: () => Promise<Look<T>>): Promise<T> {
  const { everyMs, limitMs, sleep = wait, now = Date.now, told } = patience;
  const deadline = now() + limitMs;
  let last = '';
  for (;;) {
    const seen = await look();
    if ('done' in seen) return seen.done;
    if (seen.notYet !== last) told?.(`${what}: ${seen.notYet}`);
    last = seen.notYet;
    if (now() >= deadline) {
      throw new ConsolidationStop(
        'out-of-time',
        `${what}: not complete within ${Math.round(limitMs / 1000)} s; ${seen.notYet}.`,
      );
    }
    await sleep(everyMs);
  }
}
