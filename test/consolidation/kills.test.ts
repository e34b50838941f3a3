import type { Strike } from '../../lib/consolidate/rehearsal/tool';
import { back, forward, useStage } from './support';

/** Kills the tool the first time that it comes by a point: before and after every step, and before each result is stored. */
function killEverywhere(): { readonly at: Strike; readonly struck: ReadonlySet<string> } {
  const struck = new Set<string>();
  return {
    struck,
    at: (point, tool) => {
      if (struck.has(point)) return;
      struck.add(point);
      tool.kill();
    },
  };
}

const pairs = (struck: ReadonlySet<string>, prefix: string) =>
  [...struck]
    .filter((point) => point.startsWith(prefix))
    .map((point) => point.slice(prefix.length))
    .sort();

const stage = useStage();

test('forward: killed before and after every step', async () => {
  const { at, struck } = killEverywhere();
  const pass = await forward(stage(), { at });
  expect(pass.kills).toBe(struck.size);
  expect(new Set(pass.points)).toEqual(struck);
  expect(pairs(struck, 'before:')).toEqual(pairs(struck, 'after:'));
  expect(struck.size).toBeGreaterThan(90);
  expect(pass.last.position).toBe('retain');
}, 600_000);

test('back: killed before and after every step', async () => {
  const { at, struck } = killEverywhere();
  const pass = await back(stage(), { at });
  expect(pass.kills).toBe(struck.size);
  expect(pairs(struck, 'before:')).toEqual(pairs(struck, 'after:'));
  expect(struck.size).toBeGreaterThan(40);
}, 600_000);

test('forward once more, and retired: killed before and after every step', async () => {
  const { at, struck } = killEverywhere();
  const { runId } = await forward(stage());
  for (let starts = 0; ; starts += 1) {
    const result = await stage().tool({ name: 'retire', runId }, { at });
    if (result.ended === 'done') break;
    expect(result).toMatchObject({ ended: 'killed' });
    expect(starts).toBeLessThan(50);
  }
  expect(struck.size).toBeGreaterThan(8);
  expect(await stage().openSides()).toEqual(['target']);
  const left = await stage().query(
    'target',
    "select 1 from pg_replication_slots union all select 1 from pg_roles where rolname like 'consolidation%'",
  );
  expect(left).toEqual([]);
  expect(await stage().tool({ name: 'rollback' })).toMatchObject({ ended: 'stopped', code: 'nothing-to-undo' });
}, 300_000);
