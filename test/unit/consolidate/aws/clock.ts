import type { Patience } from '../../../../lib/consolidate/aws/patience';

/** Patience with a clock of its own: a look every second, and nobody waits. */
export function fakePatience(
  limitSeconds = 60,
): Patience & { readonly slept: () => number; readonly told: (message: string) => void; readonly messages: string[] } {
  let time = 0;
  const messages: string[] = [];
  return {
    everyMs: 1_000,
    limitMs: limitSeconds * 1_000,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    now: () => time,
    told: (message) => messages.push(message),
    messages,
    slept: () => time / 1_000,
  };
}
