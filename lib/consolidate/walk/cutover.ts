import { randomBytes } from 'node:crypto';
import { flushedUpTo, hasToken, setFact } from '../database/control';
import { applicationSessions, fence, unfence } from '../database/fence';
import { assertSlot, dropLeg, type Leg, legs, readLeg } from '../database/legs';
import { until } from '../database/sessions';
import { endWitness } from '../database/touched';
import { ConsolidationStop, type StopCode } from '../errors';
import { factsOf } from '../facts';
import type { Side } from '../phases';
import { moveSequences, sequencesBehind } from '../sequences';
import { survey } from '../survey';
import { untilComplete, verifyTouched } from '../verify';
import { assertNothingStands } from './before';
import { assertSameSchema, type PhaseContext, type PhaseDefinition } from './context';
import { assertEqual, caughtUp, compareAhead, comparedAhead, compareMeanwhile, establish } from './follow';

export const newToken = (what: string): string => `${what}-${randomBytes(6).toString('hex')}`;

export const fenceSource: PhaseDefinition = {
  id: 'fence-source',
  async enter({ databases, world, state }) {
    const { findings } = await survey(databases, world);
    assertNothingStands(findings, Object.keys(state.accepted));
  },
  async act(context) {
    const { databases, world, settings, step } = context;
    await step('same schema', () => assertSameSchema(context));
    await caughtUp(context, legs.forward);
    const age = await comparedAhead(context, legs.forward);
    if (age === undefined || age > settings.comparedForMs) await compareAhead(context, legs.forward);
    await compareMeanwhile(context, legs.forward);
    const closed = await step('fence the source', () =>
      fence(databases, { side: 'source', token: newToken('fence'), applicationRoles: world.applicationRoles }),
    );
    return { ...closed, at: new Date().toISOString() };
  },
};

/** Stops that another runner, not this one, has to answer for: it must not open the source behind that one's back. */
const notOurs: readonly StopCode[] = ['stale-epoch', 'lease-lost', 'other-run'];

export const drain: PhaseDefinition = {
  id: 'drain',
  async act(context) {
    const { step, note } = context;
    try {
      return await drainLeg(context, legs.forward);
    } catch (error) {
      if (error instanceof ConsolidationStop && notOurs.includes(error.code)) throw error;
      // Writers wait: nothing was written to the target, so the source may take them back at once.
      await step('open the source again', () => reopenSource(context));
      note('The source is open again. Nothing was lost, and the replication goes on.');
      if (!(error instanceof ConsolidationStop)) throw error;
      throw error.code === 'out-of-time'
        ? new ConsolidationStop('outage-budget', error.message)
        : new ConsolidationStop(error.code, `${error.message} The source is open again.`, error.remedy);
    }
  },
};

/** Only while the target was never open. */
export const reopenSource = ({ databases }: PhaseContext): Promise<void> =>
  unfence(databases, 'source', undefined, (session) => setFact(session, 'fence', undefined));

/**
 * Brings everything from the fenced publisher to the subscriber, and proves it: the fence's token has arrived, so has
 * every transaction before it; no table is still being copied; sequences stand beyond; what changed since the comparison
 * ahead is equal.
 */
export async function drainLeg(context: PhaseContext, leg: Leg) {
  const { databases, state, settings, step } = context;
  const { publisher, subscriber } = leg;
  const limitMs = settings.outageBudgetMs;
  const facts = await context.facts();
  const token = factsOf(facts, publisher, state.runId)?.fence;
  if (token === undefined || facts[publisher].fence !== 'closed') {
    throw new ConsolidationStop(
      'entry-check',
      `The ${publisher} is not fenced: ${facts[publisher].unfenced.join(', ')}.`,
    );
  }
  await step(`drain into the ${subscriber}`, async () => {
    await until(`the fence's token arrives on the ${subscriber}`, { limitMs, everyMs: 20 }, async () => {
      assertSlot(leg, await readLeg(databases, leg));
      return databases.read(subscriber, (session) => hasToken(session, token));
    });
    await untilComplete(databases, leg, await databases.read(publisher, flushedUpTo), limitMs);
  });
  const sequences = await step('move the sequences', () => moveSequences(databases, publisher));
  const compared = await step('compare what changed', async () => {
    const ahead = factsOf(facts, publisher, state.runId)?.comparedAhead !== undefined;
    const [result] = await Promise.all([verifyTouched(databases, leg, ahead), assertSameSchema(context)]);
    assertEqual(result.differences);
    const behind = await sequencesBehind(databases, publisher);
    if (behind.length > 0) throw new ConsolidationStop('differs', `Sequences stand behind: ${behind.join(', ')}.`);
    return result;
  });
  const views = await step('refresh materialized views', () => refreshViews(context, subscriber));
  await step(`the ${subscriber} is complete`, () =>
    databases.change(subscriber, (session) => setFact(session, 'drained', token)),
  );
  return { sequences, keys: compared.keys, whole: [...compared.whole], views };
}

/** In the order in which they were made: one may read another. */
const refreshViews = ({ databases }: PhaseContext, side: Side): Promise<number> =>
  databases.change(side, async (session) => {
    const views = await session.query<{ sql: string; owner: string }>(
      `select format('%I.%I', n.nspname, c.relname) as sql, quote_ident(pg_get_userbyid(c.relowner)) as owner
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' and c.relispopulated order by c.oid`,
    );
    for (const { sql } of views) await session.query(`refresh materialized view ${sql}`);
    return views.length;
  });

export const reverseLeg: PhaseDefinition = {
  id: 'reverse-leg',
  async act(context) {
    const { databases, settings } = context;
    // Beside the forward leg, which has nothing more to bring: each sends on only what was written on its own side.
    await establish(context, legs.reverse, false, settings.outageBudgetMs);
    return { tables: (await readLeg(databases, legs.reverse)).relations - 1 };
  },
};

export const open: PhaseDefinition = {
  id: 'open',
  async enter(context) {
    const { source } = await context.facts();
    if (source.fence !== 'closed') {
      throw new ConsolidationStop(
        'entry-check',
        `The source takes writes: ${source.unfenced.join(', ')}. The target stays closed.`,
      );
    }
  },
  async act(context) {
    const { databases, world, step } = context;
    await step('open the target', () => unfence(databases, 'target', 'openedAt'));
    const opened = new Date().toISOString();
    const endpoint = await step('point clients to the target', () => world.endpoint.point('target'));
    // The outage is over: what follows keeps nobody waiting.
    await dropLeg(databases, legs.forward, step);
    await step('end the witness', () => endWitness(databases, 'source'));
    const deployments = await step('deploy the services anew', () => world.endpoint.redeploy());
    const ended = await step('no session remains on the source', () => endSessions(context, 'source'));
    return { opened, endpoint, deployments, sessionsEnded: ended };
  },
};

/**
 * Ends the sessions of applications on the old server until none comes back for a while.
 *
 * @throws ConsolidationStop `sessions-remain` naming who keeps coming
 */
export async function endSessions({ databases, world, settings }: PhaseContext, side: Side): Promise<number> {
  let ended = 0;
  let quietSince = Date.now();
  let last: readonly string[] = [];
  const deadline = Date.now() + settings.sessionsGoneMs;
  for (;;) {
    const sessions = await databases.change(side, async (session) => {
      const found = await applicationSessions(session, world.applicationRoles);
      if (found.length > 0) {
        await session.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [
          found.map(({ pid }) => pid),
        ]);
      }
      return found;
    });
    if (sessions.length > 0) {
      ended += sessions.length;
      quietSince = Date.now();
      last = sessions.map(({ text }) => text);
    } else if (Date.now() - quietSince >= settings.sessionsQuietMs) return ended;
    if (Date.now() > deadline) {
      throw new ConsolidationStop(
        'sessions-remain',
        `Sessions keep coming to the ${side}: ${[...new Set(last)].join(', ')}.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
