import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { databases } from '../../lib/estate/databases';
import { modelledFunctions } from '../../lib/estate/functions';
import { queues, standaloneDeadLetterQueues } from '../../lib/estate/messaging';
import { buckets, foreignBuckets } from '../../lib/estate/storage';
import type { RehearsalReport } from '../../lib/rehearsal/rehearsal-report';

const projectRoot = resolve(__dirname, '..', '..');
const minutes = 60_000;

/** Variables of a caller who is logged in to a real account: none of them may reach the rehearsal. */
const callersOwn = {
  AWS_PROFILE: 'production',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-the-rehearsal-key',
  AWS_SESSION_TOKEN: 'session',
  AWS_REGION: 'eu-west-1',
};

const folder = mkdtempSync(join(tmpdir(), 'rehearse-'));
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  /** Standard output and standard error so far. */
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

function rehearse(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [join('bin', 'estate.js'), 'rehearse', ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...callersOwn },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

const endpointIn = (text: string): string | undefined => text.match(/endpoint (http:\/\/127\.0\.0\.1:\d+)/)?.[1];

/** Whether anybody answers. */
const answers = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`).then(
    () => true,
    () => false,
  );

/** What the functions do is the same in both postures, and takes longest: it is rehearsed in the one that is deployed. */
const told = { hardened: [], audited: ['--no-traffic'] } as const;
const postures = Object.keys(told) as (keyof typeof told)[];
// Side by side: most of the traffic waits.
const runs = new Map<string, Run>();
beforeAll(() => {
  for (const posture of postures) {
    runs.set(posture, rehearse('--posture', posture, '--json', join(folder, `${posture}.json`), ...told[posture]));
  }
});

describe.each(postures)('estate rehearse, posture %s', (posture) => {
  let code: number | null;
  let output: Run['output'];
  let report: RehearsalReport;

  beforeAll(async () => {
    const run = runs.get(posture);
    if (!run) throw new Error(`A posture has no run, got: ${posture}.`);
    code = await run.ended;
    output = run.output;
    // Without this, a failed run shows as a missing file and not as what failed.
    if (code !== 0) throw new Error(`exit code ${code}:\n${output.stderr}\n${output.stdout}`);
    report = JSON.parse(readFileSync(join(folder, `${posture}.json`), 'utf8'));
  }, 8 * minutes);

  const section = (id: string) => report.audit.sections.find((candidate) => candidate.id === id)?.rows ?? [];
  const named = (id: string, verdict: string) =>
    section(id)
      .filter((row) => row.verdict === verdict)
      .map(({ name }) => name)
      .sort();

  test('passes', () => {
    expect({ code, passed: report.passed, failures: report.failures }).toEqual({ code: 0, passed: true, failures: [] });
    expect(report.audit).toMatchObject({ schemaVersion: 1, account: '317805897534', posture });
  });

  test('every row of the audit is matched, but for one function that stays with its owner', () => {
    const { rows, ...verdicts } = report.audit.summary.audit;
    const none = { mismatch: 0, missing: 0, unexpected: 0, pending: 0 };
    expect(verdicts).toEqual({ ...none, matched: rows - 1, 'not modelled': 1 });
    expect(report.audit.summary.support.matched).toBe(report.audit.summary.support.rows);
  });

  test('each resource of the inventory was found by name', () => {
    expect(named('clusters', 'matched')).toEqual(['ai-team', 'huntaze-cluster', 'huntaze-of-fargate']);
    expect(named('databases', 'matched')).toEqual(databases.map(({ name }) => name).sort());
    expect(named('cache', 'matched')).toEqual(['huntaze-redis-production']);
    expect(named('buckets', 'matched')).toEqual([...buckets, ...foreignBuckets].map(({ name }) => name).sort());
    expect(named('functions', 'matched')).toEqual(modelledFunctions.map(({ name }) => name).sort());
    expect(named('queues', 'matched')).toEqual(
      [...queues, ...standaloneDeadLetterQueues].map(({ name }) => name).sort(),
    );
    expect(named('distribution', 'matched')).toEqual(['E21VMD5A9KDBOO']);
  });

  test('the function table has sixteen rows, fifteen of them matched', () => {
    expect(section('functions')).toHaveLength(16);
    expect(named('functions', 'matched')).toHaveLength(15);
    expect(named('functions', 'not modelled')).toEqual([
      'HuntazeOfCiStack-CustomS3AutoDeleteObjectsCustomRe-6csqvMTl32fc',
    ]);
  });

  test('names that no template can set were read back', () => {
    expect(section('databases').map(({ actual }) => actual?.endpoint)).toEqual(
      databases.map(({ endpoint }) => endpoint),
    );
    expect(section('distribution')[0]?.actual?.domain).toBe('dc825q4u11mxr.cloudfront.net');
  });

  test('every story that was to be told passed, with its facts', () => {
    const stories = posture === 'hardened' ? 9 : 0;
    expect(report.traffic.map(({ passed }) => passed)).toEqual(Array(stories).fill(true));
    expect(report.traffic.every(({ facts }) => facts.length > 0)).toBe(true);
    expect(output.stdout).toContain(stories > 0 ? '9 of 9 stories passed' : 'Traffic: none was sent');
  });

  test('standard output holds the tables within 100 columns, standard error the progress', () => {
    const tables = output.stdout.split('\n').filter((line) => /^[┌│├└]/.test(line));
    expect(tables.length).toBeGreaterThan(100);
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(output.stdout).toMatch(/Rehearsal passed in \d+\.\d s/);
    expect(output.stderr).toContain('✔ read every resource back');
  });

  test('nothing of the caller is in the output or the report', () => {
    const everything = output.stdout + output.stderr + JSON.stringify(report);
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = callersOwn;
    for (const value of [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION]) expect(everything).not.toContain(value);
  });

  test('the emulator is gone', async () => {
    const endpoint = endpointIn(output.stderr);
    expect(endpoint).toBeDefined();
    expect(await answers(endpoint ?? '')).toBe(false);
  });
});

test('the post whose runs were killed is on each platform once, the poison post on none', () => {
  const report: RehearsalReport = JSON.parse(readFileSync(join(folder, 'hardened.json'), 'utf8'));
  const publishing = report.traffic.find(({ title }) => title.startsWith('Due posts are published once'));
  for (const platform of ['instagram', 'reddit', 'tiktok']) {
    expect(publishing?.facts).toContain(`${platform}: first post once, second post once, third post never`);
  }
});

test(
  'an interrupted rehearsal stops what it started',
  async () => {
    const { child, output, ended } = rehearse('--json', join(folder, 'interrupted.json'));
    await new Promise<void>((found) => {
      child.stderr?.on('data', () => endpointIn(output.stderr) && found());
    });
    const endpoint = endpointIn(output.stderr) ?? '';
    expect(await answers(endpoint)).toBe(true);

    child.kill('SIGINT');
    expect(await ended).not.toBe(0);
    expect(await answers(endpoint)).toBe(false);
  },
  2 * minutes,
);
