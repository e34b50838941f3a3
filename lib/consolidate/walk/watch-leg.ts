import { setConflictsAside } from '../conflicts';
import { type Leg, type LegFacts, slotLost } from '../database/legs';
import { ConsolidationStop } from '../errors';
import { assertRoom } from '../trouble';
import { assertSameSchema, type PhaseContext } from './context';

/** Errors of workers after which somebody asks why. A path that is cut costs the apply and each copy one at once. */
const errorsAtATime = 3;
/** Times in a row that nobody found out why. */
const mostUnexplained = 2;
/** Milliseconds within which a worker that only fails connects again: wal_retrieve_retry_interval is 5 s. */
const connectsWithinMs = 12_000;

/**
 * Looks at a leg while somebody waits for it, and tells trouble that waiting cures (a path that is cut for a moment, a row
 * in the way, which is set aside) from trouble that it does not.
 *
 * @returns what to call with each new reading of the leg
 * @throws ConsolidationStop `slot-lost`, `path-cut`, `storage-full`, `schema-drift`, `apply-stopped`
 */
export function watchLeg(
  context: Pick<PhaseContext, 'settings' | 'note'>,
  leg: Leg,
  explain: () => Promise<boolean>,
): (facts: LegFacts) => Promise<void> {
  const { settings, note } = context;
  const { name, publisher, subscriber } = leg;
  const began = Date.now();
  let counted: number | undefined;
  let unexplained = 0;
  let told = false;
  return async (facts) => {
    if (facts.slotStatus === 'lost' || !facts.slot) throw slotLost(leg);
    // What was so before somebody looked says nothing: both may have been down.
    const away = facts.enabled ? Math.min(facts.slotIdleMs ?? 0, Date.now() - began) : 0;
    const errors = facts.applyErrors + facts.syncErrors;
    if (away > connectsWithinMs) {
      if (away > settings.reachMs) {
        throw new ConsolidationStop(
          'path-cut',
          `${name} leg: the ${subscriber} has not connected to the ${publisher} for ${Math.round(away / 1000)} s.`,
        );
      }
      if (!told) note(`${name} leg: the ${subscriber} does not reach the ${publisher}; waits for it.`);
      told = true;
      counted = errors;
      unexplained = 0;
      return;
    }
    told = false;
    counted ??= errors;
    if (errors < counted + errorsAtATime) return;
    counted = errors;
    unexplained = (await explain()) ? 0 : unexplained + 1;
    if (unexplained < mostUnexplained) return;
    throw new ConsolidationStop(
      'apply-stopped',
      `${name} leg: the ${subscriber} cannot apply what the ${publisher} sends, and why is in its log.`,
    );
  };
}

/**
 * Finds out why workers fail. A row that stands in the way is set aside.
 *
 * @returns whether it was cured
 * @throws ConsolidationStop `storage-full`, `schema-drift`
 */
export async function cureFailingWorkers(context: PhaseContext, leg: Leg): Promise<boolean> {
  await assertRoom(context.world, leg.subscriber);
  await assertSameSchema(context);
  const { databases, state, note } = context;
  const conflicts = await setConflictsAside(databases, leg, state.runId);
  if (conflicts.length === 0) return false;
  const rows = conflicts.map(({ table, keys }) => `${table} ${keys.slice(0, 5).join(' ')}`);
  note(`Rows of the ${leg.subscriber} stood in the way of the replication and were set aside: ${rows.join('; ')}.`);
  return true;
}
