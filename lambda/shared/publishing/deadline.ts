import type { Context } from 'aws-lambda';

/** Left at the end of an invocation for writing down what happened. */
const reserveMs = 8_000;

/** Time that an invocation has for calls to a platform. */
export interface Deadline {
  /** Milliseconds left for platform calls; negative when time is up. */
  remainingMs(): number;
  /** Limit of one call: its own, or what is left. */
  callMs(limitMs: number): number;
}

export function deadlineOf(context: Pick<Context, 'getRemainingTimeInMillis'>): Deadline {
  const remainingMs = (): number => context.getRemainingTimeInMillis() - reserveMs;
  return { remainingMs, callMs: (limitMs) => Math.min(limitMs, remainingMs()) };
}
