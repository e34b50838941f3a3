import { setTimeout as sleep } from 'node:timers/promises';
import { back, forward, useStage } from './support';

const stage = useStage();

const target = (sql: string) => stage().query('target', sql);
const lookUp = (code: string) => `select value from app.unique_only where code = '${code}'`;
/** Past the fence, as somebody does who should not. */
const spoil = (code: string, value: number) =>
  target(`set session_replication_role = replica; update app.unique_only set value = ${value} where code = '${code}'`);

/** A row that the source has and the target got; then the target's is another. */
async function differing(code: string): Promise<void> {
  await stage().query('source', `insert into app.unique_only values ('${code}', 1)`);
  while ((await target(lookUp(code))).length === 0) await sleep(20);
  await spoil(code, 2);
}

test('what changed after the comparison ahead is compared before the fence, not in the outage', async () => {
  const written = 3_000;
  const pass = await forward(stage(), {
    async at(point) {
      if (point !== 'before:compare what changed on the source meanwhile') return;
      await stage().query(
        'source',
        `insert into app.unique_only select 'many-' || i, i from generate_series(1, ${written}) i on conflict do nothing`,
      );
    },
  });
  const { keys } = pass.last.state?.phases.drain?.evidence ?? {};
  expect(keys).toBeLessThan(written);
  expect(await target("select count(*)::int as count from app.unique_only where code like 'many-%'")).toEqual([
    { count: written },
  ]);
  await back(stage());
}, 240_000);

test.each([
  {
    when: 'before what changed is compared keeps the fence away',
    point: 'before:compare what changed on the source meanwhile',
    fenced: false,
  },
  {
    when: 'after that opens the source again',
    point: 'after:compare what changed on the source meanwhile',
    fenced: true,
  },
])(
  'a difference that comes about $when',
  async ({ point, fenced }) => {
    const code = fenced ? 'late' : 'early';
    let spoilt = false;
    const told: unknown[] = [];
    const pass = await forward(stage(), {
      async at(reached) {
        if (reached !== point || spoilt) return;
        spoilt = true;
        await differing(code);
      },
      async onStop({ code: stop, message = '', steps }) {
        told.push({ stop, fenced: steps.some(({ title }) => title === 'fence the source') });
        expect(message).toContain(`app.unique_only: 1 row(s), such as ["${code}"]`);
        expect(await stage().openSides()).toEqual(['source']);
        await spoil(code, 1);
        return true;
      },
    });
    expect(told).toEqual([{ stop: 'differs', fenced }]);
    expect(pass.last.position).toBe('retain');
    await back(stage());
  },
  240_000,
);
