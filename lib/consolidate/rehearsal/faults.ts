import { setTimeout as sleep } from 'node:timers/promises';
import type { Side } from '../phases';
import type { Stage } from './stage';
import type { StruckTool } from './tool';

/** Something that goes wrong at a named point. */
export interface Fault {
  readonly name: string;
  /** Point of the tool at which it strikes, the first time that the tool comes by. */
  readonly point: string;
  /** Resolves when it has struck; throws when it could not. */
  strike(stage: Stage, tool: StruckTool): Promise<void>;
}

const crash = async (stage: Stage, ...sides: Side[]): Promise<void> => {
  await Promise.all(sides.map((side) => stage.servers[side].stop('SIGKILL')));
  await sleep(200);
  await Promise.all(sides.map((side) => stage.servers[side].start()));
};

export const killTool = (point: string): Fault => ({
  name: 'SIGKILL of the tool',
  point,
  strike: async (_, tool) => tool.kill(),
});

export const crashServers = (point: string, ...sides: Side[]): Fault => ({
  name: `kill -9 of ${sides.join(' and ')}`,
  point,
  strike: (stage) => crash(stage, ...sides),
});

/** Cuts the path over which one server is followed, and heals it while the tool waits for what comes through it. */
export const cutPath = (point: string, side: Side, ms: number): Fault => ({
  name: `network cut of ${ms} ms on the path to the ${side}`,
  point,
  async strike(stage) {
    const path = stage.paths[side];
    path.cut();
    if (path.broken() === 0) throw new Error(`Nothing was connected over the path to the ${side}.`);
    setTimeout(() => path.heal(), ms);
  },
});

/** Ends the process that applies on one server, as the kernel would. */
export const killApplyWorker = (point: string, subscriber: Side): Fault => ({
  name: `kill -9 of the apply worker on the ${subscriber}`,
  point,
  async strike(stage) {
    const [worker] = await stage.query<{ pid: number }>(
      subscriber,
      "select pid from pg_stat_subscription where worker_type = 'apply' and pid is not null limit 1",
    );
    if (!worker) throw new Error(`No apply worker on the ${subscriber}.`);
    process.kill(worker.pid, 'SIGKILL');
    await sleep(300);
    // The postmaster restarts everything after such a death.
    await stage.servers[subscriber].start();
  },
});

/** A transaction that was prepared and forgotten. */
export const orphanPrepared = (point: string, gid: string): Fault => ({
  name: 'an orphan prepared transaction',
  point,
  async strike(stage) {
    await stage.query(
      'source',
      `begin; update app.accounts set balance = balance where id = 3; prepare transaction '${gid}'`,
    );
  },
});

/** A row on the closed target, where the replication wants to write its own. */
export const conflictingRow = (point: string, code: string): Fault => ({
  name: 'a conflict that stops the apply',
  point,
  async strike(stage) {
    await stage.query(
      'target',
      `set session_replication_role = replica; insert into app.unique_only values ('${code}', -1)`,
    );
    await stage.query('source', `insert into app.unique_only values ('${code}', 1)`);
    await until(async () => {
      const [row] = await stage.query<{ errors: number }>(
        'target',
        'select coalesce(sum(apply_error_count), 0)::int as errors from pg_stat_subscription_stats',
      );
      return (row?.errors ?? 0) > 0;
    }, 'the apply fails');
  },
});

/** Somebody migrates the source in the middle of it. */
export const schemaChange = (point: string): Fault => ({
  name: 'DDL during replication',
  point,
  async strike(stage) {
    await stage.query('source', "alter table app.orders add column gift text default 'none'");
  },
});

/** The source gives the slot up: nobody read it, and it may not hold so much log. */
export const loseSlot = (point: string): Fault => ({
  name: 'a slot invalidated on the source',
  point,
  async strike(stage) {
    stage.paths.source.cut();
    await stage.query('source', 'alter system set max_slot_wal_keep_size = 1');
    await stage.query('source', 'select pg_reload_conf()');
    await until(async () => {
      await stage.query(
        'source',
        'create temporary table t as select repeat(md5(i::text), 20) from generate_series(1, 200000) i',
      );
      await stage.query(
        'source',
        `select pg_logical_emit_message(false, 'rehearsal', repeat('x', 4000000)) from generate_series(1, 6)`,
      );
      await stage.query('source', 'select pg_switch_wal()');
      await stage.query('source', 'checkpoint');
      const [slot] = await stage.query<{ wal_status: string }>(
        'source',
        "select wal_status from pg_replication_slots where slot_name = 'consolidation_forward'",
      );
      return slot?.wal_status === 'lost';
    }, 'the slot is lost');
    stage.paths.source.heal();
  },
});

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`The fault did not hit, got: not within 30 s: ${what}.`);
    await sleep(100);
  }
}

/** Strikes each fault once, where it belongs, and remembers that it did. */
export function strikes(stage: Stage, faults: readonly Fault[]) {
  const hit: Fault[] = [];
  return {
    hit: hit as readonly Fault[],
    async at(point: string, tool: StruckTool): Promise<void> {
      for (const fault of faults) {
        if (fault.point !== point || hit.includes(fault)) continue;
        hit.push(fault);
        await fault.strike(stage, tool);
      }
    },
  };
}
