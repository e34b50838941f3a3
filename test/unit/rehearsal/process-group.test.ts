import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup } from '../../../lib/rehearsal/process-group';
import { isRunning, within } from '../../support/processes';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'process-group-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = (script: string) => new ProcessGroup('/bin/sh', ['-c', script], join(directory, 'log'), {});

/** Waits for the process ids that the script printed. */
async function printed(group: ProcessGroup, count: number): Promise<number[]> {
  const numbers = () => (group.logTail().match(/\d+/g) ?? []).map(Number);
  await within(5_000, () => numbers().length >= count);
  return numbers();
}

test('the output and the exit code are kept', async () => {
  const group = start('echo first; echo second >&2; exit 7');
  expect(await group.ended).toEqual({ code: 7, signal: null });
  expect(group.logTail(1)).toBe('second');
  expect(group.alive).toBe(false);
});

test.each([
  ['a process that ends when asked', 'sleep 60 & echo $!; wait', 3_000],
  ['a process that does not listen', 'trap "" TERM; sleep 60 & echo $!; while :; do sleep 1; done', 200],
])('stop ends %s, and its children', async (_name, script, grace) => {
  const group = start(script);
  const [child = 0] = await printed(group, 1);
  expect(isRunning(child)).toBe(true);
  await group.stop(grace);
  expect(await within(2_000, () => !isRunning(child))).toBe(true);
});

test('what a process leaves behind ends with it', async () => {
  const group = start('sleep 60 & echo $!');
  await group.ended;
  const [child = 0] = await printed(group, 1);
  expect(await within(2_000, () => !isRunning(child))).toBe(true);
});

test('a command that does not exist ends at once', async () => {
  const group = new ProcessGroup(join(directory, 'missing'), [], join(directory, 'log'), {});
  expect(await group.ended).toEqual({ code: null, signal: null });
  await group.stop();
});
