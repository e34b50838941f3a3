import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { justBehind, redoDoneAt } from '../../../lib/consolidate/aws/another-instance';
import type { DeployGuard } from '../../../lib/consolidate/aws/deploy-guard';
import type { LegReading } from '../../../lib/consolidate/aws/telemetry';
import { watchLegs } from '../../../lib/consolidate/aws/watch';
import { openDatabases } from '../../../lib/consolidate/database/sessions';
import type { StrategyRun, World } from '../../../lib/consolidate/ports';
import { type Stage, setStage } from '../../../lib/consolidate/rehearsal/stage';
import { rehearsalWorld } from '../../../lib/consolidate/rehearsal/world-file';
import type { RunState } from '../../../lib/consolidate/state';
import type { AnotherInstance } from '../../../lib/consolidate/strategies/another';
import { seeded } from '../../../lib/consolidate/strategies/seeded';
import { snapshotCopy } from '../../../lib/consolidate/strategies/snapshot-copy';
import { newState } from '../../unit/consolidate/aws/state';

/** A run of one strategy, on two real servers under load. The target's place is where the new instance comes up. */
interface Scene {
  readonly stage: Stage;
  readonly world: World;
  readonly another: AnotherInstance;
  readonly state: RunState;
  readonly done: string[];
  readonly run: StrategyRun;
  /** Which servers took writes, look by look, while the new instance was there. */
  readonly bothOpen: string[];
}

const confirmed = { 'fence-source': '2026-11-24T12:00:00.000Z', open: '2026-11-24T12:00:00.000Z' };

async function setScene(at: (step: string) => void = () => undefined): Promise<Scene> {
  const stage = await setStage({ amount: { rows: 1_000, bulkTables: 1 } });
  const { source, target } = stage.servers;
  await target.stop();
  let restored = false;
  const plain = rehearsalWorld(stage.world);
  const world: World = {
    ...plain,
    instances: {
      ...plain.instances,
      describe: async (side) => ({
        ...(await plain.instances.describe(side)),
        ...(side === 'target' && { kmsKeyId: 'key', status: 'available' }),
      }),
      // What a snapshot of a volume is: the files of one moment, as after a power cut.
      async ensureSnapshot(side, identifier) {
        const known = await plain.instances.describeSnapshot(identifier);
        if (known?.status === 'available') return known;
        await source.stop('SIGKILL');
        rmSync(target.data, { recursive: true, force: true });
        execFileSync('cp', ['-a', source.data, target.data]);
        await source.start();
        return plain.instances.ensureSnapshot(side, identifier);
      },
    },
  };
  const guard: DeployGuard = {
    forbid: async () => void done.push('stack policy forbids'),
    admit: async () => undefined,
    state: async () => 'forbidden',
  };
  const done: string[] = [];
  const another: AnotherInstance = {
    guard,
    worldWith: async () => world,
    maker: {
      copyEncrypted: async (_, to) => ({
        identifier: to,
        instance: '',
        kind: 'manual',
        status: 'available',
        encrypted: true,
      }),
      async restore(_, identifier) {
        if (!restored) {
          target.configure([`port = ${target.port}`]);
          await target.start();
          restored = true;
        }
        return { ...(await world.instances.describe('target')), identifier };
      },
      replayedUpTo: async () =>
        redoDoneAt(target.logText().split('database system was interrupted').at(-1) ?? '') ?? '',
    },
  };
  const state = newState({
    runId: `c-20261124-120000-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`,
    instances: stageInstances(stage),
    confirmed,
  });
  const bothOpen: string[] = [];
  const run: StrategyRun = {
    world,
    state,
    step: async (name, work) => {
      at(name);
      const result = await work();
      done.push(name);
      if (restored && done.includes('close the copy')) {
        const open = await stage.openSides();
        if (open.length > 1) bothOpen.push(name);
      }
      return result;
    },
    forbidDeploys: async (reason) => void done.push(`state: ${reason}`),
  };
  return { stage, world, another, state, done, run, bothOpen };
}

const target = (stage: Stage) => stage.servers.target;

const stageInstances = ({ world }: Stage): RunState['instances'] => ({
  source: { identifier: 'huntaze-postgres-production', database: world.servers.source?.database ?? '' },
  target: { identifier: 'huntaze-postgres-production-encrypted', database: world.servers.target?.database ?? '' },
});

test('seeded replication: a leg that starts behind the last replayed record repeats nothing and leaves nothing out', async () => {
  const { stage, world, another, run, done, bothOpen } = await setScene();
  try {
    const load = await stage.startLoad();
    const evidence = await seeded(another).run?.(run);
    const report = await load.stop();
    expect(done.slice(0, 2)).toEqual([expect.stringContaining('Deploys are forbidden until'), 'stack policy forbids']);
    expect(evidence).toMatchObject({
      instance: 'huntaze-postgres-production-consolidated-'.concat(run.state.runId.slice(-4)),
    });
    expect(await stage.serving()).toBe('target');
    expect(await stage.openSides()).toEqual(['target']);
    expect(bothOpen).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(50);
    expect(await stage.judge('target')).toEqual({
      acknowledged: report.acknowledged,
      lost: 0,
      risen: 0,
      unbalanced: 0,
    });
    // The way back is there: the old source follows.
    const [reverse] = await stage.query<{ n: number }>(
      'target',
      `select count(*)::int as n from pg_replication_slots where slot_name = 'consolidation_reverse'`,
    );
    expect(reverse?.n).toBe(1);
    // A watch hears it, with nothing to send and nobody who runs.
    const heard: LegReading[] = [];
    const ended = new AbortController();
    await watchLegs({
      databases: openDatabases(
        (side) => world.database(side),
        () => undefined,
      ),
      telemetry: async (reading) => void heard.push(reading),
      print: () => ended.abort(),
      signal: ended.signal,
    });
    expect(heard).toEqual([{ heartbeatAgeSeconds: expect.any(Number), lagBytes: expect.any(Number) }]);
    expect(heard[0]?.heartbeatAgeSeconds).toBeLessThan(15);
    // Nothing was applied twice: the engine would set such a row aside and go on, but the server writes it down.
    expect(target(stage).logText()).not.toMatch(/duplicate key|conflict/);
    expect(justBehind(String((evidence as { replayed: string }).replayed))).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  } finally {
    await stage.stop();
  }
}, 180_000);

test('snapshot copy: killed after the restore and run again, writers wait and nothing is lost', async () => {
  let kills = 0;
  const { stage, another, run, done } = await setScene((step) => {
    if (step === 'compare every table' && kills === 0) {
      kills += 1;
      throw new Error('killed');
    }
  });
  try {
    const load = await stage.startLoad();
    await expect(snapshotCopy(another).run?.(run)).rejects.toThrow('killed');
    // The copy came up with the fence of the source: nobody can write anywhere.
    expect(await stage.openSides()).toEqual([]);
    const evidence = await snapshotCopy(another).run?.(run);
    expect(evidence).toMatchObject({ compared: { tables: expect.any(Number), rows: expect.any(Number) } });
    expect(done.filter((step) => step === 'snapshot of the source')).toHaveLength(2);
    expect(await stage.serving()).toBe('target');
    expect(await stage.openSides()).toEqual(['target']);
    const again = await snapshotCopy(another).run?.(run);
    expect(again).toMatchObject({ compared: 'before' });
    const report = await load.stop();
    expect(await stage.judge('target')).toEqual({
      acknowledged: report.acknowledged,
      lost: 0,
      risen: 0,
      unbalanced: 0,
    });
  } finally {
    await stage.stop();
  }
}, 180_000);
