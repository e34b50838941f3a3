/** The two servers. `source` is the plain instance that takes the writes; `target` the encrypted one. */
export const sides = ['source', 'target'] as const;
export type Side = (typeof sides)[number];

export const otherSide = (side: Side): Side => (side === 'source' ? 'target' : 'source');

/** Phases of the way forward, in their order. */
export const phaseIds = [
  'survey',
  'prepare',
  'close-target',
  'quarantine',
  'reset',
  'replicate',
  'catch-up',
  'fence-source',
  'drain',
  'reverse-leg',
  'open',
  'soak',
  'retain',
  'retire',
] as const;
export type PhaseId = (typeof phaseIds)[number];

/** Phases of the way back, in their order. Those that the world does not need are passed over. */
export const backPhaseIds = ['back-fence', 'back-drain', 'back-open', 'back-legs'] as const;
export type BackPhaseId = (typeof backPhaseIds)[number];
export type AnyPhaseId = PhaseId | BackPhaseId;

/** Phases that do what cannot be taken back in passing; each asks for its own flag with the run's id as its value. */
export const flaggedPhases = ['reset', 'fence-source', 'open', 'retire'] as const satisfies readonly PhaseId[];
export type FlaggedPhase = (typeof flaggedPhases)[number];

/** Command-line flag of a flagged phase, without its value. */
export const flagOf = {
  reset: '--reset',
  'fence-source': '--fence',
  open: '--open',
  retire: '--retire',
} as const satisfies Record<FlaggedPhase, string>;

/** What a person is told of a phase, and where its way back leads. */
export interface PhaseText {
  readonly title: string;
  /** Whether writers wait, or are refused, while it runs. */
  readonly outage: boolean;
  /** What `estate consolidate rollback` does when the run stands here. */
  readonly back: string;
}

const beforeReset = 'drops what the tool made; the target stays closed and keeps its contents';
const beforeFence =
  'drops the replication leg; the source serves as before; the old contents of the target are in its snapshot and in quarantine';
const opensSource = 'opens the source again: it holds every write, and the target was never open';
const losesNothing =
  'closes the target, drains the reverse leg into the source, verifies, switches clients back and opens the source: no write is lost';

export const phaseTexts: Readonly<Record<PhaseId, PhaseText>> = {
  survey: { title: 'survey both servers', outage: false, back: 'nothing to undo' },
  prepare: {
    title: 'prepare instances, parameters and control schema',
    outage: true,
    back: 'drops the control schema; parameter groups stay, they change no behaviour',
  },
  'close-target': { title: 'close the target to writers', outage: false, back: beforeReset },
  quarantine: { title: 'set aside what only the target has', outage: false, back: beforeReset },
  reset: { title: 'empty the target', outage: false, back: beforeFence },
  replicate: { title: 'copy and follow the source', outage: false, back: beforeFence },
  'catch-up': { title: 'catch up and verify ahead', outage: false, back: beforeFence },
  'fence-source': { title: 'fence the source', outage: true, back: opensSource },
  drain: { title: 'drain, move sequences, verify', outage: true, back: opensSource },
  'reverse-leg': { title: 'start the reverse leg', outage: true, back: opensSource },
  open: { title: 'open the target and switch clients', outage: true, back: losesNothing },
  soak: { title: 'soak', outage: false, back: losesNothing },
  retain: { title: 'take the final snapshot, protect both instances', outage: false, back: losesNothing },
  retire: { title: 'end the reverse leg', outage: false, back: 'none: the source no longer follows' },
};
