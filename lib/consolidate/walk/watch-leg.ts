import { setConflictsAside } from '../conflicts';
import { assertSlot, type Leg, type LegFacts } from '../database/legs';
import { ConsolidationStop } from '../errors';
import { assertRoom } from '../trouble';
import { assertSameSchema, type PhaseContext } from './context';

/** Errors of workers after which somebody asks why. */
const errorsAtATime = 3;
/**
 * Milliseconds within which a worker that only fails connects again: wal_retrieve_retry_interval is 5 s. A path that is
 * cut shows by then, and costs the apply and every copy an error meanwhile, at once.
 */
const connectsWithinMs = 12_000;

/**
 * Looks at a leg while somebody waits for it, and tells trouble that waiting cures (a path that is cut for a moment, a row
 * in the way, which is set aside) from trouble that it does not.
 *
 * @returns what to call with each new reading of the leg
 * @throws ConsolidationStop `slot-lost`, `path-cut`, `storage-full`, `schema-drift`, `apply-stopped`
 */
export const watchLeg = (context: PhaseContext, leg: Leg): LegWatch =>
  watchWorkers(context, leg, () => cureFailingWorkers(context, leg));

type LegWatch = (facts: LegFacts) => Promise<void>;

/** @param cure - finds out why workers fail, and says whether it could be cured */
export function watchWorkers(
  { settings, note }: Pick<PhaseContext, 'settings' | 'note'>,
  leg: Leg,
  cure: () => Promise<boolean>,
): LegWatch {
  const { name, publisher, subscriber } = leg;
  const began = Date.now();
  let errors: number | undefined;
  let asked = 0;
  let lastErrorAt = 0;
  let puzzledSince: number | undefined;
  let told = false;
  return async (facts) => {
    assertSlot(leg, facts);
    // What was so before somebody looked says nothing: both may have been down.
    const away = facts.enabled ? Math.min(facts.slotIdleMs ?? 0, Date.now() - began) : 0;
    if (away > connectsWithinMs) {
      if (away > settings.reachMs) {
        throw new ConsolidationStop(
          'path-cut',
          `${name} leg: the ${subscriber} has not connected to the ${publisher} for ${Math.round(away / 1000)} s.`,
        );
      }
      if (!told) note(`${name} leg: the ${subscriber} does not reach the ${publisher}; waits for it.`);
      told = true;
      errors = undefined;
      puzzledSince = undefined;
      return;
    }
    told = false;
    const total = facts.applyErrors + facts.syncErrors;
    if (errors === undefined) asked = total;
    else if (total > errors) {
      if (Date.now() - lastErrorAt > connectsWithinMs) puzzledSince = undefined;
      lastErrorAt = Date.now();
    }
    errors = total;
    if (total < asked + errorsAtATime) return;
    asked = total;
    if (await cure()) {
      puzzledSince = undefined;
      return;
    }
    puzzledSince ??= Date.now();
    if (Date.now() - puzzledSince <= connectsWithinMs) return;
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
async function cureFailingWorkers(context: PhaseContext, leg: Leg): Promise<boolean> {
  await assertRoom(context.world, leg.subscriber);
  await assertSameSchema(context);
  const { databases, state, note } = context;
  const conflicts = await setConflictsAside(databases, leg, state.runId);
  if (conflicts.length === 0) return false;
  const rows = conflicts.map(({ table, keys }) => `${table} ${keys.slice(0, 5).join(' ')}`);
  note(`Rows of the ${leg.subscriber} stood in the way of the replication and were set aside: ${rows.join('; ')}.`);
  return true;
}
