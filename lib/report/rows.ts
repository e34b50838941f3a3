import type { SectionId } from '../audit/model';
import type { AlarmRow, AlarmSubject } from '../estate/alarms';
import { clusters, repositories, services, tasks } from '../estate/compute';
import { cache, databases } from '../estate/databases';
import { distribution } from '../estate/edge';
import type { Evidence, OwnerId } from '../estate/evidence';
import { functions, modelledFunctions } from '../estate/functions';
import { queues, standaloneDeadLetterQueues } from '../estate/messaging';
import { securityGroups, workerVpcFlowLog } from '../estate/network';
import { buckets, foreignBuckets } from '../estate/storage';
import { appConfig, rules, secrets, summarizerSchedule, tables } from '../estate/support';

/** Who holds a resource, how that is known, and which alarms watch it. */
export interface RowFacts {
  readonly owner: OwnerId;
  readonly evidence: readonly Evidence[];
  readonly watchedBy: (alarm: AlarmRow) => boolean;
}

interface Known {
  readonly name: string;
  readonly owner?: OwnerId;
  readonly evidence: readonly Evidence[];
  /** Dead-letter queue that shares the row. */
  readonly pair?: string;
}

const ours: OwnerId = 'this repository';

/** A log group comes with the task, function or network that writes it. */
const logGroups: readonly Known[] = [
  ...tasks.map(({ owner, evidence, logGroup }) => ({ owner, evidence, name: logGroup.name })),
  ...modelledFunctions.map(({ owner, evidence, name }) => ({ owner, evidence, name: `/aws/lambda/${name}` })),
  workerVpcFlowLog,
];

/** Rows of the inventory by the section of the audit that shows them. */
const rowsBySection: Readonly<Record<SectionId, readonly Known[]>> = {
  clusters,
  databases,
  cache: [cache],
  buckets: [...buckets, ...foreignBuckets],
  functions,
  queues: [...queues.map((row) => ({ ...row, pair: row.deadLetterQueue.name })), ...standaloneDeadLetterQueues],
  distribution: [distribution],
  services,
  tasks,
  repositories,
  logGroups,
  rules,
  schedules: [summarizerSchedule],
  tables,
  secrets,
  securityGroups: Object.values(securityGroups),
  flags: [appConfig],
};

/** Sections that alarms watch, and what an alarm calls their rows. */
const subjectKinds: Readonly<Partial<Record<SectionId, readonly AlarmSubject['kind'][]>>> = {
  databases: ['database'],
  cache: ['cache'],
  functions: ['function'],
  queues: ['queue', 'dead-letter queue'],
  distribution: ['distribution'],
  services: ['service'],
  rules: ['rule'],
  tables: ['table'],
};

/**
 * The inventory's facts behind one row of a section.
 *
 * @throws when the section shows a name that no row of the inventory has
 */
export function rowsOf(section: SectionId, name: string): RowFacts {
  // In an account of another prefix, global names have it in front.
  const row = rowsBySection[section].find((known) => name === known.name || name.endsWith(`-${known.name}`));
  if (row === undefined) {
    throw new Error(
      `No row of the inventory stands behind a resource of section ${section}, got: ${name}. Name its rows in lib/report/rows.ts.`,
    );
  }
  const kinds = subjectKinds[section] ?? [];
  const names = row.pair === undefined ? [row.name] : [row.name, row.pair];
  return {
    owner: row.owner ?? ours,
    evidence: row.evidence,
    watchedBy: ({ subject }) =>
      kinds.includes(subject.kind) && [subject.name, ...(subject.covers ?? [])].some((each) => names.includes(each)),
  };
}
