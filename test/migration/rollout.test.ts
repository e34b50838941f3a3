import { rollout } from '../../lib/estate/hybrid';
import { bucketOf, isOnAzure } from '../../lib/hybrid/rollout';
import { expectOneAnswerEach, ledgers, sendTraffic } from './traffic';
import { inWorld } from './world';

// Simulated time costs real time on a busy machine; nothing here depends on how much.
jest.setTimeout(120_000);

const subjects = Array.from({ length: 10_000 }, (_, index) => `caller-${index}`);
const stages = rollout.stages.map(({ percentage }) => percentage);

describe('the split of 10,000 callers', () => {
  test.each([0, ...stages])('is within 5 points of %i %', (percentage) => {
    const share = subjects.filter((subject) => isOnAzure(subject, percentage)).length / 100;
    expect(Math.abs(share - percentage)).toBeLessThanOrEqual(5);
    if (percentage === 0 || percentage === 100) expect(share).toBe(percentage);
  });

  test('stays with each of them: whoever is on Azure at one stage is on it at the next', () => {
    for (const subject of subjects) {
      const on = stages.map((percentage) => isOnAzure(subject, percentage));
      expect(on).toEqual(on.toSorted((a, b) => Number(a) - Number(b)));
      expect(bucketOf(subject)).toBe(bucketOf(subject));
    }
  });

  test('is the same in every version of this library', () => {
    // Written down, so that nobody changes the hash without moving everybody knowingly.
    expect(['user-1', 'user-2', 'job/nightly', ''].map(bucketOf)).toMatchInlineSnapshot(`
      [
        73,
        9249,
        3906,
        4287,
      ]
    `);
  });

  test('is even over the ids that a sequence gives', () => {
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      subjects.filter((s) => Math.floor(bucketOf(s) / 1000) === tenth),
    );
    for (const tenth of tenths) expect(Math.abs(tenth.length - 1000)).toBeLessThan(150);
  });
});

describe('while the stages move', () => {
  test(
    'no request is lost and none is answered twice',
    inWorld(async (world) => {
      const { store, azure, gemini } = world;
      store.set('rolloutPercentage', '0');
      for (const server of [azure, gemini]) server.faults = () => ({ kind: 'slow', first: 150, between: 20 });
      const callers = [world.makeCaller(), world.makeCaller(), world.makeCaller()];
      const minute = 60_000;
      const sent = await sendTraffic(world, {
        callers,
        count: 720,
        every: 500,
        events: {
          [minute]: () => store.set('rolloutPercentage', '10'),
          [2 * minute]: () => store.set('rolloutPercentage', '50'),
          [3 * minute]: () => store.set('rolloutPercentage', '100'),
          [4 * minute]: () => store.set('enabled', 'false'),
          [5 * minute]: () => store.set('enabled', 'true'),
        },
      });
      expectOneAnswerEach(sent, world);
      // A caller goes on with the old stage until it reads the settings again.
      const settled = sent.filter(({ at }) => at < minute || at % minute >= rollout.refreshSeconds * 1000);
      expect(settled.length).toBeGreaterThan(500);
      const inForce = [0, 10, 50, 100, 0, 100];
      for (const { at, subject, answers } of settled) {
        const stage = inForce[Math.floor(at / minute)] ?? 0;
        expect([subject, answers[0]?.provider]).toEqual([subject, isOnAzure(subject, stage) ? 'azure' : 'gemini']);
      }
    }),
  );

  test(
    'nor while Azure fails in every way at once',
    inWorld(async (world) => {
      const { store, azure } = world;
      let count = 0;
      azure.faults = () => {
        count += 1;
        const faults = [
          undefined,
          { kind: 'answer', reply: { status: 500, body: {} } },
          { kind: 'cut', pieces: 3 },
          { kind: 'refuse' },
          {
            kind: 'answer',
            reply: { status: 429, headers: { 'retry-after': '1' }, body: {} },
          },
          { kind: 'hang' },
        ] as const;
        return faults[count % faults.length];
      };
      const sent = await sendTraffic(world, {
        callers: [world.makeCaller(), world.makeCaller()],
        count: 200,
        every: 300,
        events: {
          20000: () => store.set('rolloutPercentage', '50'),
          40000: () => store.set('rolloutPercentage', '10'),
        },
      });
      expectOneAnswerEach(sent, world);
    }),
  );
});

describe('the kill switch', () => {
  test(
    'sends everybody to the providers of today, with the keys of today, within 15 s',
    inWorld(async (world) => {
      const { store, azure, entra, gemini } = world;
      let azureRequests = 0;
      const caller = world.makeCaller();
      const before = await sendTraffic(world, {
        callers: [caller],
        count: 20,
        every: 100,
      });
      expect(before.every(({ answers }) => answers[0]?.provider === 'azure')).toBe(true);
      store.set('enabled', 'false');
      await world.time.pass(rollout.refreshSeconds * 1000);
      azure.faults = () => {
        azureRequests += 1;
        return undefined;
      };
      const exchanges = entra.exchanges;
      const after = await sendTraffic(world, {
        callers: [caller],
        count: 20,
        every: 100,
      });
      expect(after.map(({ answers }) => answers[0]?.provider)).toEqual(after.map(() => 'gemini'));
      expect(gemini.ledger.length).toBe(20);
      expect([azureRequests, entra.exchanges - exchanges]).toEqual([0, 0]);
    }),
  );

  test(
    'each provider of today answers with its own key',
    inWorld(async (world) => {
      const { store } = world;
      store.set('enabled', 'false');
      for (const provider of ['gemini', 'openai', 'claude']) {
        store.set('fallbackOrder', provider);
        const sent = await sendTraffic(world, {
          callers: [world.makeCaller()],
          count: 1,
          every: 0,
        });
        expect(sent[0]?.answers[0]?.provider).toBe(provider);
      }
      expect(ledgers(world).azure).toEqual([]);
    }),
  );

  test(
    'works where Azure is not even known',
    inWorld(async (world) => {
      for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_OPENAI_ENDPOINT'])
        delete world.store.values[name];
      const sent = await sendTraffic(world, {
        callers: [world.makeCaller()],
        count: 3,
        every: 10,
      });
      expect(sent.map(({ answers }) => answers[0]?.provider)).toEqual(['gemini', 'gemini', 'gemini']);
    }),
  );
});

describe('the settings', () => {
  test(
    'that cannot be read again hold on as they were',
    inWorld(async (world) => {
      const caller = world.makeCaller();
      await sendTraffic(world, { callers: [caller], count: 1, every: 0 });
      world.store.fails = true;
      await world.time.pass(60_000);
      const sent = await sendTraffic(world, {
        callers: [caller],
        count: 2,
        every: 20_000,
      });
      expect(sent.map(({ answers }) => answers[0]?.provider)).toEqual(['azure', 'azure']);
      expect(world.trouble).toEqual(['settings not read', 'settings not read']);
    }),
  );

  test(
    'are read once for all calls at the same time',
    inWorld(async (world) => {
      await sendTraffic(world, {
        callers: [world.makeCaller()],
        count: 50,
        every: 0,
      });
      expect(world.store.reads).toBe(1);
    }),
  );
});
