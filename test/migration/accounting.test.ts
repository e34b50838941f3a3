import type { ProviderName } from '../../lib/hybrid';
import type { Fault } from '../../lib/rehearsal/ai/ai-server';
import { contentFiltered, serverError, throttled } from '../../lib/rehearsal/ai/azure-openai';
import type { LedgerEntry } from '../../lib/rehearsal/ai/model';
import { ledgers, sendTraffic } from './traffic';
import { inWorld, type Notes, type World } from './world';

jest.setTimeout(120_000);

/** USD for a million tokens: question, cached question, answer. Written down apart from the library's own table. */
const invoice: Readonly<Record<string, readonly [number, number, number]>> = {
  'gpt-4o-2024-11-20': [2.5, 1.25, 10],
  'gpt-4o-mini-2024-07-18': [0.15, 0.075, 0.6],
  'gemini-2.0-flash': [0.1, 0.025, 0.4],
  'gemini-1.5-pro': [1.25, 0.3125, 5],
};

const billed = (ledger: readonly LedgerEntry[]): number =>
  ledger.reduce((sum, { question, promptTokens, cachedTokens, completionTokens }) => {
    const [prompt, cached, completion] = invoice[question.model] ?? [Number.NaN, Number.NaN, Number.NaN];
    return sum + ((promptTokens - cachedTokens) * prompt + cachedTokens * cached + completionTokens * completion) / 1e6;
  }, 0);

const counted = (notes: readonly Notes[], provider: ProviderName): number =>
  notes
    .flatMap(({ attempts }) => attempts)
    .filter((attempt) => attempt.provider === provider)
    .reduce((sum, { cost }) => sum + (cost ?? 0), 0);

/** Text of so many words, so that answers and questions have every length. */
const words = (count: number): string =>
  Array.from({ length: count }, (_, index) => ['price', 'bundle', 'of', 'subscribers', '2026', 'week'][index % 6]).join(
    ' ',
  );

async function mixedTraffic(world: World, fault: (index: number) => Fault | undefined) {
  let requests = 0;
  world.azure.faults = () => {
    requests += 1;
    return fault(requests);
  };
  const callers = [world.makeCaller(), world.makeCaller()];
  await sendTraffic(world, {
    callers,
    count: 400,
    every: 200,
    content: (index) => words(5 + ((index * 7) % 60)),
  });
  return callers.map(({ notes }) => notes);
}

const model = () => ({ text: words(80), finish: 'stop' as const });

test(
  'costs are those of the ledger, to the last token, when every answer is whole',
  inWorld(
    async (world) => {
      const notes = await mixedTraffic(world, () => undefined);
      expect(counted(notes, 'azure')).toBeCloseTo(billed(world.azure.ledger), 10);
      expect(billed(world.azure.ledger)).toBeGreaterThan(0.01);
    },
    { model },
  ),
);

test(
  'costs are within 1 % of the ledger when calls fail, are throttled, filtered, slow and cut',
  inWorld(
    async (world) => {
      const notes = await mixedTraffic(world, (index) => {
        if (index % 50 === 7) return { kind: 'cut', pieces: 2 + (index % 20) };
        if (index % 20 === 3) return { kind: 'answer', reply: throttled(1) };
        if (index % 40 === 11) return { kind: 'answer', reply: serverError() };
        if (index % 60 === 23) return { kind: 'answer', reply: contentFiltered('') };
        if (index % 90 === 31) return { kind: 'hang' };
        if (index % 30 === 17) return { kind: 'slow', first: 800, between: 10 };
        return undefined;
      });
      const cut = world.azure.ledger.filter(({ whole }) => !whole);
      expect(cut.length).toBeGreaterThanOrEqual(5);
      for (const provider of ['azure', 'gemini'] as const) {
        const ledger = billed(ledgers(world)[provider]);
        expect(Math.abs(counted(notes, provider) - ledger) / ledger).toBeLessThan(0.01);
      }
    },
    { model },
  ),
);

test(
  'a long question that Azure knows costs half, and is counted so',
  inWorld(async (world) => {
    const { client, notes } = world.makeCaller();
    const messages = [{ role: 'user', content: words(1500) }] as const;
    for (let call = 0; call < 2; call += 1) {
      await world.time.until(client.complete({ tier: 'premium', subject: 's', messages }));
    }
    const [first, second] = notes.attempts;
    expect([first?.usage?.cachedTokens, (second?.usage?.cachedTokens ?? 0) > 1000]).toEqual([0, true]);
    expect(second?.cost).toBeLessThan(first?.cost ?? 0);
    expect(counted([notes], 'azure')).toBeCloseTo(billed(world.azure.ledger), 10);
  }),
);

test(
  'costs stand by tier',
  inWorld(async (world) => {
    const { client, notes } = world.makeCaller();
    for (const tier of ['premium', 'standard'] as const) {
      await world.time.until(client.complete({ tier, subject: 's', messages: [{ role: 'user', content: words(50) }] }));
    }
    const [premium, standard] = notes.attempts;
    expect([premium?.tier, standard?.tier]).toEqual(['premium', 'standard']);
    // The list prices of the two stand 50 to 3, for questions and answers alike.
    expect((premium?.cost ?? 0) / (standard?.cost ?? 1)).toBeCloseTo(50 / 3, 6);
  }),
);

test(
  'a model without a price costs an unknown sum, not nothing',
  inWorld(
    async (world) => {
      const { client, notes } = world.makeCaller();
      const messages = [{ role: 'user', content: 'Hello.' }] as const;
      await world.time.until(client.complete({ tier: 'premium', subject: 's', messages }));
      expect(notes.attempts).toMatchObject([{ outcome: 'answered', model: 'gpt-9-2029-01-01', cost: undefined }]);
    },
    { deployments: { 'gpt-4o': 'gpt-9-2029-01-01' } },
  ),
);
