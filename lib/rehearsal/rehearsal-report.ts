import { type AuditReport, isClean, summaryLine } from '../audit';
import { partTitles } from '../audit/words';
import type { GapReport } from './gaps';
import type { StoryResult } from './traffic';

/** What one rehearsal came to. */
export interface RehearsalReport {
  readonly schemaVersion: 1;
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly failures: readonly string[];
  /** Wall time of the whole, in seconds. */
  readonly seconds: number;
  readonly steps: readonly { readonly title: string; readonly seconds: number }[];
  readonly audit: AuditReport;
  /** Empty when the rehearsal was asked to send none. */
  readonly traffic: readonly StoryResult[];
  readonly gaps: GapReport;
}

/** Everything that keeps a rehearsal from passing, in words. */
export function failuresOf({ audit, traffic, gaps }: Pick<RehearsalReport, 'audit' | 'traffic' | 'gaps'>): string[] {
  return [
    ...(isClean(audit) ? [] : ['The account is not what the inventory says: see the rows above.']),
    ...traffic.filter(({ passed }) => !passed).map(({ title, failure }) => `Traffic: ${title}: ${failure}`),
    ...gaps.outcomes
      .filter(({ status }) => status === 'stale')
      .map(({ gap, staleBecause }) => `Gap ${gap.id} has closed: ${staleBecause.join(' ')} Remove it and its filler.`),
  ];
}

/** What the emulator cannot do, and how each gap was filled. */
export function renderGaps({ emulatorVersion, outcomes }: GapReport): string {
  const met = outcomes.filter(({ status }) => status !== 'unused');
  const lines = met.map(({ gap, status, uses }) => {
    const what = gap.property === null ? gap.type : `${gap.type} ${gap.property}`;
    return `  ${status.padEnd(10)} ${String(uses.length).padStart(3)} × ${what} (${gap.id})`;
  });
  return [
    `Gaps of ministack ${emulatorVersion}: templates are deployed unchanged, a gap is filled beside them`,
    ...lines,
    `  ${outcomes.length - met.length} more entries of the list were met by no template of this run`,
  ].join('\n');
}

/** @param which round, with a comma before it; empty where there is but one */
export const renderTraffic = (traffic: readonly StoryResult[], which = ''): string =>
  [
    `Traffic${which}`,
    ...traffic.flatMap(({ title, passed, facts, failure }) => [
      `  ${passed ? '✔' : '✘'} ${title}`,
      ...facts.map((fact) => `      ${fact}`),
      ...(failure === undefined ? [] : [`      failed: ${failure}`]),
    ]),
  ].join('\n');

/** The last lines of a rehearsal: what it came to and how long it took. */
export function renderRehearsal({ passed, failures, seconds, audit, traffic }: RehearsalReport): string {
  const told = traffic.filter((story) => story.passed).length;
  return [
    ...failures.map((failure) => `✘ ${failure}`),
    summaryLine(partTitles.audit, audit.summary.audit),
    summaryLine(partTitles.support, audit.summary.support),
    traffic.length === 0
      ? 'Traffic: none was sent, so nothing is said of what the functions do'
      : `Traffic: ${told} of ${traffic.length} stories passed`,
    `Rehearsal ${passed ? 'passed' : 'failed'} in ${seconds.toFixed(1)} s`,
  ].join('\n');
}
