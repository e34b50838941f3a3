import { masterUser } from '../../lib/consolidate/rehearsal/schema';
import { back, forward, useStage } from './support';

const stage = useStage({ settings: { outageBudgetMs: 5_000, leaseMs: 30_000 } });

test('a drain that does not come to an end opens the source again by itself, and the next fence succeeds', async () => {
  const path = stage().paths.source;
  let cut = false;
  const told: (string | undefined)[] = [];
  await forward(stage(), {
    at(point) {
      // Before the fence: its token travels in a moment, and what has arrived needs no path.
      if (point !== 'before:fence the source' || cut) return;
      cut = true;
      path.cut();
    },
    async onStop({ code }) {
      told.push(code);
      // Nobody did anything: the tool did.
      expect(await stage().openSides()).toEqual(['source']);
      path.heal();
      return code === 'outage-budget';
    },
  });
  expect(cut).toBe(true);
  expect(told).toEqual(['outage-budget']);
  await back(stage());
}, 600_000);

test('where the tool may, the fence refuses statements that change the schema as well', async () => {
  for (const side of ['source', 'target'] as const) await stage().query(side, `alter role ${masterUser} superuser`);
  const tried: unknown[] = [];
  const pass = await forward(stage(), {
    async at(point) {
      if (point !== 'before:drain into the target') return;
      tried.push(
        await stage()
          .query('source', 'create table app.late (id int)')
          .catch(({ code }) => code),
      );
    },
  });
  expect(tried).toEqual(['25006']);
  expect(pass.last.state?.phases['fence-source']?.evidence).toMatchObject({ ddlRefused: true });
  await back(stage());
  await stage().query('source', 'create table app.late (id int)');
  await stage().query('source', 'drop table app.late');
}, 600_000);
