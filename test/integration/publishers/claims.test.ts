import { ClaimsTable, LeaseLost, type Taken } from '../../../lambda/shared/publishing/claims';
import { tables, World } from './world';

jest.setTimeout(60_000);

const leaseMs = 60_000;
const result = { platformId: 't3_1', at: '2025-12-01T09:00:00.000Z' };
let world: World;
let claims: ClaimsTable;
let count = 0;

beforeAll(async () => {
  world = await World.create();
  claims = new ClaimsTable(world.dynamo, tables.pubkeys);
});

afterAll(() => world.destroy());

const nextKey = () => {
  count += 1;
  return { postId: `claimed-${count}`, platform: 'reddit' as const };
};

async function taken(key: ReturnType<typeof nextKey>, turn = 0) {
  const outcome: Taken<unknown> = await claims.take(key, turn, leaseMs);
  if (outcome.kind !== 'taken') throw new Error(`The claim is not free, got: ${outcome.kind}.`);
  return outcome.claim;
}

test('fifty takers at once: one gets it, the others learn for how long it is held', async () => {
  const key = nextKey();
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => claims.take(key, 0, leaseMs)));
  expect(outcomes.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
  const held = outcomes.flatMap((outcome) => (outcome.kind === 'held' ? [outcome.seconds] : []));
  expect(held).toHaveLength(49);
  expect(Math.min(...held)).toBeGreaterThan(60);
  expect(Math.max(...held)).toBeLessThanOrEqual(71);
});

test('a lease ends by itself, with what its holder saved', async () => {
  const key = nextKey();
  const first = await taken(key);
  await claims.save(first, { step: 1 });
  world.advance(71);
  const second = await taken(key);
  expect(second.progress).toEqual({ step: 1 });
  await expect(claims.save(first, { step: 2 })).rejects.toThrow(LeaseLost);
  await expect(claims.complete(first, result)).rejects.toThrow(LeaseLost);
  await expect(claims.release(first)).rejects.toThrow(LeaseLost);
  expect(await world.claim(key.postId, 'reddit')).toMatchObject({ state: 'submitted', progress: { step: 1 } });
});

test('a failure lets go of it at once', async () => {
  const key = nextKey();
  await claims.release(await taken(key));
  expect((await taken(key)).progress).toBeUndefined();
});

test('nothing saved is claimed, something saved is submitted, and it can be taken back', async () => {
  const key = nextKey();
  const claim = await taken(key);
  const states: unknown[] = [(await world.claim(key.postId, 'reddit'))?.state];
  await claims.save(claim, { step: 1 });
  states.push((await world.claim(key.postId, 'reddit'))?.state);
  await claims.save(claim, undefined);
  const item = await world.claim(key.postId, 'reddit');
  expect([...states, item?.state]).toEqual(['claimed', 'submitted', 'claimed']);
  expect(item).not.toHaveProperty('progress');
});

test('posted is for good, and kept for seven days', async () => {
  const key = nextKey();
  await claims.complete(await taken(key), result);
  world.advance(3600);
  expect(await claims.take(key, 7, leaseMs)).toEqual({ kind: 'posted', result });
  const { ttl } = (await world.claim(key.postId, 'reddit')) as { ttl: number };
  expect(ttl).toBeCloseTo(Date.now() / 1000 - 3600 + 7 * 86_400, -2);
});

test('once a later message is announced, earlier ones find nothing to do, until it is overdue', async () => {
  const key = nextKey();
  await claims.release(await taken(key, 0), { turn: 1, dueInSeconds: 600 });
  expect(await claims.take(key, 0, leaseMs)).toEqual({
    kind: 'superseded',
    seconds: expect.closeTo(600 + 30 * 60, -1),
  });
  await claims.release(await taken(key, 1), { turn: 2, dueInSeconds: 600 });
  expect(await claims.take(key, 1, leaseMs)).toMatchObject({ kind: 'superseded' });
  world.advance(600 + 29 * 60);
  expect(await claims.take(key, 0, leaseMs)).toMatchObject({ kind: 'superseded' });
  world.advance(2 * 60);
  expect(await claims.take(key, 0, leaseMs)).toMatchObject({ kind: 'taken' });
});

test('a claim of the version before leases stays as it is', async () => {
  const key = nextKey();
  const item = { pk: `${key.postId}#reddit`, ttl: 4_000_000_000 };
  await world.put(tables.pubkeys, item);
  expect(await claims.take(key, 0, leaseMs)).toEqual({ kind: 'legacy' });
  expect(await world.claim(key.postId, 'reddit')).toEqual(item);
});

test('what is published belongs to one post', async () => {
  const [first, second] = [nextKey(), nextKey()];
  expect(await claims.own(first, 't3_owned')).toBe(true);
  expect(await claims.own(second, 't3_owned')).toBe(false);
  expect(await claims.own(first, 't3_owned')).toBe(true);
});
