import { passBack, passForward } from '../../lib/consolidate/rehearsal/pass';
import { underLoad, useStage } from './support';

const stage = useStage();

/** Where the run is left, from the fence on; the way back starts there. */
const places = [
  'after:fence the source',
  'done:fence-source',
  'after:drain into the target',
  'done:drain',
  'after:reverse subscription',
  'done:reverse-leg',
  'after:open the target',
  'after:point clients to the target',
  'done:open',
  'done:soak',
  'done:retain',
] as const;

test.each(places)(
  'the way back from %s loses nothing',
  async (place) => {
    let reached = false;
    await underLoad(stage(), 'source', async () => {
      await expect(
        passForward(stage(), {
          at(point, tool) {
            if (point !== place) return;
            reached = true;
            tool.kill();
            throw new Error('left here');
          },
        }),
      ).rejects.toThrow('left here');
      await passBack(stage());
    });
    expect(reached).toBe(true);
    for (const side of ['source', 'target'] as const) {
      expect(await stage().query(side, 'select slot_name from pg_replication_slots')).toEqual([]);
    }
  },
  180_000,
);

test('a fence that is taken back keeps the replication going', async () => {
  await underLoad(stage(), 'target', async () => {
    await expect(
      passForward(stage(), {
        at(point, tool) {
          if (point !== 'done:fence-source') return;
          tool.kill();
          throw new Error('left here');
        },
      }),
    ).rejects.toThrow('left here');
    expect(await stage().openSides()).toEqual([]);
    expect(await stage().tool({ name: 'rollback', keepLeg: true })).toMatchObject({
      ended: 'done',
      position: 'catch-up',
    });
    expect(await stage().openSides()).toEqual(['source']);
    const pass = await passForward(stage());
    expect(pass.steps.map(({ title }) => title)).not.toContain('empty the target');
  });
}, 180_000);
