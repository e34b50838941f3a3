import { setTimeout as sleep } from 'node:timers/promises';
import { RedisConnection } from '../../../lambda/huntaze-rate-limiter/redis-connection';
import { type BucketLimits, type TakeRequest, TokenBuckets } from '../../../lambda/huntaze-rate-limiter/token-buckets';
import { startValkey, type Valkey } from '../../support/servers/valkey';

let valkey: Valkey;
let admin: Awaited<ReturnType<Valkey['connect']>>;
const connections: RedisConnection[] = [];

beforeAll(async () => {
  valkey = await startValkey();
  admin = await valkey.connect();
}, 120_000);

beforeEach(() => admin.flushAll());

afterAll(async () => {
  for (const connection of connections) connection.close();
  admin.destroy();
  await valkey.stop();
});

const slow: BucketLimits = { capacity: 10, tokensPerWindow: 10, windowSeconds: 600 };
const ample: BucketLimits = { capacity: 1_000, tokensPerWindow: 1_000, windowSeconds: 1 };

function bucketsOf(global: BucketLimits, user: BucketLimits = ample): TokenBuckets {
  const connection = new RedisConnection({ host: valkey.host, port: valkey.port, onError: () => undefined });
  connections.push(connection);
  return new TokenBuckets(connection, { global, user });
}

const request = (id: string, more: Partial<TakeRequest> = {}): TakeRequest => ({
  originalId: id,
  owner: `run:${id}`,
  turnAt: 0,
  waited: [],
  ...more,
});

async function kinds(buckets: TokenBuckets, requests: readonly TakeRequest[]): Promise<string[]> {
  return (await Promise.all(requests.map((one) => buckets.take(one)))).map(({ kind }) => kind);
}

const many = (count: number, name = 'm', more: Partial<TakeRequest> = {}): TakeRequest[] =>
  Array.from({ length: count }, (_, index) => request(`${name}-${index}`, more));

describe('never more tokens than the buckets hold', () => {
  test('500 callers over eight connections at once get ten tokens of ten', async () => {
    const callers = Array.from({ length: 8 }, () => bucketsOf(slow));
    const answers = await Promise.all(
      many(500).map((one, index) => (callers[index % callers.length] as TokenBuckets).take(one)),
    );
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(10);
  });

  test('callers that never stop asking get the capacity and what grows meanwhile', async () => {
    const limits = { capacity: 20, tokensPerWindow: 100, windowSeconds: 1 };
    const callers = Array.from({ length: 4 }, () => bucketsOf(limits));
    const started = Date.now();
    let granted = 0;
    let id = 0;
    await Promise.all(
      callers.flatMap((buckets) =>
        Array.from({ length: 8 }, async () => {
          while (Date.now() - started < 1_500) {
            id += 1;
            if ((await buckets.take(request(`busy-${id}`, { waited: ['global'] }))).kind === 'granted') granted += 1;
          }
        }),
      ),
    );
    const elapsed = (Date.now() - started) / 1000;
    expect(granted).toBeLessThanOrEqual(20 + Math.ceil(elapsed * 100));
    expect(granted).toBeGreaterThan(20 + 100);
  });

  test('a bucket that takes longer to fill than two windows is not forgotten full', async () => {
    // Two windows are one second; with the old expiry of two windows, forty tokens would be back after it.
    const limits = { capacity: 40, tokensPerWindow: 1, windowSeconds: 0.5 };
    const buckets = bucketsOf(limits);
    expect(await kinds(buckets, many(40))).not.toContain('wait');
    await sleep(1_300);
    const later = await kinds(buckets, many(40, 'later'));
    expect(later.filter((kind) => kind === 'granted').length).toBeLessThanOrEqual(3);
  });

  test('a clock that went back gives no tokens', async () => {
    const buckets = bucketsOf(slow);
    await kinds(buckets, many(10));
    await admin.hSet('rate_limit:onlyfans:global', 'timestamp', String(Date.now() + 3_600_000));
    expect(await kinds(buckets, many(3, 'later'))).toEqual(['wait', 'wait', 'wait']);
  });
});

describe('both buckets or neither', () => {
  const two: BucketLimits = { capacity: 2, tokensPerWindow: 1, windowSeconds: 600 };
  const tokens = async (bucket: string) => Number((await admin.hGet(`rate_limit:onlyfans:${bucket}`, 'tokens')) ?? -1);

  test("one user's burst leaves the global bucket to others", async () => {
    const buckets = bucketsOf(slow, two);
    const answers = await kinds(buckets, many(8, 'a', { userId: 'a' }));
    expect(answers.filter((kind) => kind === 'granted')).toHaveLength(2);
    expect(await tokens('global')).toBeCloseTo(8, 1);
    expect(await kinds(buckets, many(2, 'b', { userId: 'b' }))).toEqual(['granted', 'granted']);
  });

  test('an empty global bucket takes nothing from the user', async () => {
    const buckets = bucketsOf({ ...slow, capacity: 1 }, two);
    expect(await kinds(buckets, many(3, 'a', { userId: 'a' }))).toEqual(['granted', 'wait', 'wait']);
    expect(await tokens('user:a')).toBeCloseTo(1, 1);
  });

  test('a message without a user passes the global bucket alone', async () => {
    await kinds(bucketsOf(slow, two), many(3));
    expect(await admin.keys('rate_limit:onlyfans:user:*')).toEqual([]);
  });
});

describe('the line', () => {
  test('turns lie one token apart', async () => {
    const buckets = bucketsOf({ capacity: 1, tokensPerWindow: 10, windowSeconds: 60 });
    await buckets.take(request('first'));
    const waits: number[] = [];
    for (const one of many(4)) {
      const decision = await buckets.take(one);
      if (decision.kind === 'wait') waits.push(Math.round(decision.milliseconds / 1000));
    }
    expect(waits).toEqual([6, 12, 18, 24]);
  });

  test('a newcomer stands behind those who wait, and they find their token', async () => {
    const buckets = bucketsOf({ capacity: 1, tokensPerWindow: 10, windowSeconds: 2 });
    await buckets.take(request('first'));
    const waiting = request('waiting');
    const turn = await buckets.take(waiting);
    if (turn.kind !== 'wait') throw new Error(`expected a wait, got: ${turn.kind}`);
    await sleep(turn.milliseconds);
    // The token is there, and it is not the newcomer's.
    expect((await buckets.take(request('newcomer'))).kind).toBe('wait');
    const back = { ...waiting, turnAt: turn.turnAt, waited: [turn.line ?? 'user'] };
    expect((await buckets.take(back)).kind).toBe('granted');
  });

  test('a message back before its turn keeps it', async () => {
    const buckets = bucketsOf({ ...slow, capacity: 1 });
    await buckets.take(request('first'));
    const turn = await buckets.take(request('early'));
    if (turn.kind !== 'wait') throw new Error(`expected a wait, got: ${turn.kind}`);
    const again = await buckets.take(request('early', { turnAt: turn.turnAt, waited: ['global'] }));
    expect(again).toMatchObject({ kind: 'wait', turnAt: turn.turnAt });
    const next = await buckets.take(request('next'));
    expect(next).toMatchObject({ kind: 'wait', turnAt: turn.turnAt + 60_000 });
  });

  test.each([
    ['global', { ...slow, capacity: 1 }, { capacity: 1, tokensPerWindow: 10, windowSeconds: 60 }],
    ['user', { capacity: 1, tokensPerWindow: 10, windowSeconds: 60 }, { ...slow, capacity: 1 }],
  ] as const)('short of both, a message waits in the slower line alone: %s', async (line, global, user) => {
    const buckets = bucketsOf(global, user);
    await buckets.take(request('first', { userId: 'a' }));
    const decision = await buckets.take(request('second', { userId: 'a' }));
    expect(decision).toMatchObject({ kind: 'wait', line });
    expect(decision.kind === 'wait' && Math.round(decision.milliseconds / 1000)).toBe(60);
    expect(
      await admin.hExists(line === 'global' ? 'rate_limit:onlyfans:user:a' : 'rate_limit:onlyfans:global', 'line'),
    ).toBe(0);
  });

  test("one user's backlog takes no turns in everybody's line", async () => {
    const buckets = bucketsOf(slow, { capacity: 1, tokensPerWindow: 1, windowSeconds: 600 });
    await kinds(buckets, many(200, 'a', { userId: 'a' }));
    expect((await buckets.take(request('b', { userId: 'b' }))).kind).toBe('granted');
  });
});

describe('a message has its effect once', () => {
  test('two copies at once: one is let through, the other waits for the first to end', async () => {
    const callers = Array.from({ length: 10 }, () => bucketsOf(slow));
    const answers = await Promise.all(
      callers.map((buckets, index) => buckets.take(request('same', { owner: `run-${index}` }))),
    );
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'wait' && answer.milliseconds <= 5_000)).toHaveLength(9);
  });

  test('a copy of a finished message is done, and costs no token', async () => {
    const buckets = bucketsOf({ ...slow, capacity: 2 });
    await buckets.take(request('same'));
    await buckets.complete('same');
    expect((await buckets.take(request('same', { owner: 'copy' }))).kind).toBe('done');
    expect((await buckets.take(request('other'))).kind).toBe('granted');
  });

  test('a repetition by the same run costs no second token', async () => {
    const buckets = bucketsOf({ ...slow, capacity: 1 });
    expect((await buckets.take(request('same'))).kind).toBe('granted');
    expect((await buckets.take(request('same'))).kind).toBe('granted');
  });

  test('a released message can be taken again; a claim of another run cannot be released', async () => {
    const buckets = bucketsOf(slow);
    await buckets.take(request('same', { owner: 'one' }));
    await buckets.release('same', 'two');
    expect((await buckets.take(request('same', { owner: 'two' }))).kind).toBe('wait');
    await buckets.release('same', 'one');
    expect((await buckets.take(request('same', { owner: 'two' }))).kind).toBe('granted');
  });

  test('a claim ends with its lease, and the mark of a finished message outlives the queue', async () => {
    const buckets = bucketsOf(slow);
    await buckets.take(request('same'));
    expect(await admin.pTTL('rate_limit:onlyfans:message:same')).toBeLessThanOrEqual(60_000);
    await buckets.complete('same');
    expect(await admin.ttl('rate_limit:onlyfans:message:same')).toBeGreaterThan(4 * 24 * 3600);
  });
});

test('nothing stays in Redis for ever', async () => {
  const buckets = bucketsOf({ ...slow, capacity: 1 });
  await kinds(buckets, many(5, 'a', { userId: 'a' }));
  for (const key of await admin.keys('*')) expect([key, await admin.pTTL(key)]).toEqual([key, expect.any(Number)]);
  expect(await Promise.all((await admin.keys('*')).map((key) => admin.pTTL(key)))).not.toContain(-1);
});
