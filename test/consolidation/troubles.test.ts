import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  conflictingRow,
  loseSlot,
  orphanPrepared,
  schemaChange,
  strikes,
} from '../../lib/consolidate/rehearsal/faults';
import { passBack, passForward } from '../../lib/consolidate/rehearsal/pass';
import { databaseName } from '../../lib/consolidate/rehearsal/schema';
import { back, forward, underLoad, useStage } from './support';

const stage = useStage({ settings: { leaseMs: 3_000, reachMs: 14_000 } });
const waitsForMaintenance =
  "select from pg_locks where relation = 'app.unique_only'::regclass and mode = 'ShareUpdateExclusiveLock' and not granted";

test('a conflict that stops the apply is set aside, and the replication goes on', async () => {
  const fault = conflictingRow('before:the target catches up', 'in-the-way');
  const { at, hit } = strikes(stage(), [fault]);
  const pass = await forward(stage(), { at });
  expect(hit).toEqual([fault]);
  expect(pass.stops.filter((code) => code === 'apply-stopped')).toEqual([]);
  expect(await stage().query('target', "select value from app.unique_only where code = 'in-the-way'")).toEqual([
    { value: 1 },
  ]);
  expect(
    await stage().query(
      'target',
      `select value from consolidation_quarantine."app.unique_only" where consolidation_why = 'conflict'`,
    ),
  ).toEqual([{ value: -1 }]);
  await back(stage());
}, 240_000);

test('a path that stays cut is told as such, and the run goes on when it is mended', async () => {
  const path = stage().paths.source;
  let cut = false;
  const told: string[] = [];
  const pass = await forward(stage(), {
    at(point) {
      if (point !== 'before:the target catches up' || cut) return;
      cut = true;
      path.cut();
    },
    async onStop({ code, message = '' }) {
      told.push(message);
      path.heal();
      return code === 'path-cut';
    },
  });
  expect(cut).toBe(true);
  expect(told).toEqual([
    expect.stringMatching(/^forward leg: the target has not connected to the source for \d+ s\.$/),
  ]);
  expect(pass.last.position).toBe('retain');
  await back(stage());
}, 240_000);

test('DDL during replication stops the tool with the name of what changed, and goes on when both are the same', async () => {
  const fault = schemaChange('after:every table follows on the target');
  const { at, hit } = strikes(stage(), [fault]);
  const told: string[] = [];
  await forward(stage(), {
    at,
    async onStop({ code, message = '' }) {
      told.push(message);
      if (code !== 'schema-drift') return false;
      await stage().query('target', "alter table app.orders add column if not exists gift text default 'none'");
      return true;
    },
  });
  expect(hit).toEqual([fault]);
  expect(told[0]).toMatch(/app\.orders\.gift is missing on the target/);
  await back(stage());
}, 240_000);

test('an orphan prepared transaction keeps the fence away until somebody ends it', async () => {
  const fault = orphanPrepared('before:fence the source', 'orphan');
  const { at, hit } = strikes(stage(), [fault]);
  const codes: (string | undefined)[] = [];
  await forward(stage(), {
    at,
    async onStop({ code, message = '' }) {
      codes.push(code);
      expect(message).toMatch(/orphan/);
      expect(await stage().openSides()).toEqual(['source']);
      await stage().query('source', "rollback prepared 'orphan'");
      return true;
    },
  });
  expect(hit).toEqual([fault]);
  expect(codes).toHaveLength(1);
  await back(stage());
}, 240_000);

test('the fence waits for maintenance of a table without keeping writers waiting', async () => {
  const { servers, authority, query } = stage();
  let wrote: Promise<void> | undefined;
  const pass = await forward(stage(), {
    async at(point) {
      if (point !== 'before:fence the source' || wrote) return;
      const maintenance = await servers.source.connect(databaseName, authority);
      await maintenance.query('begin');
      await maintenance.query('lock table app.unique_only in share update exclusive mode');
      wrote = (async () => {
        try {
          while ((await query('source', waitsForMaintenance)).length === 0) await sleep(20);
          await query('source', "set statement_timeout = '2s'; insert into app.unique_only values ('meanwhile', 1)");
        } finally {
          await maintenance.query('rollback');
          await maintenance.end();
        }
      })();
    },
  });
  await wrote;
  expect(pass.last.state?.phases['fence-source']?.evidence).toMatchObject({ ended: 0 });
  expect(await query('target', "select value from app.unique_only where code = 'meanwhile'")).toEqual([{ value: 1 }]);
  await back(stage());
}, 240_000);

test('a slot that the source gave up is told, and the run begins again', async () => {
  const fault = loseSlot('before:the target catches up');
  const { at, hit } = strikes(stage(), [fault]);
  await underLoad(stage(), 'source', async () => {
    await expect(passForward(stage(), { at })).rejects.toThrow(/slot-lost: The source has given up the slot/);
    expect(hit).toEqual([fault]);
    await stage().query('source', 'alter system reset max_slot_wal_keep_size');
    await stage().query('source', 'select pg_reload_conf()');
    await passBack(stage());
  });
}, 240_000);

test('a runner that lost its lease changes nothing more', async () => {
  await underLoad(stage(), 'target', async () => {
    let second: Promise<unknown> | undefined;
    let held: unknown;
    const first = await passForward(stage(), {
      async at(point, tool) {
        if (point !== 'before:open the target' || second) return;
        held = await stage().tool({ name: 'run' });
        tool.signal('SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, 3_500));
        second = passForward(stage());
        await second;
        tool.signal('SIGCONT');
      },
      onStop: async ({ code }) => code === 'lease-lost' || code === 'stale-epoch',
    });
    expect(held).toMatchObject({ ended: 'stopped', code: 'lease-held' });
    expect(second).toBeDefined();
    expect(first.stops.filter((code) => code === 'lease-lost' || code === 'stale-epoch')).toHaveLength(1);
  });
  await back(stage());
}, 240_000);

test('a state that is lost inside the outage is taken up from the servers', async () => {
  let lost = false;
  const pass = await forward(stage(), {
    at(point, tool) {
      if (point !== 'done:drain' || lost) return;
      lost = true;
      tool.kill();
      rmSync(stage().world.stateDirectory, { recursive: true });
    },
  });
  expect(lost).toBe(true);
  expect(pass.last.state?.phases.replicate?.evidence).toEqual({ found: 'on the servers' });
}, 240_000);
