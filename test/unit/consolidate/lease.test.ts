import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newRunId } from '../../../lib/consolidate/engine';
import { assertFree, HeldState } from '../../../lib/consolidate/lease';
import { StateConflictError } from '../../../lib/consolidate/ports';
import type { RunState } from '../../../lib/consolidate/state';
import { fileStore } from '../../../lib/consolidate/store/file-store';
import { newState } from './aws/state';

const state = newState({ runId: newRunId(), epoch: 4 });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'huntaze-lease-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const take = (holder: string, leaseMs = 10_000, atLeast = 0) => {
  const store = fileStore(directory);
  return store
    .read()
    .then((seen) => HeldState.take(store, seen ?? { state, version: 0 }, { holder, leaseMs, atLeast }));
};

test('each lease has an epoch above what state and servers have seen', async () => {
  const first = await take('a/1');
  expect(first.state.epoch).toBe(5);
  await first.release();
  const second = await take('b/1', 10_000, 41);
  expect(second.state).toMatchObject({ epoch: 42, lease: { holder: 'b/1' } });
  await second.release();
  expect((await fileStore(directory).read())?.state.lease).toBeUndefined();
});

test('a lease that lasts keeps another runner out', async () => {
  const held = await take('a/1');
  await expect(take('b/1')).rejects.toMatchObject({
    code: 'lease-held',
    message: expect.stringMatching(/^a\/1 holds the lease for \d+ s more/),
  });
  await held.release();
});

test.each<[what: string, lease: RunState['lease'], refused: boolean]>([
  ['none', undefined, false],
  ['run out', { holder: 'x/1', expiresAt: '2020-01-01T00:00:00.000Z' }, false],
  ['of this runner', { holder: 'me/1', expiresAt: '2099-01-01T00:00:00.000Z' }, false],
  [
    'of a process of this machine that is gone',
    { holder: `${hostname()}/999999999`, expiresAt: '2099-01-01T00:00:00.000Z' },
    false,
  ],
  ['of another machine', { holder: 'far/1', expiresAt: '2099-01-01T00:00:00.000Z' }, true],
])('a lease %s', (_, lease, refused) => {
  const look = () => assertFree({ ...state, ...(lease && { lease }) }, 'me/1', Date.now());
  if (refused) expect(look).toThrow('holds the lease');
  else expect(look).not.toThrow();
});

test('a runner whose lease was taken writes nothing more', async () => {
  const slow = await take('a/1', 50);
  await slow.release();
  const first = await take('a/1', 150);
  const store = fileStore(directory);
  const seen = await store.read();
  await store.write({ ...(seen?.state ?? state), updatedAt: state.createdAt }, seen?.version ?? 0);
  await expect(first.update((current) => current)).rejects.toMatchObject({ code: 'lease-lost' });
  await expect(first.update((current) => current)).rejects.toMatchObject({ code: 'lease-lost' });
  await first.release();
  expect((await store.read())?.version).toBe((seen?.version ?? 0) + 1);
});

test('a lease is renewed while the runner works', async () => {
  const held = await take('a/1', 2_000);
  await sleep(3_000);
  expect(() => held.assertHeld()).not.toThrow();
  await held.release();
});

describe('a state in files', () => {
  test('the version that was read is the condition', async () => {
    const store = fileStore(directory);
    expect(await store.read()).toBeUndefined();
    expect(await store.write(state, 0)).toBe(1);
    await expect(store.write(state, 0)).rejects.toThrow(StateConflictError);
    expect(await store.write({ ...state, epoch: 5 }, 1)).toBe(2);
    expect((await fileStore(directory).read())?.state.epoch).toBe(5);
  });

  test('of many writers at once, one wins', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => fileStore(directory).write(state, 0)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test.each([
    ['no JSON', '{', /is no JSON/],
    ['another schema', '{"schemaVersion":2}', /is no state of a run: schemaVersion/],
  ])('%s is refused by name', async (_, text, message) => {
    writeFileSync(join(directory, 'state.3.json'), text);
    await expect(fileStore(directory).read()).rejects.toMatchObject({
      code: 'state-corrupt',
      message: expect.stringMatching(message),
    });
  });
});
