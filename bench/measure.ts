import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { max, median, min } from 'simple-statistics';

export const projectRoot = resolve(__dirname, '..');

/** What every section of the benchmark gets. */
export interface Bench {
  /** Folder of this run, removed at its end. */
  readonly scratch: string;
  /** Times that each figure is taken. */
  readonly rounds: number;
  print(line?: string): void;
}

/**
 * Wall time of a whole Node process in seconds.
 * @throws Error with the end of its output when it fails.
 */
export const seconds = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): number =>
  secondsOf(process.execPath, args, { environment });

/**
 * Wall time of a whole process in seconds.
 * @throws Error with the end of its output when it fails.
 */
export function secondsOf(
  command: string,
  args: readonly string[],
  { cwd = projectRoot, environment = {} }: { readonly cwd?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): number {
  const start = process.hrtime.bigint();
  const { status, signal, stderr, stdout } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(
      `Benchmark command failed, got: ${signal ?? `exit ${status}`} of ${args.join(' ')}. Run it by itself.\n` +
        `${stdout.slice(-2000)}${stderr.slice(-2000)}`,
    );
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const labelWidth = 60;
const columnWidth = 11;
const columns = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(columnWidth)).join(' ');

/** A line of a table: a label and right-aligned cells. */
export const row = (label: string, cells: readonly string[], note = ''): string =>
  `${label.padEnd(labelWidth)} ${columns(cells)}${note && `  ${note}`}`.trimEnd();

export const spreadHeader = (label: string, rounds: number): string =>
  row(label, ['min', 'median', 'max'], `(${rounds} round${rounds === 1 ? '' : 's'})`);

/** Minimum, median and maximum of the same figure. */
export const spread = (label: string, values: readonly number[], unit: string, note = ''): string =>
  row(
    label,
    [min, median, max].map((statistic) => `${statistic([...values]).toFixed(2)} ${unit}`),
    note,
  );

/** What a printed goal came to. */
export const verdict = (goal: string, met: boolean): string => `goal: ${goal}: ${met ? 'met' : 'missed'}`;
