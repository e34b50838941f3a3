import { type LegFacts, legs } from '../../../lib/consolidate/database/legs';
import { defaultSettings } from '../../../lib/consolidate/walk/context';
import { watchWorkers } from '../../../lib/consolidate/walk/watch-leg';

const connected: LegFacts = {
  role: true,
  publication: true,
  published: 3,
  slot: true,
  slotActive: true,
  slotStatus: 'reserved',
  subscription: true,
  enabled: true,
  workers: 1,
  relations: 4,
  ready: 2,
  applyErrors: 0,
  syncErrors: 0,
};
const settings = { ...defaultSettings, reachMs: 60_000 };

function watched(explain: () => Promise<boolean> = async () => false) {
  const notes: string[] = [];
  const asked = jest.fn(explain);
  const look = watchWorkers({ settings, note: (line) => notes.push(line) }, legs.forward, asked);
  /** Some seconds later, this is seen. */
  const after = (seconds: number, facts: Partial<LegFacts> = {}) => {
    jest.advanceTimersByTime(seconds * 1000);
    return look({ ...connected, ...facts });
  };
  return { notes, asked, after };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const idle = (seconds: number) => ({ slotActive: false, workers: 0, slotIdleMs: seconds * 1000 });

test('a path that is cut for a moment costs every worker an error, and nobody is stopped', async () => {
  const { after, notes } = watched();
  await after(0);
  await after(1, { ...idle(1), applyErrors: 1, syncErrors: 2 });
  await after(5, { applyErrors: 1, syncErrors: 2 });
  await after(60, { applyErrors: 1, syncErrors: 2, ready: 4 });
  expect(notes).toEqual([]);
});

test('a cut that costs every copy an error within a second is waited for', async () => {
  const { after, notes } = watched();
  await after(0);
  for (let errors = 1; errors <= 20; errors += 1) await after(0.1, { ...idle(errors / 10), syncErrors: errors });
  await after(5, { syncErrors: 20 });
  await after(60, { syncErrors: 20 });
  for (let errors = 21; errors <= 40; errors += 1) await after(0.1, { ...idle(errors / 10 - 2), syncErrors: errors });
  await after(5, { syncErrors: 40 });
  expect(notes).toEqual([]);
});

test('a longer cut is told once, and its errors do not count', async () => {
  const { after, notes, asked } = watched();
  await after(0);
  for (let seconds = 13; seconds < 60; seconds += 5)
    await after(seconds === 13 ? 13 : 5, { ...idle(seconds), syncErrors: seconds });
  await after(1, { syncErrors: 60 });
  expect(notes).toEqual(['forward leg: the target does not reach the source; waits for it.']);
  expect(asked).not.toHaveBeenCalled();
});

test('a path that stays cut is told as such, with how long', async () => {
  const { after } = watched();
  await after(0);
  await after(40, idle(40));
  await expect(after(30, idle(70))).rejects.toMatchObject({
    code: 'path-cut',
    message: 'forward leg: the target has not connected to the source for 70 s.',
  });
});

test('how long a slot was idle before somebody looked does not count', async () => {
  const { after, notes } = watched();
  await after(0, idle(3_600));
  await after(5, idle(3_605));
  await after(1);
  expect(notes).toEqual([]);
});

test('a subscription that is switched off reaches nobody, and should not', async () => {
  const { after, notes } = watched();
  await after(0);
  await after(300, { ...idle(300), enabled: false });
  expect(notes).toEqual([]);
});

test('a worker that connects and fails again and again is stopped, when nobody finds out why', async () => {
  const { after, asked } = watched();
  await after(0);
  for (let errors = 1; errors <= 5; errors += 1) await after(5, { ...idle(4), applyErrors: errors });
  expect(asked).toHaveBeenCalledTimes(1);
  await expect(after(5, { ...idle(4), applyErrors: 6 })).rejects.toMatchObject({ code: 'apply-stopped' });
});

test('what is cured counts from the beginning', async () => {
  const { after, asked } = watched(async () => true);
  for (let errors = 0; errors <= 30; errors += 1) await after(5, { applyErrors: errors });
  expect(asked).toHaveBeenCalledTimes(10);
});

test.each([{ slotStatus: 'lost' }, { slot: false }])('a slot that is gone is told at once: %j', async (facts) => {
  await expect(watched().after(0, facts)).rejects.toMatchObject({ code: 'slot-lost' });
});
