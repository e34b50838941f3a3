import { setTimeout as sleep } from 'node:timers/promises';
import { compareSchemas, readSchema } from '../database/catalogue';
import type { Databases } from '../database/sessions';
import { ConsolidationStop, isTransient } from '../errors';
import type { Facts } from '../facts';
import type { PhaseId, Side } from '../phases';
import type { World } from '../ports';
import type { Evidence, RunState } from '../state';

/** Times and bounds of a run; the defaults suit two small instances. */
export interface EngineSettings {
  /** Milliseconds that a lease lasts without being renewed. */
  readonly leaseMs: number;
  /** Milliseconds for which a step is tried again while a server restarts or the network is away. */
  readonly retryMs: number;
  /** Milliseconds from the fence until the source is opened again when the rest has not come about. */
  readonly outageBudgetMs: number;
  /** Milliseconds for the first copy. */
  readonly copyLimitMs: number;
  /** Milliseconds for which a subscriber may fail to reach its publisher while it is waited for. */
  readonly reachMs: number;
  /** Bytes of log behind which a leg counts as caught up. */
  readonly caughtUpBytes: number;
  /** Milliseconds after which a comparison ahead of the fence is done again right before it. */
  readonly comparedForMs: number;
  /** Milliseconds between opening and the end of the soak. */
  readonly soakMs: number;
  /** Milliseconds in which the sessions of applications must be gone from the old server. */
  readonly sessionsGoneMs: number;
  /** Milliseconds for which none may come back. */
  readonly sessionsQuietMs: number;
}

export const defaultSettings: EngineSettings = {
  leaseMs: 30_000,
  retryMs: 60_000,
  outageBudgetMs: 120_000,
  copyLimitMs: 12 * 3_600_000,
  reachMs: 120_000,
  caughtUpBytes: 1_000_000,
  comparedForMs: 5 * 60_000,
  soakMs: 24 * 3_600_000,
  sessionsGoneMs: 120_000,
  sessionsQuietMs: 2_000,
};

/** What a phase works with. */
export interface PhaseContext {
  readonly world: World;
  readonly databases: Databases;
  readonly settings: EngineSettings;
  /** As it is now. */
  readonly state: RunState;
  /** One named, idempotent part of an action: tried again while a server restarts, told on the terminal. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  note(line: string): void;
  facts(): Promise<Facts>;
}

export interface PhaseDefinition {
  readonly id: PhaseId;
  /** @throws ConsolidationStop when the phase must not begin */
  enter?(context: PhaseContext): Promise<void>;
  /** Idempotent: may be stopped anywhere and called again. */
  act(context: PhaseContext): Promise<Evidence>;
}

/** Runs a step until it succeeds, or fails for another reason than a server that is away for a moment. */
export async function withRetries<T>(
  limitMs: number,
  work: () => Promise<T>,
  onRetry: (error: Error) => void,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || Date.now() + pause > deadline) throw error;
      onRetry(error as Error);
      await sleep(pause);
    }
  }
}

/**
 * @throws ConsolidationStop `schema-drift` naming what is no longer the same and was not accepted
 */
export async function assertSameSchema({ databases, state }: PhaseContext): Promise<void> {
  const [source, target] = await Promise.all(
    (['source', 'target'] as const).map((side: Side) => databases.read(side, readSchema)),
  );
  const drifted = compareSchemas(source ?? [], target ?? [])
    .map(({ object, source: here, target: there }) => ({
      object,
      lacks: here === undefined ? 'source' : there === undefined ? 'target' : undefined,
    }))
    .filter(({ object }) => state.accepted[`schema:${object}`] === undefined);
  if (drifted.length === 0) return;
  const named = drifted
    .slice(0, 5)
    .map(({ object, lacks }) => (lacks ? `${object} is missing on the ${lacks}` : `${object} differs`));
  throw new ConsolidationStop(
    'schema-drift',
    `The schema changed: ${named.join('; ')}${drifted.length > 5 ? ` and ${drifted.length - 5} more` : ''}.`,
  );
}
