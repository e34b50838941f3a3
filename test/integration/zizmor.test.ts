import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePythonEnvironment } from '../../lib/rehearsal/python-environment';
import { projectRoot } from '../support/estate';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'huntaze-zizmor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Finding {
  readonly ident: string;
  readonly desc: string;
  readonly ignored: boolean;
}

let zizmor: string;
beforeAll(async () => {
  const python = await ensurePythonEnvironment({
    name: 'zizmor',
    requirements: join(projectRoot, 'lib/rehearsal/python/zizmor-requirements.txt'),
    directory: join(projectRoot, '.rehearsal'),
  });
  zizmor = join(dirname(python), 'zizmor');
}, 300_000);

/** What zizmor's strictest persona finds, without a call to GitHub. */
async function findingsIn(directory: string): Promise<readonly string[]> {
  const { stdout } = await run(
    zizmor,
    ['--offline', '--no-progress', '--persona', 'auditor', '--no-exit-codes', '--format', 'json-v1', '.github'],
    { cwd: directory, maxBuffer: 16 * 1024 * 1024 },
  );
  const findings = JSON.parse(stdout) as readonly Finding[];
  return findings.filter(({ ignored }) => !ignored).map(({ ident, desc }) => `${ident}: ${desc}`);
}

test('the workflows and Dependabot are clean; each exception stands beside what it excuses, with its reason', async () => {
  expect(await findingsIn(projectRoot)).toEqual([]);
}, 60_000);

test('a title in a script, a tag in place of a commit, and a token that stays behind are found', async () => {
  const workflow = join(scratch, '.github', 'workflows', 'hostile.yml');
  mkdirSync(dirname(workflow), { recursive: true });
  writeFileSync(
    workflow,
    [
      'on: pull_request_target',
      'jobs:',
      '  greet:',
      '    runs-on: ubuntu-24.04',
      '    steps:',
      '      - uses: actions/checkout@v7',
      `      - run: echo "\${{ github.event.pull_request.title }}"`,
    ].join('\n'),
  );
  const identifiers = (await findingsIn(scratch)).map((finding) => finding.split(':')[0]);
  expect(identifiers).toEqual(
    expect.arrayContaining(['dangerous-triggers', 'template-injection', 'unpinned-uses', 'artipacked']),
  );
}, 60_000);
