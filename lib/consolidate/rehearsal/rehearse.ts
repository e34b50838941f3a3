import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../rehearsal/progress';
import { completedOfRds } from './embedded/rds';
import { crashServers, cutPath, type Fault, killApplyWorker, killTool, strikes } from './faults';
import type { LoadReport } from './load';
import type { Verdict } from './oracle';
import { type OpenWatch, passBack, passForward, watchOpen } from './pass';
import type { Amount } from './schema';
import { type Stage, setStage } from './stage';

/** What goes wrong on the way of one rehearsal; the fault matrix has the rest. */
const faults: readonly Fault[] = [
  crashServers('after:forward subscription', 'target'),
  cutPath('before:every table follows on the target', 'source', 2_000),
  killApplyWorker('before:the target catches up', 'target'),
  killTool('after:fence the source'),
  killTool('after:move the sequences'),
  crashServers('after:deploy the services anew', 'source'),
];

export interface ConsolidationRehearsal {
  readonly passed: boolean;
  readonly failures: readonly string[];
  readonly tables: number;
  readonly rows: number;
  /** Seconds by phase, of the whole way: forward, back, and forward again. */
  readonly phases: readonly { readonly phase: string; readonly seconds: number }[];
  /** Milliseconds in which no write was acknowledged to one writer. */
  readonly longestPauseMs: number;
  readonly faults: readonly { readonly name: string; readonly point: string; readonly hit: boolean }[];
  readonly quarantined: number;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** What the rehearsal adds to the answers of the embedded RDS, by command. */
  readonly completed: Readonly<Record<string, string>>;
  readonly load: LoadReport;
  readonly seconds: number;
}

export interface RehearseConsolidationOptions {
  readonly amount: Amount;
  readonly progress: Progress;
  readonly jsonPath: string;
  readonly projectRoot: string;
}

/** Forward under faults, back without loss, forward again: one load writes all the way. */
export async function rehearseConsolidation({
  amount,
  progress,
  jsonPath,
  projectRoot,
}: RehearseConsolidationOptions): Promise<ConsolidationRehearsal> {
  const began = Date.now();
  let watch: OpenWatch | undefined;
  const stage = await progress.step(
    `two PostgreSQL servers with ${amount.rows.toLocaleString('en')} rows, beside an embedded AWS`,
    () => setStage({ amount, embeddedAws: { projectRoot } }),
  );
  try {
    watch = watchOpen(stage);
    const report = await walk(stage, watch, progress, began);
    mkdirSync(dirname(jsonPath), { recursive: true });
    writeFileSync(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
    return report;
  } finally {
    // It looks for as long as nobody stops it, and keeps the process alive.
    await watch?.stop();
    await stage.stop();
  }
}

async function walk(
  stage: Stage,
  watch: OpenWatch,
  progress: Progress,
  began: number,
): Promise<ConsolidationRehearsal> {
  const load = await stage.startLoad();
  const { at, hit } = strikes(stage, faults);
  const onMessage = (message: { kind: string; line?: string }) => {
    if (message.kind === 'note' && message.line?.startsWith('── ')) progress.note(message.line);
  };
  const pass = await progress.step('forward, under faults', () => passForward(stage, { at, onMessage }));
  await sleep(1_000);
  const { state } = pass.last;
  await progress.step('back', () => passBack(stage, { onMessage }));
  const again = await progress.step('forward again', () => passForward(stage, { onMessage }));
  const loadReport = await load.stop();
  const { bothOpen, looks } = await watch.stop();
  const target = await stage.judge('target');
  const evidence = state?.phases.quarantine?.evidence as { rows?: number } | undefined;
  const ahead = state?.phases['catch-up']?.evidence as { tables?: number; rows?: number } | undefined;
  const missed = faults.filter((fault) => !hit.includes(fault));
  const failures = [
    ...missed.map(({ name, point }) => `did not hit: ${name} at ${point}`),
    ...(target.lost > 0 ? [`${target.lost} acknowledged writes are lost`] : []),
    ...(target.risen > 0 ? [`${target.risen} rolled back writes appeared`] : []),
    ...(target.unbalanced > 0 ? [`balances are off by ${target.unbalanced}`] : []),
    ...bothOpen.map((moment) => `both servers took writes at ${moment}`),
    ...(looks === 0 ? ['nobody looked which servers were open'] : []),
    ...(again.last.position === 'retain' ? [] : [`it ended at ${again.last.position}`]),
  ];
  return {
    passed: failures.length === 0,
    failures,
    tables: ahead?.tables ?? 0,
    rows: ahead?.rows ?? 0,
    phases: Object.entries(state?.phases ?? {}).flatMap(([phase, record]) =>
      record?.finishedAt
        ? [{ phase, seconds: (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000 }]
        : [],
    ),
    longestPauseMs: loadReport.longestPauseMs,
    faults: faults.map((fault) => ({ name: fault.name, point: fault.point, hit: hit.includes(fault) })),
    quarantined: evidence?.rows ?? 0,
    verdicts: { target },
    completed: completedOfRds,
    load: loadReport,
    seconds: (Date.now() - began) / 1000,
  };
}

export function renderConsolidationRehearsal(report: ConsolidationRehearsal): string {
  const { load, verdicts } = report;
  const lost = Object.values(verdicts).reduce((sum, { lost: rows }) => sum + rows, 0);
  return [
    'phase            seconds',
    ...report.phases.map(({ phase, seconds }) => `${phase.padEnd(16)} ${seconds.toFixed(1).padStart(7)}`),
    '',
    ...report.faults.map(({ name, point, hit }) => `${hit ? 'survived' : 'MISSED  '}  ${name}, ${point}`),
    '',
    'The embedded AWS answers for RDS, Secrets Manager, ECS, DynamoDB, CloudWatch and EC2. Added to its RDS:',
    ...Object.entries(report.completed).map(([command, what]) => `  ${command}: ${what}`),
    '',
    `tables ${report.tables}, rows moved ${report.rows.toLocaleString('en')}, rows quarantined ${report.quarantined}`,
    `writes acknowledged ${load.acknowledged}, writers' longest pause ${(report.longestPauseMs / 1000).toFixed(1)} s`,
    `rows lost ${lost}`,
    ...(report.passed
      ? [`passed in ${report.seconds.toFixed(0)} s`]
      : report.failures.map((failure) => `FAILED: ${failure}`)),
  ].join('\n');
}
