import Big from 'big.js';
import type { Change, ChangeKind, CostComparison, Finding, FindingCategory, GateReason, ReviewReport } from '../model';

/** Words of a change's kind, most serious first. */
export const changeWords: Readonly<Record<ChangeKind, string>> = {
  replace: 'replace',
  'may-replace': 'may replace',
  remove: 'remove',
  orphan: 'leave behind',
  rename: 'rename',
  move: 'move',
  update: 'update in place',
  import: 'import',
  add: 'add',
};

const kindOrder = Object.keys(changeWords) as ChangeKind[];

export const categoryTitles: Readonly<Record<FindingCategory, string>> = {
  'data-at-risk': 'Data at risk',
  access: 'Access broadened',
  network: 'Network exposed',
  cost: 'Cost',
  policy: 'Policy',
  lifecycle: 'Lifecycle',
};

/** What a reader must decide, and what is there to look up; the same for every form of the report. */
export interface ReviewView {
  /** Reasons that close the gate. */
  readonly closing: readonly GateReason[];
  readonly waived: readonly GateReason[];
  /** New findings by category, errors first. */
  readonly news: Readonly<Record<FindingCategory, readonly Finding[]>>;
  /** Access and network findings that nobody has to decide: they come with what is new. */
  readonly routine: readonly Finding[];
  readonly fixed: readonly Finding[];
  /** Changes, most serious first. */
  readonly changes: readonly Change[];
  readonly cost: CostComparison | undefined;
  /** Whether the two trees say the same. */
  readonly isEmpty: boolean;
  /** One sentence on the whole. */
  readonly verdict: string;
}

const levels = ['error', 'warning', 'note'] as const;

/** Title under which {@link ReviewView.routine} stands. */
export const routineTitle = 'Routine: access of what is new, and ways out';

/** Whether a finding is there to look up, and not to decide. */
export const isRoutine = ({ level }: Finding): boolean => level === 'note';

export function viewOf(report: ReviewReport): ReviewView {
  // What the gate says stands under its reasons, with what can be done about it.
  const fresh = report.findings.filter(({ status, rule }) => status === 'new' && !rule.startsWith('gate/'));
  const of = (category: FindingCategory) =>
    levels.flatMap((level) => fresh.filter((finding) => finding.category === category && finding.level === level));
  const closing = report.gate.reasons.filter(({ waivedBy }) => waivedBy === undefined);
  const fixed = report.findings.filter(({ status }) => status === 'fixed');
  const changes = [...report.changes].sort((a, b) => rank(a) - rank(b));
  const isEmpty =
    changes.length === 0 &&
    fresh.length === 0 &&
    fixed.length === 0 &&
    closing.length === 0 &&
    report.stacks.length === 0;
  return {
    closing,
    waived: report.gate.reasons.filter(({ waivedBy }) => waivedBy !== undefined),
    news: {
      'data-at-risk': of('data-at-risk'),
      access: of('access'),
      network: of('network'),
      cost: of('cost'),
      policy: of('policy'),
      lifecycle: of('lifecycle'),
    },
    routine: [...of('access'), ...of('network')].filter(isRoutine),
    fixed,
    changes,
    cost: report.cost,
    isEmpty,
    verdict: verdictOf(report, closing, isEmpty),
  };
}

/** Stateful and unknown ones before the others of their kind. */
const rank = ({ kind, statefulness }: Change): number =>
  kindOrder.indexOf(kind) * 2 + (statefulness.kind === 'stateless' ? 1 : 0);

function verdictOf({ gate }: ReviewReport, closing: readonly GateReason[], isEmpty: boolean): string {
  const failing = gate.waivers.filter(({ fails }) => fails).length;
  if (gate.open) {
    if (isEmpty) return 'Nothing changes: both trees say the same.';
    const waived = gate.reasons.length;
    return waived === 0
      ? 'The gate is open: no stateful resource is at risk.'
      : `The gate is open: ${waived === 1 ? 'the one change that would close it is' : `all ${waived} changes that would close it are`} waived.`;
  }
  const reasons =
    closing.length === 0
      ? ''
      : `${closing.length.toLocaleString('en-US')} ${closing.length === 1 ? 'change puts' : 'changes put'} data at risk`;
  const waivers = failing === 0 ? '' : `${failing} ${failing === 1 ? 'waiver does' : 'waivers do'} not hold`;
  return `The gate is closed: ${[reasons, waivers].filter((part) => part !== '').join(', and ') || 'see below'}.`;
}

/** `2 to replace, 1 to remove, 14 to add`. */
export function countWords(counts: ReviewReport['counts']): string {
  const words = kindOrder.flatMap((kind) =>
    counts[kind] > 0 ? [`${counts[kind].toLocaleString('en-US')} to ${changeWords[kind]}`] : [],
  );
  return words.length === 0 ? 'none' : words.join(', ');
}

/** Dollars of the report, which are rounded to a micro-dollar; half up to the cent. */
export function dollars(amount: number): string {
  const [whole = '0', cents = '00'] = new Big(amount).abs().toFixed(2, 1).split('.');
  const sign = amount < 0 && (whole !== '0' || cents !== '00') ? '-' : '';
  return `${sign}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

export const dollarDelta = (amount: number): string =>
  dollars(amount) === '$0.00' || amount < 0 ? dollars(amount) : `+${dollars(amount)}`;
