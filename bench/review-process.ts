import { spawnSync } from 'node:child_process';
import { readTree, review } from '../lib/review';

/** What one review took, in a process of its own. */
export interface ReviewFigures {
  /** Seconds. */
  readonly loading: number;
  /** Seconds. */
  readonly reviewing: number;
  /** Seconds of processor time within {@link reviewing}: what a busy machine does not stretch. */
  readonly processor: number;
  /** Highest resident set, in megabytes of a million bytes. */
  readonly megabytes: number;
  /** Resources of head. */
  readonly resources: number;
  readonly changes: number;
}

/** Reviews two trees in a fresh process. @throws Error with its output when it fails */
export function measuredReview(cwd: string, base: string, head: string): ReviewFigures {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', __filename, base, head], {
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`The review failed, got: exit ${status}. Run it by itself.\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as ReviewFigures;
}

function measure(base: string, head: string): ReviewFigures {
  const start = process.hrtime.bigint();
  const trees = [readTree(base), readTree(head)] as const;
  const loaded = process.hrtime.bigint();
  const before = process.cpuUsage();
  const report = review(...trees, { asOf: '2026-11-24' });
  const end = process.hrtime.bigint();
  const { user, system } = process.cpuUsage(before);
  return {
    loading: Number(loaded - start) / 1e9,
    reviewing: Number(end - loaded) / 1e9,
    processor: (user + system) / 1e6,
    // Kilobytes, as getrusage has it on Linux and as Node gives it everywhere.
    megabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
    resources: report.head.resources,
    changes: report.changes.length,
  };
}

const [, script, base, head] = process.argv;
if (script === __filename && base !== undefined && head !== undefined) {
  process.stdout.write(JSON.stringify(measure(base, head)));
}
