import { readTables, replicated } from '../database/catalogue';
import { installControl, readControl } from '../database/control';
import { fence } from '../database/fence';
import { bucketsFor, countRows, differingBuckets, hashTable } from '../database/hashes';
import type { Databases } from '../database/sessions';
import { ConsolidationStop } from '../errors';
import type { PlanInput, Strategy, StrategyPlan, StrategyRun } from '../ports';
import type { Evidence } from '../state';
import { newToken, open } from '../walk/cutover';
import { type AnotherInstance, assertNeverOpen, makeAnother, objectionsTo, reopenSourceAlone } from './another';
import {
  admitDeploys,
  assertFlag,
  costOfAnotherInstance,
  databasesOf,
  forbidDeploys,
  namesOf,
  phaseContext,
  snapshotBasis,
} from './support';

/**
 * Closes the source, copies its snapshot under the key, restores the copy as another instance, and serves from it.
 *
 * Short and simple, and writers wait all the while. The copy takes the fence of the source along, so that it comes up
 * closed: there is no moment in which both take writes.
 */
export const snapshotCopy = (another: AnotherInstance): Strategy => ({
  id: 'snapshot-copy',
  title: 'encrypted copy of a snapshot, with an outage',
  replacesInstance: true,
  plan,
  run: (context) => run(another, context),
  assertWayBack: (context) => assertNeverOpen(another, context),
  async back(context) {
    await reopenSourceAlone(context);
    await admitDeploys(context, another.guard);
  },
});

function plan({ facts, findings }: PlanInput): StrategyPlan {
  const { source, target } = facts;
  return {
    strategy: 'snapshot-copy',
    title: 'encrypted copy of a snapshot, with an outage',
    steps: [
      { title: 'forbid deploys of the data stack', outage: false },
      { title: `close ${source.identifier} to writers`, outage: true },
      { title: 'snapshot of the closed source', outage: true },
      { title: `copy of the snapshot under the key of ${target.identifier}`, outage: true },
      { title: 'restore the copy as another instance, which comes up closed', outage: true },
      { title: 'compare every table', outage: true },
      { title: 'open it, switch the secret, deploy services anew, see old sessions gone', outage: true },
      { title: 'import the instance; deploys stay forbidden until then', outage: false },
    ],
    outage: { fromSeconds: 35 * 60, toSeconds: 90 * 60, basis: snapshotBasis },
    risks: findings.filter(({ gravity }) => gravity !== 'handled'),
    cost: costOfAnotherInstance,
    objections: objectionsTo(target),
    backLosesWrites: true,
  };
}

async function run(another: AnotherInstance, context: StrategyRun): Promise<Evidence> {
  const { world, state, step } = context;
  assertFlag(state, 'fence-source');
  const names = namesOf(state);
  const databases = databasesOf(world, state);
  await forbidDeploys(context, another.guard, names.instance);
  await step('control schema on the source', () => installControl(databases, 'source', state));
  const closed = await step('fence the source', () =>
    fence(databases, { side: 'source', token: newToken('fence'), applicationRoles: world.applicationRoles }),
  );
  const made = await makeAnother(another, context);
  // Once it was open it may hold more than the source.
  const wasOpen = await made.databases.read('target', readControl);
  const compared =
    wasOpen?.facts.openedAt === undefined
      ? await step('compare every table', () => compareEverything(made.databases))
      : undefined;
  assertFlag(state, 'open');
  const opened = await open.act(phaseContext(context, made.world));
  return { instance: names.instance, fenced: closed.lsn, compared: compared ?? 'before', opened };
}

/**
 * Every table of both servers, which nobody writes to.
 *
 * @throws ConsolidationStop `differs` naming the tables
 */
async function compareEverything(databases: Databases): Promise<{ tables: number; rows: number }> {
  const tables = replicated(await databases.read('source', readTables));
  let rows = 0;
  const differing: string[] = [];
  for (const table of tables) {
    const buckets = bucketsFor(table);
    const [here, there] = await Promise.all(
      (['source', 'target'] as const).map((side) =>
        databases.read(side, (session) => hashTable(session, table, buckets)),
      ),
    );
    if (!here || !there) throw new Error('Two sides were asked.');
    if (differingBuckets(here, there).length > 0) differing.push(table.label);
    rows += countRows(here);
  }
  if (differing.length > 0) {
    throw new ConsolidationStop('differs', `The copy does not hold what the source holds: ${differing.join(', ')}.`);
  }
  return { tables: tables.length, rows };
}
