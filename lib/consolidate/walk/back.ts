import { noteFact } from '../database/control';
import { fence, unfence } from '../database/fence';
import { assertSlot, dropLeg, legs, readLeg } from '../database/legs';
import { endWitness } from '../database/touched';
import { ConsolidationStop } from '../errors';
import { type Facts, factsOf, targetWasOpen } from '../facts';
import { type BackPhaseId, sides } from '../phases';
import type { Evidence, RunState } from '../state';
import type { PhaseContext } from './context';
import { drainLeg, endSessions, newToken } from './cutover';
import { caughtUp, compareAhead, compareMeanwhile } from './follow';

export interface BackPhase {
  readonly id: BackPhaseId;
  readonly title: string;
  /** Whether the world needs it. */
  needed(facts: Facts, state: RunState): boolean;
  act(context: PhaseContext): Promise<Evidence>;
}

const reopened = (facts: Facts, { runId }: RunState): boolean =>
  factsOf(facts, 'source', runId)?.reopenedAt !== undefined;

/** Clients wrote to the target, and the source does not have all of it yet. */
const owes = (facts: Facts, state: RunState): boolean => targetWasOpen(facts, state) && !reopened(facts, state);

/** The way back: each is asked whether the world needs it, so that it may be stopped anywhere and called again. */
export const backPhases: readonly BackPhase[] = [
  {
    id: 'back-fence',
    title: 'close the target',
    needed: (facts, state) => owes(facts, state) && facts.target.fence !== 'closed',
    async act(context) {
      const { databases, world, step } = context;
      assertSlot(legs.reverse, await readLeg(databases, legs.reverse));
      await caughtUp(context, legs.reverse);
      await compareAhead(context, legs.reverse);
      await compareMeanwhile(context, legs.reverse);
      const closed = await step('fence the target', () =>
        fence(databases, { side: 'target', token: newToken('back'), applicationRoles: world.applicationRoles }),
      );
      return { ...closed };
    },
  },
  {
    id: 'back-drain',
    title: 'drain the target into the source, verify',
    needed: (facts, { runId, ...state }) =>
      owes(facts, { runId, ...state }) &&
      factsOf(facts, 'source', runId)?.drained !== factsOf(facts, 'target', runId)?.fence,
    act: async (context) => ({ ...(await drainLeg(context, legs.reverse)) }),
  },
  {
    id: 'back-open',
    title: 'open the source and switch clients back',
    needed: () => true,
    async act(context): Promise<Evidence> {
      const { databases, world, step, state } = context;
      const facts = await context.facts();
      if (!reopened(facts, state)) {
        if (targetWasOpen(facts, state) && facts.target.fence !== 'closed') {
          throw new ConsolidationStop('both-open', 'The target takes writes: the source stays closed.');
        }
        await step('open the source', () => unfence(databases, 'source', 'reopenedAt'));
      }
      const before = await world.endpoint.current();
      if (before === 'source' && !targetWasOpen(facts, state)) return {};
      const endpoint = await step('point clients to the source', () => world.endpoint.point('source'));
      const deployments = await step('deploy the services anew', () => world.endpoint.redeploy());
      const sessionsEnded = await step('no session remains on the target', () => endSessions(context, 'target'));
      return { endpoint, deployments, sessionsEnded };
    },
  },
  {
    id: 'back-legs',
    title: 'take the replication away',
    needed: () => true,
    async act({ databases, step }) {
      for (const leg of [legs.reverse, legs.forward]) await dropLeg(databases, leg, step);
      for (const side of sides) {
        await step(`end the run on the ${side}`, async () => {
          await endWitness(databases, side);
          await databases.change(side, (session) => noteFact(session, 'abandonedAt'));
        });
      }
      return {};
    },
  },
];
