import { rollout } from '../../lib/estate/hybrid';
import type { AiRequest, Fault } from '../../lib/rehearsal/ai/ai-server';
import { serverError } from '../../lib/rehearsal/ai/azure-openai';
import { expectOneAnswerEach, sendTraffic } from './traffic';
import { inWorld, type World } from './world';

// Simulated time costs real time on a busy machine; nothing here depends on how much.
jest.setTimeout(120_000);

/** Fails the requests of a share of the subjects, whenever they are tried again. */
const forShareOf = (percentage: number, fault: Fault) => (request: AiRequest) => {
  const number = Number(/#(\d+)#/.exec(request.body)?.[1] ?? 0);
  return number % 100 < percentage ? fault : undefined;
};

/** A minute and a half of traffic of three processes; Azure turns bad after 30 s. */
async function turnsBad(world: World, fault: (request: AiRequest) => Fault | undefined) {
  const onset = 30_000;
  const requests: number[] = [];
  let bad = false;
  const begun = world.time.now();
  world.azure.faults = (request) => {
    requests.push(world.time.now() - begun);
    return bad ? fault(request) : undefined;
  };
  const sent = await sendTraffic(world, {
    callers: [world.makeCaller(), world.makeCaller(), world.makeCaller()],
    count: 270,
    every: 350,
    events: {
      [onset]: () => {
        bad = true;
      },
    },
  });
  return { sent, lastRequest: Math.max(...requests) - onset };
}

describe('rolls back within 60 s, for every process, when', () => {
  test.each<[string, (request: AiRequest) => Fault | undefined, string]>([
    ['Azure answers nobody', () => ({ kind: 'hang' }), 'error-rate'],
    ['Azure fails altogether', () => ({ kind: 'answer', reply: serverError() }), 'error-rate'],
    ['8 in 100 calls fail for good', forShareOf(8, { kind: 'answer', reply: serverError() }), 'error-rate'],
    ['answers take 6 s', () => ({ kind: 'slow', first: 1500, between: 1000 }), 'p95'],
  ])('%s', (_, fault, reason) =>
    inWorld(async (world) => {
      const { sent, lastRequest } = await turnsBad(world, fault);
      expect(world.store.latched).toBe(true);
      expect(world.store.breaches[0]?.reason).toBe(reason);
      expect(lastRequest).toBeLessThanOrEqual(60_000);
      expectOneAnswerEach(sent, world);
      expect(sent.at(-1)?.answers[0]?.provider).toBe('gemini');
    })(),
  );
});

describe('stays on Azure when', () => {
  test.each<[string, (request: AiRequest) => Fault | undefined]>([
    ['nothing is wrong', () => undefined],
    ['2 in 100 calls fail for good', forShareOf(2, { kind: 'answer', reply: serverError() })],
    ['answers take 4 s', () => ({ kind: 'slow', first: 1000, between: 600 })],
  ])('%s', (_, fault) =>
    inWorld(async (world) => {
      const { sent } = await turnsBad(world, fault);
      expect(world.store.breaches).toEqual([]);
      expectOneAnswerEach(sent, world);
      expect(sent.at(-1)?.answers[0]?.provider).toBe('azure');
    })(),
  );

  test(
    'one call of few fails: too few to judge',
    inWorld(async (world) => {
      world.azure.faults = forShareOf(10, { kind: 'answer', reply: serverError() });
      await sendTraffic(world, { callers: [world.makeCaller()], count: rollout.rollback.minimumCalls - 1, every: 100 });
      expect(world.store.breaches).toEqual([]);
    }),
  );
});

describe('the latch', () => {
  test(
    'holds in every process, new ones too, until a person takes it away',
    inWorld(async (world) => {
      const { sent } = await turnsBad(world, () => ({ kind: 'answer', reply: serverError() }));
      expect(sent.length).toBe(270);
      world.azure.faults = () => undefined;
      const fresh = world.makeCaller();
      const held = await sendTraffic(world, { callers: [fresh], count: 3, every: 60_000 });
      expect(held.map(({ answers }) => answers[0]?.provider)).toEqual(['gemini', 'gemini', 'gemini']);
      expect(fresh.notes.rollouts).toEqual(['0 true']);

      delete world.store.values.rollback;
      await world.time.pass(rollout.refreshSeconds * 1000);
      const back = await sendTraffic(world, { callers: [fresh], count: 1, every: 0 });
      expect(back[0]?.answers[0]?.provider).toBe('azure');
      expect(fresh.notes.rollouts).toEqual(['0 true', '100 false']);
    }),
  );

  test(
    'that cannot be written holds in the process that saw the breach',
    inWorld(async (world) => {
      world.store.latch = async () => {
        throw new Error('AccessDenied');
      };
      const caller = world.makeCaller();
      world.azure.faults = () => ({ kind: 'answer', reply: serverError() });
      await sendTraffic(world, { callers: [caller], count: 60, every: 200 });
      world.azure.faults = () => undefined;
      await world.time.pass(120_000);
      const sent = await sendTraffic(world, { callers: [caller], count: 2, every: 20_000 });
      expect(sent.map(({ answers }) => answers[0]?.provider)).toEqual(['gemini', 'gemini']);
      expect(world.trouble).toEqual(['rollback not latched']);
    }),
  );
});

test(
  'the breaker leaves Azure alone for a minute, then tries it out with one call at a time',
  inWorld(async (world) => {
    const { azure, time } = world;
    // Fewer calls than the rollback judges.
    const caller = world.makeCaller();
    azure.faults = () => ({ kind: 'answer', reply: { status: 404, body: {} } });
    await sendTraffic(world, { callers: [caller], count: 5, every: 100 });
    expect(caller.notes.breakers).toEqual(['azure standard open']);
    let requests = 0;
    azure.faults = () => {
      requests += 1;
      return { kind: 'slow', first: 300, between: 0 };
    };
    await sendTraffic(world, { callers: [caller], count: 3, every: 15_000 });
    expect(requests).toBe(0);
    await time.pass(31_000);
    const sent = await sendTraffic(world, { callers: [caller], count: 4, every: 0 });
    expect(sent.map(({ answers }) => answers[0]?.provider).sort()).toEqual(['azure', 'gemini', 'gemini', 'gemini']);
    await sendTraffic(world, { callers: [caller], count: 1, every: 0 });
    expect(caller.notes.breakers).toEqual(['azure standard open', 'azure standard half-open', 'azure standard closed']);
    expect(requests).toBe(2);
  }),
);
