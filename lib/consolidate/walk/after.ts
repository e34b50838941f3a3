import { noteFact } from '../database/control';
import { applicationSessions, removeFence } from '../database/fence';
import { dropLeg, legs, untilFollows } from '../database/legs';
import { ConsolidationStop } from '../errors';
import { factsOf } from '../facts';
import { sides } from '../phases';
import { assertSameSchema, type PhaseContext, type PhaseDefinition } from './context';
import { watchLeg } from './watch-leg';

export const soak: PhaseDefinition = {
  id: 'soak',
  async act(context) {
    const { databases, settings, state, world, step } = context;
    const { reverse, lagBytes } = await step('the source follows the target', () => assertReverseHealthy(context));
    await step('same schema', () => assertSameSchema(context));
    const strays = await databases.read('source', (session) => applicationSessions(session, world.applicationRoles));
    if (strays.length > 0) {
      throw new ConsolidationStop(
        'sessions-remain',
        `Sessions on the source: ${strays.map(({ text }) => text).join(', ')}.`,
      );
    }
    const openedAt = factsOf(await context.facts(), 'target', state.runId)?.openedAt;
    const left = Date.parse(openedAt ?? new Date().toISOString()) + settings.soakMs - Date.now();
    if (left > 0) {
      const until = new Date(Date.now() + left).toISOString();
      throw new ConsolidationStop(
        'soaking',
        `The target serves since ${openedAt}; the soak ends at ${until}. All is well.`,
      );
    }
    return { tables: reverse - 1, lagBytes };
  },
};

/** A leg that is away for a moment, as after a restart, is waited for. */
async function assertReverseHealthy(context: PhaseContext): Promise<{ reverse: number; lagBytes: number }> {
  const { databases, settings } = context;
  const leg = legs.reverse;
  const facts = await untilFollows(databases, leg, settings.reachMs, watchLeg(context, leg));
  const lagBytes = facts.lagBytes ?? 0;
  if (lagBytes > settings.caughtUpBytes * 100) {
    throw new ConsolidationStop('apply-stopped', `The reverse leg does not keep up: it is ${lagBytes} bytes behind.`);
  }
  return { reverse: facts.relations, lagBytes };
}

const finalSnapshot = (runId: string): string => `consolidation-${runId}-source-final`;

export const retain: PhaseDefinition = {
  id: 'retain',
  async act({ world: { instances }, databases, state, step }) {
    const snapshot = await step('final snapshot of the source', () =>
      instances.ensureSnapshot('source', finalSnapshot(state.runId)),
    );
    for (const side of sides) await step(`protect the ${side}`, () => instances.protect(side));
    await databases.change('target', (session) => noteFact(session, 'retainedAt'));
    return { snapshot: snapshot.identifier, encrypted: snapshot.encrypted };
  },
};

export const retire: PhaseDefinition = {
  id: 'retire',
  async enter({ world: { instances }, state }) {
    const snapshot = await instances.describeSnapshot(finalSnapshot(state.runId));
    if (snapshot?.status !== 'available') {
      throw new ConsolidationStop('snapshot-missing', `The final snapshot is ${snapshot?.status ?? 'not there'}.`);
    }
  },
  async act({ databases, step }) {
    await dropLeg(databases, legs.reverse, step);
    await step('take the fence off the target', () => removeFence(databases, 'target'));
    // The source stays fenced: a client that was forgotten is refused, not heard by nobody.
    for (const side of ['source', 'target'] as const) {
      await databases.change(side, (session) => noteFact(session, 'retiredAt'));
    }
    return {};
  },
};
