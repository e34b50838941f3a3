import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './measure';

/** What the tests over a multiplied estate came to. */
export interface TestFigures {
  readonly total: number;
  readonly passed: number;
  /** Seconds of processor time of jest and its tests, in one process. */
  readonly processor: number;
  /** Seconds. */
  readonly wall: number;
}

/**
 * Runs the tests that read the whole estate over the multiplied one, against snapshots of their own.
 *
 * @throws Error with the end of jest's output when it cannot run at all
 */
export async function measuredTests(factor: number, folder: string): Promise<TestFigures> {
  mkdirSync(folder, { recursive: true });
  const [results, usage] = [join(folder, 'results.json'), join(folder, 'usage.json')];
  const start = process.hrtime.bigint();
  const child = spawn(
    process.execPath,
    [
      ...['--require', join(__dirname, 'scale-usage.cjs'), 'node_modules/jest/bin/jest.js'],
      ...['--config', 'bench/scale-tests.config.cjs', '--runInBand', '--silent', '--ci=false'],
      ...['--json', '--outputFile', results],
    ],
    {
      cwd: projectRoot,
      env: { ...process.env, BENCH_FACTOR: String(factor), BENCH_SNAPSHOTS: folder, BENCH_USAGE: usage },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let output = '';
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  // 1: some test failed, which a test that counts must, at every factor but one.
  if (code !== 0 && code !== 1) throw new Error(`The tests could not run, got: exit ${code}.\n${output}`);
  const { numTotalTests, numPassedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  if (numRuntimeErrorTestSuites > 0) {
    throw new Error(
      `Every test file must load, got: ${numRuntimeErrorTestSuites} that do not at ${factor} x.\n${output}`,
    );
  }
  const { processor } = JSON.parse(readFileSync(usage, 'utf8')) as { processor: number };
  return { total: numTotalTests, passed: numPassedTests, processor, wall };
}
