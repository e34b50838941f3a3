/**
 * Prints, in one run, how long a synth takes against its floor and against one bundler per function, and how long a
 * rehearsal takes. Figures are whole processes; the runs of a comparison alternate, so that a machine that slows down
 * slows all of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { max, median, min } from 'simple-statistics';

const projectRoot = resolve(__dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'huntaze-bench-'));
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);

/** Wall time of a whole process in seconds. */
function seconds(args: readonly string[], environment: NodeJS.ProcessEnv = {}): number {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`Benchmark command failed, got: exit ${status} of ${args.join(' ')}.\n${stderr.slice(-2000)}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const assembly = join(scratch, 'assembly');
const libraryFiles = join(scratch, 'library-files.json');
const synth = (entry: string, name: string) => () =>
  seconds(['--import', 'tsx', entry], {
    CDK_OUTDIR: join(scratch, name),
    BENCH_ASSEMBLY: assembly,
    BENCH_LIBRARY_FILES: libraryFiles,
  });
const contenders = {
  'full synth': synth('bin/aws.ts', 'full'),
  floor: synth('bench/floor.ts', 'floor'),
  'one bundler per function': synth('bench/one-bundler-per-function.ts', 'per-function'),
} as const;
type Contender = keyof typeof contenders;

const figures = new Map<Contender, number[]>();
const figuresOf = (name: Contender): number[] => figures.get(name) ?? [];

const line = (label: string, values: readonly number[], unit: string): string =>
  `${label.padEnd(44)} ${[min, median, max].map((statistic) => `${statistic([...values]).toFixed(2)} ${unit}`.padStart(9)).join(' ')}`;

const ratio = (a: Contender, b: Contender): number[] =>
  figuresOf(a).map((value, round) => value / (figuresOf(b)[round] ?? Number.NaN));

try {
  synth('bench/library-files.ts', 'assembly')();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(contenders) as Contender[]) {
      figures.set(name, [...figuresOf(name), contenders[name]()]);
    }
  }
  console.log(
    `${''.padEnd(44)} ${['min', 'median', 'max'].map((word) => word.padStart(9)).join(' ')}   (${rounds} rounds)`,
  );
  for (const [name, values] of figures) console.log(line(name, values, 's'));
  console.log(line('full synth / floor (goal: at most 1.5)', ratio('full synth', 'floor'), 'x'));
  console.log(line('one bundler per function / full (goal: 2)', ratio('one bundler per function', 'full synth'), 'x'));
  console.log(line('rehearsal (goal: under 120 s)', [seconds(['bin/estate.js', 'rehearse'])], 's'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
