import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gapsPath } from '../../../lib/rehearsal/gaps';
import { ensurePythonEnvironment } from '../../../lib/rehearsal/python-environment';
import { listening, within } from '../../support/processes';

jest.setTimeout(120_000);

const run = promisify(execFile);
const projectRoot = resolve(__dirname, '../../..');
const python = join(projectRoot, 'lib/rehearsal/python');
let scratch: string;
let interpreter: string;

beforeAll(async () => {
  mkdirSync(join(projectRoot, '.rehearsal', 'test'), { recursive: true });
  scratch = mkdtempSync(join(projectRoot, '.rehearsal', 'test', 'start-'));
  interpreter = await ensurePythonEnvironment({
    name: 'emulator',
    requirements: join(python, 'requirements.txt'),
    directory: join(projectRoot, '.rehearsal'),
  });
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('the emulator ends with the process that started it, even when that is killed', async () => {
  const program = join(scratch, 'start.ts');
  const options = { account: '317805897534', region: 'us-east-1', directory: scratch, projectRoot };
  writeFileSync(
    program,
    `import { startEmulator } from ${JSON.stringify(join(projectRoot, 'lib/rehearsal/emulator'))};
     startEmulator(${JSON.stringify(options)}).then(({ endpoint }) => { console.log(endpoint); setInterval(() => {}, 1_000); });`,
  );
  const parent = spawn(process.execPath, ['--import', 'tsx', program], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endpoint = await new Promise<string>((done) => parent.stdout.once('data', (line) => done(String(line).trim())));
  expect(await listening(endpoint)).toBe(true);
  parent.kill('SIGKILL');
  expect(await within(5_000, async () => !(await listening(endpoint)))).toBe(true);
});

test('another version of the emulator is refused', async () => {
  const gaps = join(scratch, 'other-version.json');
  writeFileSync(gaps, readFileSync(gapsPath, 'utf8').replace('"version": "1.5.33"', '"version": "9.9.9"'));
  const started = run(interpreter, ['-B', join(python, 'launcher.py')], {
    env: {
      GATEWAY_PORT: '1',
      REHEARSAL_GAPS: gaps,
      REHEARSAL_REPORT: join(scratch, 'report.json'),
      REHEARSAL_SEEDS: '{}',
    },
  });
  await expect(started).rejects.toThrow(/written against ministack 9\.9\.9, got: 1\.5\.33\. Check every entry/);
});

/** Outcomes of the rules in machinery.py, against a provisioner and a service made for the purpose. */
const rules: readonly (readonly [string, unknown])[] = [
  ['dropped property is filled', { stale: [], uses: 1, kept: 'wanted', deleted: false }],
  [
    'property that is set already is stale',
    { stale: ['CloudFormation sets the property now'], uses: 0, kept: 'wanted' },
  ],
  ['declared default proves nothing', { stale: [], uses: 0, kept: 'default' }],
  ['unfillable property that the service keeps is stale', { stale: ['The service API keeps the property now'] }],
  ['unfillable property that the service loses is reported', { stale: [], uses: 1, kept: 'default' }],
  ['filler that has no effect fails the create and deletes the resource', { error: 'FillerError', deleted: true }],
  ['registered type is stale', { stale: ['AWS::Test::Type is registered now'], uses: 0 }],
  ['entry without a filler is refused', { error: 'SystemExit' }],
];

test.each(rules)('%s', async (name, outcome) => {
  const { stdout } = await run(interpreter, [
    '-B',
    join(__dirname, 'machinery_rules.py'),
    python,
    join(scratch, 'r.json'),
  ]);
  expect(JSON.parse(stdout)[name]).toMatchObject(outcome as object);
});
