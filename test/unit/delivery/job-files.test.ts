import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSummary, setOutput } from '../../../lib/delivery/job-files';

const scratch = mkdtempSync(join(tmpdir(), 'estate-job-files-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let output: string;
let summary: string;
const notes: string[] = [];
const note = (line: string): void => void notes.push(line);
beforeEach(() => {
  const folder = mkdtempSync(join(scratch, 'job-'));
  [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  writeFileSync(output, 'earlier=1\n');
  writeFileSync(summary, '');
  notes.length = 0;
});
const environment = () => ({ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary });

test('an output is added to those of earlier steps, and printed', () => {
  setOutput('plan-sha256', 'a'.repeat(64), note, environment());
  expect(readFileSync(output, 'utf8')).toBe(`earlier=1\nplan-sha256=${'a'.repeat(64)}\n`);
  expect(notes).toEqual([`plan-sha256=${'a'.repeat(64)}`]);
});

test.each([
  ['a second entry', 'plan', 'x\napproved=true'],
  ['the start of a block', 'plan<<END', 'x'],
  ['a space', 'plan', 'two words'],
  ['a workflow command', 'plan', '::set-env name=A::b'.replace('::', '%')],
  ['a capital in a name', 'Plan', 'x'],
  ['no name', '', 'x'],
])('%s is refused, and nothing is written', (_, name, value) => {
  expect(() => setOutput(name, value, note, environment())).toThrow(/An output is a word, got: /);
  expect(readFileSync(output, 'utf8')).toBe('earlier=1\n');
  expect(notes).toEqual([]);
});

test('summaries follow one another', () => {
  addSummary('## One', environment());
  addSummary('## Two', environment());
  expect(readFileSync(summary, 'utf8')).toBe('## One\n## Two\n');
});

test('where no workflow runs, a value is only printed', () => {
  setOutput('changes', 'true', note, {});
  addSummary('## One', {});
  expect(notes).toEqual(['changes=true']);
});
