import { readTables, replicated } from '../database/catalogue';
import { flushedUpTo, setFact, writeToken } from '../database/control';
import { createLeg, type Leg, legs, readLeg, untilFollows } from '../database/legs';
import { parseLsn } from '../database/pgoutput';
import { identifier } from '../database/quoting';
import { until } from '../database/sessions';
import { hasWitness } from '../database/touched';
import { ConsolidationStop } from '../errors';
import { factsOf } from '../facts';
import { type AheadResult, type Difference, verifyAhead, verifyMeanwhile } from '../verify';
import { assertSameSchema, type PhaseContext, type PhaseDefinition } from './context';
import { watchLeg } from './watch-leg';

/** Makes what is missing of the leg, and waits until every table follows. */
export async function establish(context: PhaseContext, leg: Leg, copy: boolean, limitMs: number): Promise<void> {
  const { databases, world, step, note } = context;
  const [address, { database }] = await Promise.all([
    world.replicationAddress(leg.publisher),
    world.database(leg.publisher),
  ]);
  await createLeg(databases, leg, { address, database, copy, step });
  await step(`${leg.name} relations`, () => includeNewTables(context, leg, copy));
  await step(`every table follows on the ${leg.subscriber}`, () => {
    const watch = watchLeg(context, leg);
    let told = 0;
    return untilFollows(databases, leg, limitMs, async (facts) => {
      await watch(facts);
      if (Date.now() - told < 5_000) return;
      told = Date.now();
      note(`${leg.name} leg: ${facts.ready} of ${facts.relations} tables follow`);
    });
  });
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

/** Waits until the leg is behind by little. */
export async function caughtUp(context: PhaseContext, leg: Leg): Promise<void> {
  const { databases, settings, step } = context;
  await step(`the ${leg.subscriber} catches up`, async () => {
    // A worker that fails is little behind at first: what is written now must arrive as well.
    const wanted = parseLsn(await databases.read(leg.publisher, flushedUpTo));
    const watch = watchLeg(context, leg);
    let looks = 0;
    await until(
      `the ${leg.subscriber} is less than ${settings.caughtUpBytes} bytes behind`,
      { limitMs: settings.copyLimitMs, everyMs: 250 },
      async () => {
        const facts = await readLeg(databases, leg);
        await watch(facts);
        if (looks % 4 === 0) await databases.change(leg.publisher, (session) => writeToken(session, 'heartbeat'));
        looks += 1;
        const arrived = parseLsn(facts.confirmedLsn ?? '0/0') >= wanted;
        if (facts.slotActive && arrived && (facts.lagBytes ?? Infinity) < settings.caughtUpBytes) return true;
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

/** Rows that are compared within the outage in a moment. */
const fewRows = 1_000;
const mostRounds = 4;

/**
 * Compares what changed since the comparison ahead, then what changed during that, and so on until little is left for the
 * outage, which then does not grow with the tables.
 *
 * @throws ConsolidationStop `differs`
 */
export async function compareMeanwhile({ databases, step }: PhaseContext, leg: Leg): Promise<void> {
  await step(`compare what changed on the ${leg.publisher} meanwhile`, async () => {
    for (let round = 0; round < mostRounds; round += 1) {
      const { keys, differences } = await verifyMeanwhile(databases, leg);
      assertEqual(differences);
      if (keys <= fewRows) return;
    }
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
