import { justBehind } from '../aws/another-instance';
import { controlSchema, readTables, replicated } from '../database/catalogue';
import { installControl, readControl } from '../database/control';
import { fence } from '../database/fence';
import { createLeg, legs, untilFollows } from '../database/legs';
import { identifier } from '../database/quoting';
import type { Databases } from '../database/sessions';
import type { PlanInput, Strategy, StrategyPlan, StrategyRun } from '../ports';
import type { Evidence } from '../state';
import { replicationParameters } from '../survey';
import { backPhases } from '../walk/back';
import { ensureReplicaIdentities } from '../walk/before';
import type { PhaseContext } from '../walk/context';
import { drain, fenceSource, open, reverseLeg } from '../walk/cutover';
import { catchUp } from '../walk/follow';
import { watchLeg } from '../walk/watch-leg';
import { type AnotherInstance, findMade, makeAnother, objectionsTo, reopenSourceAlone } from './another';
import {
  admitDeploys,
  assertFlag,
  becomeTarget,
  costOfAnotherInstance,
  databasesOf,
  forbidDeploys,
  namesOf,
  phaseContext,
  snapshotBasis,
} from './support';

/**
 * Starts from an encrypted copy of a snapshot instead of from a copy of rows, then follows the source as the default
 * strategy does: for databases whose first copy would take longer than their log can be kept.
 *
 * A slot is made first and keeps the log. The copy says, when it first starts, up to which record it replayed, and the
 * leg begins right behind that record: nothing is applied twice and nothing is left out. The comparison of every table
 * before the fence proves it.
 */
export const seeded = (another: AnotherInstance): Strategy => ({
  id: 'seeded-replication',
  title: 'replication that starts from an encrypted copy of a snapshot',
  replacesInstance: true,
  plan,
  run: (context) => run(another, context),
  back: (context) => back(another, context),
});

function plan({ facts: { source, target }, findings }: PlanInput): StrategyPlan {
  const unbounded = source.freeBytes !== undefined && source.freeBytes < source.allocatedBytes / 4;
  return {
    strategy: 'seeded-replication',
    title: 'replication that starts from an encrypted copy of a snapshot',
    steps: [
      { title: 'forbid deploys of the data stack', outage: false },
      { title: `publication and slot on ${source.identifier}, which keeps its log from here on`, outage: false },
      { title: 'snapshot, encrypted copy, restored as another instance', outage: false },
      { title: 'close it, and follow from the record behind the snapshot', outage: false },
      { title: 'catch up and compare every table', outage: false, phase: 'catch-up' },
      { title: 'fence the source', outage: true, phase: 'fence-source' },
      { title: 'drain, move sequences, verify', outage: true, phase: 'drain' },
      { title: 'start the reverse leg', outage: true, phase: 'reverse-leg' },
      { title: 'open it and switch clients', outage: true, phase: 'open' },
      { title: 'import the instance; deploys stay forbidden until then', outage: false },
    ],
    outage: { fromSeconds: 1, toSeconds: 5, basis: 'as with logical-replication: bench of the consolidation' },
    risks: findings.filter(({ gravity }) => gravity !== 'handled'),
    cost: costOfAnotherInstance,
    objections: [
      ...objectionsTo(target),
      ...(unbounded
        ? [
            `${source.identifier} has less than a quarter of its storage free, and its slot keeps the log for as long as snapshot, copy and restore take (${snapshotBasis}).`,
          ]
        : []),
    ],
    backLosesWrites: false,
  };
}

async function run(another: AnotherInstance, context: StrategyRun): Promise<Evidence> {
  const { world, state, step } = context;
  const names = namesOf(state);
  const databases = databasesOf(world, state);
  await forbidDeploys(context, another.guard, names.instance);
  const { rebootNeeded } = await step('parameters of the source', () =>
    world.instances.ensureReplicationParameters('source', replicationParameters),
  );
  if (rebootNeeded) await step('reboot the source', () => world.instances.reboot('source'));
  await step('replica identities of the source', () => ensureReplicaIdentities(databases, 'source'));
  await step('control schema on the source', () => installControl(databases, 'source', state));
  // Before the snapshot: the log that the leg will need is kept from here on.
  await step('publication and slot', () => keepLog(databases));
  const { world: moved, databases: inMoved } = await makeAnother(another, context);
  const replayed = await step('position of the copy', () => another.maker.replayedUpTo(names.instance));
  const phase = phaseContext(context, moved);
  const opened = (await inMoved.read('target', readControl))?.facts.openedAt !== undefined;
  if (!opened) {
    await step('close the copy', () =>
      fence(inMoved, { side: 'target', token: `closed-${state.runId}`, applicationRoles: world.applicationRoles }),
    );
    if ((await phase.facts()).source.fence !== 'closed') {
      await follow(phase, justBehind(replayed));
      await catchUp.act(phase);
      assertFlag(state, 'fence-source');
      await fenceSource.act(phase);
    }
    await drain.act(phase);
    await reverseLeg.act(phase);
    assertFlag(state, 'open');
  }
  const evidence = await open.act(phase);
  return { instance: names.instance, replayed, ...evidence };
}

/** The reverse leg carries back what was written to the instance that the run made; before there is one, nothing was. */
async function back(another: AnotherInstance, context: StrategyRun): Promise<void> {
  const { state } = context;
  const made = await findMade(another, state);
  if (made === undefined) await reopenSourceAlone(context, forgetLog);
  else {
    await becomeTarget(made.databases, state);
    const phase = phaseContext(context, made.world);
    for (const { needed, act } of backPhases) if (needed(await phase.facts(), state)) await act(phase);
  }
  await admitDeploys(context, another.guard);
}

async function forgetLog(databases: Databases): Promise<void> {
  const { object } = legs.forward;
  await databases.changeOutside('source', (session) =>
    session.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [
      object,
    ]),
  );
  await databases.change('source', (session) => session.query(`drop publication if exists ${identifier(object)}`));
}

/** What the forward leg has on the source, without anybody to read it yet. */
async function keepLog(databases: Databases): Promise<void> {
  const { object } = legs.forward;
  await databases.change('source', async (session) => {
    const [there] = await session.query('select from pg_publication where pubname = $1', [object]);
    if (there) return;
    const tables = replicated(await readTables(session)).map(({ sql }) => `only ${sql}`);
    await session.query(
      `create publication ${identifier(object)} for table ${[`${controlSchema}.token`, ...tables].join(', ')}`,
    );
  });
  await databases.changeOutside('source', async (session) => {
    const [there] = await session.query('select from pg_replication_slots where slot_name = $1', [object]);
    if (!there) await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [object]);
  });
}

async function follow(phase: PhaseContext, startAt: string): Promise<void> {
  const { world, databases, step } = phase;
  const leg = legs.forward;
  const [address, { database }] = await Promise.all([world.replicationAddress('source'), world.database('source')]);
  await createLeg(databases, leg, { address, database, copy: false, startAt, step });
  await step('every table follows', () => untilFollows(databases, leg, 600_000, watchLeg(phase, leg)));
}
