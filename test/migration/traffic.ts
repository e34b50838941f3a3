import type { ChatAnswer, ProviderName } from '../../lib/hybrid';
import type { LedgerEntry } from '../../lib/rehearsal/ai/model';
import type { World } from './world';

export interface Sent {
  readonly marker: string;
  readonly subject: string;
  /** Milliseconds since the traffic began. */
  readonly at: number;
  readonly endedAt: number;
  readonly answers: readonly ChatAnswer[];
  readonly error: unknown;
}

export interface TrafficOptions {
  readonly callers: readonly ReturnType<World['makeCaller']>[];
  /** Requests, one after the other every so many milliseconds, by each caller in turn. */
  readonly count: number;
  readonly every: number;
  /** What happens at which time, in milliseconds since the traffic began. */
  readonly events?: Readonly<Record<number, () => void>>;
  readonly content?: (index: number) => string;
}

/** Sends requests on simulated time, each with a marker of its own, and waits for all of them. */
export function sendTraffic(
  { time }: World,
  { callers, count, every, events = {}, content }: TrafficOptions,
): Promise<Sent[]> {
  const begun = time.now();
  for (const [at, run] of Object.entries(events)) time.timer(Number(at), run);
  const requests = Array.from({ length: count }, async (_, index): Promise<Sent> => {
    await new Promise<void>((resolve) => time.timer(index * every, resolve));
    const at = time.now() - begun;
    const marker = `#${index}#`;
    const subject = `subject-${index}`;
    const answers: ChatAnswer[] = [];
    let error: unknown;
    try {
      const messages = [{ role: 'user', content: `${content?.(index) ?? 'A question.'} ${marker}` }] as const;
      const caller = callers[index % callers.length];
      if (caller) answers.push(await caller.client.complete({ tier: 'standard', subject, messages }));
    } catch (caught) {
      error = caught;
    }
    return { marker, subject, at, endedAt: time.now() - begun, answers, error };
  });
  return time.until(Promise.all(requests));
}

/** What every request must have had, whatever went wrong on the way: one answer, and its own. */
export function expectOneAnswerEach(sent: readonly Sent[], world: World): void {
  expect(sent.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(sent.filter(({ answers }) => answers.length !== 1)).toEqual([]);
  expect(sent.filter(({ answers, marker }) => !answers[0]?.text.endsWith(marker))).toEqual([]);
  const whole = Object.values(ledgers(world))
    .flat()
    .filter((entry) => entry.whole);
  const answered = new Map<string, number>();
  for (const { question } of whole) {
    const marker = /#\d+#/.exec(question.turns.at(-1)?.content ?? '')?.[0] ?? '';
    answered.set(marker, (answered.get(marker) ?? 0) + 1);
  }
  expect([...answered].filter(([, times]) => times !== 1)).toEqual([]);
  expect(answered.size).toBe(sent.length);
}

export const ledgers = ({ azure, gemini, openai, claude }: World): Record<ProviderName, readonly LedgerEntry[]> => ({
  azure: azure.ledger,
  gemini: gemini.ledger,
  openai: openai.ledger,
  claude: claude.ledger,
});
