import { setConflictsAside } from '../conflicts';
import { readTables, replicated } from '../database/catalogue';
import { flushedUpTo, setFact, writeToken } from '../database/control';
import { createLeg, type Leg, legs, readLeg, slotLost, untilFollows } from '../database/legs';
import { parseLsn } from '../database/pgoutput';
import { identifier } from '../database/quoting';
import { until } from '../database/sessions';
import { hasWitness } from '../database/touched';
import { ConsolidationStop } from '../errors';
import { factsOf } from '../facts';
import { assertRoom } from '../trouble';
import { type AheadResult, type Difference, verifyAhead } from '../verify';
import { assertSameSchema, type PhaseContext, type PhaseDefinition } from './context';

/** Makes what is missing of the leg, and waits until every table follows. */
export async function establish(context: PhaseContext, leg: Leg, copy: boolean, limitMs: number): Promise<void> {
  const { databases, world, step, note } = context;
  const [address, { database }] = await Promise.all([
    world.replicationAddress(leg.publisher),
    world.database(leg.publisher),
  ]);
  await createLeg(databases, leg, { address, database, copy, step });
  await step(`${leg.name} relations`, () => includeNewTables(context, leg, copy));
  let told = 0;
  await step(`every table follows on the ${leg.subscriber}`, () =>
    untilFollows(databases, leg, limitMs, {
      onFacts: ({ ready, relations }) => {
        if (Date.now() - told < 5_000) return;
        told = Date.now();
        note(`${leg.name} leg: ${ready} of ${relations} tables follow`);
      },
      explain: () => explain(context, leg),
    }),
  );
}

/** A table that was made after the leg is copied by refreshing the subscription. */
async function includeNewTables({ databases }: PhaseContext, leg: Leg, copy: boolean): Promise<void> {
  const [facts, tables] = await Promise.all([
    readLeg(databases, leg),
    databases.read(leg.publisher, async (session) => replicated(await readTables(session))),
  ]);
  // The token table is one more.
  if (facts.relations === tables.length + 1) return;
  await databases.changeOutside(leg.subscriber, (session) =>
    session.query(`alter subscription ${identifier(leg.object)} refresh publication with (copy_data = ${copy})`),
  );
}

/**
 * Why a worker fails again and again. A row that stands in its way is set aside, and the waiting goes on.
 *
 * @throws ConsolidationStop `storage-full`, `schema-drift`
 */
async function explain(context: PhaseContext, leg: Leg): Promise<string | undefined> {
  await assertRoom(context.world, leg.subscriber);
  await assertSameSchema(context);
  const { databases, state, note } = context;
  const conflicts = await setConflictsAside(databases, leg, state.runId);
  if (conflicts.length > 0) {
    const rows = conflicts.map(({ table, keys }) => `${table} ${keys.slice(0, 5).join(' ')}`);
    note(`Rows of the ${leg.subscriber} stood in the way of the replication and were set aside: ${rows.join('; ')}.`);
    return undefined;
  }
  return `the ${leg.subscriber} cannot apply what the ${leg.publisher} sends, and why is in its log.`;
}

export const replicate: PhaseDefinition = {
  id: 'replicate',
  enter: assertSameSchema,
  async act(context) {
    const began = Date.now();
    await establish(context, legs.forward, true, context.settings.copyLimitMs);
    const { relations } = await readLeg(context.databases, legs.forward);
    return { tables: relations - 1, seconds: Math.round((Date.now() - began) / 100) / 10 };
  },
};

export const catchUp: PhaseDefinition = {
  id: 'catch-up',
  async act(context) {
    const { step } = context;
    await step('same schema', () => assertSameSchema(context));
    // Cheap when nothing is missing, and takes in tables that were made meanwhile.
    await establish(context, legs.forward, true, context.settings.copyLimitMs);
    await caughtUp(context, legs.forward);
    const ahead = await compareAhead(context, legs.forward);
    return { tables: ahead.tables, rows: ahead.rows, buckets: ahead.buckets, moving: ahead.moving };
  },
};

/** Waits until the leg is behind by little; a worker that fails is explained. */
export async function caughtUp(context: PhaseContext, leg: Leg): Promise<void> {
  const { databases, settings, step } = context;
  await step(`the ${leg.subscriber} catches up`, async () => {
    // A worker that fails is little behind at first: what is written now must arrive as well.
    const wanted = parseLsn(await databases.read(leg.publisher, flushedUpTo));
    let errors: number | undefined;
    let looks = 0;
    await until(
      `the ${leg.subscriber} is less than ${settings.caughtUpBytes} bytes behind`,
      { limitMs: settings.copyLimitMs, everyMs: 250 },
      async () => {
        const facts = await readLeg(databases, leg);
        if (facts.slotStatus === 'lost' || !facts.slot) throw slotLost(leg);
        if (looks % 4 === 0) await databases.change(leg.publisher, (session) => writeToken(session, 'heartbeat'));
        looks += 1;
        const arrived = parseLsn(facts.confirmedLsn ?? '0/0') >= wanted;
        if (facts.slotActive && arrived && (facts.lagBytes ?? Infinity) < settings.caughtUpBytes) return true;
        const total = facts.applyErrors + facts.syncErrors;
        errors ??= total;
        if (total >= errors + 3) {
          const reason = await explain(context, leg);
          if (reason !== undefined) throw new ConsolidationStop('apply-stopped', `${leg.name} leg: ${reason}`);
          errors = undefined;
        }
        return undefined;
      },
    );
  });
}

/**
 * Compares every table while writers write, and notes on the publisher that it did.
 *
 * @throws ConsolidationStop `differs`
 */
export async function compareAhead({ databases, step, note }: PhaseContext, leg: Leg): Promise<AheadResult> {
  return step(`compare ${leg.publisher} and ${leg.subscriber} ahead`, async () => {
    await databases.change(leg.publisher, (session) => setFact(session, 'comparedAhead', undefined));
    let told = Date.now();
    const result = await verifyAhead(databases, leg, (table) => {
      if (Date.now() - told < 5_000) return;
      told = Date.now();
      note(`compares ${table}`);
    });
    assertEqual(result.differences);
    await databases.change(leg.publisher, (session) => setFact(session, 'comparedAhead', new Date().toISOString()));
    return result;
  });
}

export function assertEqual(differences: readonly Difference[]): void {
  if (differences.length === 0) return;
  const rows = differences.map(
    ({ table, keys }) => `${table}: ${keys.length} row(s), such as ${keys.slice(0, 3).join(' ')}`,
  );
  throw new ConsolidationStop('differs', `Rows are not the same on both servers: ${rows.join('; ')}.`);
}

/** Whether a comparison ahead stands, and how old it is in milliseconds. */
export async function comparedAhead(context: PhaseContext, leg: Leg): Promise<number | undefined> {
  const facts = factsOf(await context.facts(), leg.publisher, context.state.runId);
  if (facts?.comparedAhead === undefined) return undefined;
  const witnessed = await context.databases.read(leg.publisher, hasWitness);
  return witnessed ? Date.now() - Date.parse(facts.comparedAhead) : undefined;
}
