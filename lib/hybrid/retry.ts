import { resilience } from '../estate/hybrid';

/**
 * Milliseconds to wait before the next attempt: what the provider asks for, else twice as long each time, with half of
 * it left to chance so that callers that failed together do not come back together.
 *
 * @param attempt 1 after the first attempt
 * @param random 0 to 1
 */
export function delayBefore(attempt: number, retryAfter: number | undefined, random: number): number {
  if (retryAfter !== undefined) return retryAfter;
  const { initialDelay, factor, maximumDelay } = resilience;
  const longest = Math.min(maximumDelay, initialDelay * factor ** (attempt - 1));
  return longest * (0.5 + random / 2);
}
