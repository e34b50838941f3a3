import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { AnswerLost, describe, NotSent, RateLimited, Refused } from '../shared/publishing/failures';
import type { Token } from '../shared/publishing/tokens';
import type { FreshToken, Provider, ProviderRules } from './providers';
import type { TokensTable } from './tokens-table';

const attempts = 3;
const firstPauseMs = 500;
/** Tokens of one provider that are refreshed side by side. */
const lanes = 4;
/** Milliseconds that one more token wants; with less left, the next run takes it. */
const tokenTimeMs = 15_000;

/**
 * Refusals that no later attempt can change. Others, such as a wrong client secret, are about us and not about the token.
 */
const deadTokenCodes = new Set(['invalid_grant', 'no_refresh_token', '190']);

export interface ProviderCounts {
  /** Tokens that expire within the provider's window. */
  due: number;
  refreshed: number;
  /** Somebody wrote a newer token meanwhile; it stays. */
  overtaken: number;
  /** Another run has it, or its provider refused it before. */
  skipped: number;
  failed: number;
  /** Time ran out, or the provider asked to come back later. */
  postponed: number;
  /** Why nothing could be done for this provider at all. */
  error?: string;
}

export interface RefreshRun {
  readonly table: TokensTable;
  readonly rules: ProviderRules;
  readonly readCredentials: () => Promise<unknown>;
  readonly remainingMs: () => number;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Refreshes all tokens of a provider that expire soon. Never throws: another provider's tokens must not wait for it. */
export async function refreshProvider(provider: Provider, run: RefreshRun): Promise<ProviderCounts> {
  const counts: ProviderCounts = { due: 0, refreshed: 0, overtaken: 0, skipped: 0, failed: 0, postponed: 0 };
  try {
    const before = Math.floor(run.now() / 1000) + run.rules.window;
    const { userIds, scanned } = await run.table.due(provider, before);
    if (scanned)
      run.logger.warn('there is no index to find tokens by, so some were looked for by a scan', { provider });
    counts.due = userIds.length;
    if (userIds.length === 0) return counts;

    const credentials = await run.readCredentials();
    const waiting = [...userIds];
    let stopped = false;
    const lane = async (): Promise<void> => {
      for (let userId = waiting.shift(); userId !== undefined; userId = waiting.shift()) {
        if (stopped || run.remainingMs() < tokenTimeMs) {
          counts.postponed += 1;
          continue;
        }
        const outcome = await refreshOne(provider, userId, { before, credentials, run });
        counts[outcome] += 1;
        stopped ||= outcome === 'postponed';
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } catch (error) {
    counts.error = describe(error);
  }
  return counts;
}

async function refreshOne(
  provider: Provider,
  userId: string,
  { before, credentials, run }: { before: number; credentials: unknown; run: RefreshRun },
): Promise<'refreshed' | 'overtaken' | 'skipped' | 'failed' | 'postponed'> {
  let token: Token | undefined;
  try {
    token = await run.table.take(provider, userId, before);
    if (!token) return 'skipped';
    const fresh = await withRetries(token, credentials, run);
    return (await run.table.replace(token, fresh)) ? 'refreshed' : 'overtaken';
  } catch (error) {
    run.logger.warn('a token is not refreshed', { provider, userId, reason: describe(error) });
    const dead = error instanceof Refused && deadTokenCodes.has(error.code);
    if (token) await run.table.release(token, dead).catch(() => undefined);
    return error instanceof RateLimited ? 'postponed' : 'failed';
  }
}

/** Three attempts with growing, scattered pauses; a pause that the provider asks for counts if time allows for it. */
async function withRetries(
  token: Token,
  credentials: unknown,
  { rules, remainingMs }: RefreshRun,
): Promise<FreshToken> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rules.refresh(token, credentials, remainingMs() - tokenTimeMs / 3);
    } catch (error) {
      const passing = error instanceof AnswerLost || error instanceof NotSent || error instanceof RateLimited;
      if (!passing || attempt === attempts) throw error;
      const backOff = firstPauseMs * 2 ** (attempt - 1) * (1 + Math.random());
      const pause = error instanceof RateLimited ? Math.max(backOff, error.seconds * 1000) : backOff;
      if (pause > remainingMs() - tokenTimeMs) throw error;
      await sleep(pause);
    }
  }
}
