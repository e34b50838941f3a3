import { type Control, readControl } from './database/control';
import { type FenceState, readFence } from './database/fence';
import { follows, type LegFacts, legs, readLeg } from './database/legs';
import type { Databases } from './database/sessions';
import { type AnyPhaseId, type PhaseId, phaseIds, type Side, sides } from './phases';
import type { RunState } from './state';

export interface SideFacts {
  readonly control?: Control;
  readonly fence: FenceState;
  /** Tables that writers can still reach. */
  readonly unfenced: readonly string[];
}

/** What is so, whatever the state says. */
export interface Facts {
  readonly source: SideFacts;
  readonly target: SideFacts;
  readonly forward: LegFacts;
  readonly reverse: LegFacts;
}

export async function readFacts(databases: Databases): Promise<Facts> {
  const [[source, target], forward, reverse] = await Promise.all([
    Promise.all(
      sides.map((side) =>
        databases.read(side, async (session): Promise<SideFacts> => {
          const control = await readControl(session);
          const { state, unfenced } = await readFence(session);
          return { ...(control && { control }), fence: state, unfenced };
        }),
      ),
    ),
    readLeg(databases, legs.forward),
    readLeg(databases, legs.reverse),
  ]);
  if (!source || !target) throw new Error('Two sides were asked.');
  return { source, target, forward, reverse };
}

/** A control row counts for the run that made it alone. */
const ofRun = (facts: Facts, side: Side, runId: string) => {
  const control = facts[side].control;
  return control?.runId === runId ? control.facts : undefined;
};

/** Both servers take writes though one of them was closed before. */
export function bothOpen(facts: Facts, { runId }: Pick<RunState, 'runId'>): boolean {
  const everClosed = ofRun(facts, 'target', runId)?.resetAt !== undefined;
  return everClosed && facts.source.fence !== 'closed' && facts.target.fence !== 'closed';
}

/**
 * Whether a phase's outcome is there, by what the servers say. Each speaks for itself only while the later ones have not
 * taken its traces away, so {@link position} asks from the end. Phases that leave no trace in a database are known by
 * the state alone.
 */
const outcomes: Readonly<Record<PhaseId, (facts: Facts, state: RunState) => boolean>> = {
  survey: (_, state) => finished(state, 'survey'),
  prepare: (facts, { runId }) => sides.every((side) => ofRun(facts, side, runId) !== undefined),
  // Once it was opened by this run, it is no longer for this phase to close it.
  'close-target': (facts, state) =>
    outcomes.prepare(facts, state) && (facts.target.fence === 'closed' || targetWasOpen(facts, state)),
  quarantine: (facts, state) =>
    outcomes['close-target'](facts, state) && ofRun(facts, 'target', state.runId)?.quarantinedAt !== undefined,
  reset: (facts, state) =>
    outcomes['close-target'](facts, state) && ofRun(facts, 'target', state.runId)?.resetAt !== undefined,
  replicate: (facts, state) => outcomes.reset(facts, state) && follows(facts.forward),
  'catch-up': (facts, state) => outcomes.replicate(facts, state) && finished(state, 'catch-up'),
  'fence-source': (facts, state) =>
    outcomes.reset(facts, state) && facts.source.fence === 'closed' && facts.forward.subscription,
  drain: (facts, state) => outcomes.reset(facts, state) && facts.source.fence === 'closed' && isDrained(facts, state),
  'reverse-leg': (facts, state) => outcomes.drain(facts, state) && follows(facts.reverse),
  open: (facts, state) =>
    facts.source.fence === 'closed' &&
    facts.target.fence === 'open' &&
    ofRun(facts, 'target', state.runId)?.openedAt !== undefined &&
    finished(state, 'open'),
  soak: (facts, state) => outcomes.open(facts, state) && finished(state, 'soak'),
  retain: (facts, state) => outcomes.open(facts, state) && finished(state, 'retain'),
  retire: (facts, { runId }) => ofRun(facts, 'target', runId)?.retiredAt !== undefined,
};

/** Up to the fence that stands now, not up to an earlier one that was opened again. */
function isDrained(facts: Facts, { runId }: RunState): boolean {
  const fence = ofRun(facts, 'source', runId)?.fence;
  return fence !== undefined && ofRun(facts, 'target', runId)?.drained === fence;
}

const finished = ({ phases }: RunState, phase: AnyPhaseId): boolean => phases[phase]?.finishedAt !== undefined;

/** The last phase whose outcome is there; undefined when not even the survey is done. */
export const position = (facts: Facts, state: RunState): PhaseId | undefined =>
  phaseIds.findLast((phase) => outcomes[phase](facts, state));

/** Clients may have written to the target: going back must carry that along. */
export const targetWasOpen = (facts: Facts, { runId }: Pick<RunState, 'runId'>): boolean =>
  ofRun(facts, 'target', runId)?.openedAt !== undefined;

export const factsOf = ofRun;
