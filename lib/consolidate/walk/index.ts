import type { PhaseId } from '../phases';
import { retain, retire, soak } from './after';
import { closeTarget, prepare, quarantinePhase, reset, surveyPhase } from './before';
import type { PhaseDefinition } from './context';
import { drain, fenceSource, open, reverseLeg } from './cutover';
import { catchUp, replicate } from './follow';

/** What each phase does, in their order. */
export const walk: Readonly<Record<PhaseId, PhaseDefinition>> = {
  survey: surveyPhase,
  prepare,
  'close-target': closeTarget,
  quarantine: quarantinePhase,
  reset,
  replicate,
  'catch-up': catchUp,
  'fence-source': fenceSource,
  drain,
  'reverse-leg': reverseLeg,
  open,
  soak,
  retain,
  retire,
};
