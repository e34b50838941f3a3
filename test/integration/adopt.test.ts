import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readFacts, type VerifiedResource } from '../../lib/adopt';
import { modelledFunctions } from '../../lib/estate/functions';
import { queueNames } from '../../lib/estate/messaging';
import { buckets } from '../../lib/estate/storage';
import { type AdoptionRehearsalReport, cannotHold, rehearseAdoption } from '../../lib/rehearsal/adoption/adoption';
import { renderAdoption } from '../../lib/rehearsal/adoption/adoption-report';
import type { Emulator } from '../../lib/rehearsal/emulator';
import { readBackExemptions } from '../../lib/rehearsal/exemptions';
import { readGapList } from '../../lib/rehearsal/gaps';
import { projectRoot, settingsWith } from '../support/estate';
import { linesMissing } from '../support/shown-output';

const minutes = 60_000;
/** The one setting that a hand changes after everything is deployed. */
const driftedQueue = 'huntaze-email';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
let report: AdoptionRehearsalReport;
const ended: Record<'audit' | 'stranger' | 'lookUp' | 'plan' | 'prove' | 'run' | 'verify', Ended> = {} as never;
const said: string[] = [];

/** The command line as a person runs it against the embedded AWS. */
const estate = (emulator: Emulator, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(projectRoot, 'bin', 'estate.js'), ...args],
      { cwd: projectRoot, env: { ...emulator.environment, ...more }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

async function whileRunning(emulator: Emulator): Promise<void> {
  const sqs = new SQSClient(emulator.clientOptions());
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: driftedQueue }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '77' } }));

  const assemblies = ['--audited', join(emulator.directory, 'audited')];
  const hardened = ['--hardened', join(emulator.directory, 'hardened')];
  const facts = ['--facts', join(emulator.directory, 'facts.json')];
  const found = join(folder, 'facts.json');
  // None of them changes anything, so they run side by side.
  const runs: Record<keyof typeof ended, Promise<Ended>> = {
    audit: estate(emulator, ['audit', '--language', 'fr', '--out', join(folder, 'audit.md')]),
    stranger: estate(emulator, ['audit'], { AWS_ACCESS_KEY_ID: '999999999999' }),
    lookUp: estate(emulator, ['adopt', 'look-up', '--no-code', ...assemblies, '--out', found]),
    verify: estate(emulator, [
      ...['adopt', 'verify', '--posture', 'hardened', '--json'],
      ...[...assemblies, ...hardened, ...facts],
    ]),
    plan: estate(emulator, ['adopt', 'plan', ...assemblies, ...facts, '--out', join(folder, 'plan')]),
    prove: estate(emulator, ['adopt', 'prove', ...assemblies, ...hardened, ...facts]),
    run: estate(emulator, ['adopt', 'run', ...assemblies, ...hardened, ...facts]),
  };
  for (const name of Object.keys(runs) as (keyof typeof ended)[]) ended[name] = await runs[name];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adopt-'));
  report = await rehearseAdoption({
    projectRoot,
    settings: { audited: settingsWith({ posture: 'audited' }), hardened: settingsWith({ posture: 'hardened' }) },
    progress: { step: (_title, work) => work(), note: (line) => said.push(line) },
    jsonPath: join(folder, 'adoption.json'),
    whileRunning,
  });
}, 12 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

test('the story ends as README shows', () => {
  const [, shown = ''] = /from resources that hands made[\s\S]*?```\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(linesMissing(shown, renderAdoption(report))).toEqual([]);
});

test('the story passes', () => {
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({ passed: true, proof: { verdict: 'proven' } });
});

test('every type that the embedded AWS imports was imported', () => {
  expect(Object.keys(report.tried).sort()).toEqual([
    'AWS::DynamoDB::Table',
    'AWS::IAM::Role',
    'AWS::KMS::Alias',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
    'AWS::SQS::Queue',
  ]);
  expect(report.tried).toMatchObject({
    'AWS::SQS::Queue': queueNames.length,
    'AWS::S3::Bucket': buckets.length,
    'AWS::Lambda::Function': modelledFunctions.length,
  });
});

test('a run that was interrupted right after an import was resumed', () => {
  expect(said).toContain('Interrupted after the second import, before the journal knew. Resumed:');
  const outcomes = report.run.stacks.map(({ outcome }) => outcome);
  expect(outcomes.slice(0, 2)).toEqual(['resumed', 'resumed']);
  expect(outcomes.slice(2)).toEqual(outcomes.slice(2).map(() => 'imported'));
});

describe.each(['audited', 'hardened'])('deployed as %s', (posture) => {
  const state = () => report.postures.find((candidate) => candidate.posture === posture);

  test('nothing was recreated', () => {
    const identities = state()?.resources.map(({ identity }) => identity) ?? [];
    expect(identities.length).toBeGreaterThan(90);
    expect(identities.filter((identity) => !identity.startsWith('kept'))).toEqual([]);
    expect(identities.filter((identity) => identity === 'kept').length).toBeGreaterThan(80);
  });

  test('every drifted setting was really corrected', () => {
    const corrections = state()?.resources.flatMap((resource) => resource.corrections) ?? [];
    expect(corrections.length).toBeGreaterThan(150);
    expect(corrections.filter(({ corrected }) => !corrected)).toEqual([]);
  });

  test('contents of before are there, and the code is new', () => {
    const contents = state()?.contents ?? [];
    expect(new Set(contents.map(({ kind }) => kind))).toEqual(
      new Set(['bucket', 'queue', 'table', 'function version']),
    );
    expect(contents.filter(({ kept }) => !kept)).toEqual([]);
    expect(state()?.newCode).toHaveLength(modelledFunctions.length);
  });
});

test('what the embedded AWS does not import was read as it was deployed', () => {
  const read = report.mappings.filter(({ type }) => report.mappedOnly.includes(type));
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter(({ resources, found }) => found !== resources)).toEqual([]);
});

describe('estate audit', () => {
  const document = () => readFileSync(join(folder, 'audit.md'), 'utf8');

  test('announces the account, and ends with 2 where it differs', () => {
    expect(ended.audit.stderr).toMatch(/^Account 317805897534, region us-east-1$/m);
    expect(ended.audit.code).toBe(2);
  });

  test('shows the one setting that a hand changed, and nothing else as changed', () => {
    const changed = document().split('### Modifié')[1]?.split('###')[0] ?? '';
    const cannotHold = readBackExemptions(readGapList().gaps).map(({ property }) => `| \`${property}\` |`);
    const rows = changed
      .split('\n')
      .filter((line) => line.startsWith('| `') && !cannotHold.some((property) => line.includes(property)));
    expect(rows).toEqual([`| \`${driftedQueue}\` | \`visibilitySeconds\` | \`60\` | \`77\` |`]);
  });

  test('writes what README shows', () => {
    const [, shown = ''] = /```markdown\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(linesMissing(shown, document())).toEqual([]);
  });

  test('counts what lives', () => {
    expect(document()).toContain('- 31 queues SQS, DLQ comprises');
    expect(document()).toContain('- 2 bases PostgreSQL RDS, dont 1 chiffrée');
  });

  test('refuses credentials of another account', () => {
    expect(ended.stranger.code).toBe(1);
    expect(ended.stranger.stderr).toContain('got: 999999999999, expected: 317805897534');
    expect(ended.stranger.stdout).toBe('');
  });
});

describe('estate adopt', () => {
  test('look-up writes facts that a plan takes, with the identifiers of the account', () => {
    expect(ended.lookUp).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ of \d+ resources exist\. Facts: /),
    });
    const facts = readFacts(join(folder, 'facts.json'));
    expect(facts.resources['huntaze-estate-messaging/QueueHuntazeEmail']?.live?.identifier).toHaveProperty('QueueUrl');
  });

  test('verify finds the one setting that a hand changed, and everything else kept', () => {
    const { resources } = JSON.parse(ended.verify.stdout) as { resources: VerifiedResource[] };
    const wrong = resources.flatMap(({ type, logicalId, corrections }) =>
      corrections
        .filter(({ property, corrected }) => !corrected && !cannotHold(type, property))
        .map(({ property, live }) => [logicalId, property, live]),
    );
    expect(wrong).toEqual([['QueueHuntazeEmail', 'VisibilityTimeout', 77]]);
    expect(resources.filter(({ identity }) => !identity.startsWith('kept'))).toEqual([]);
    expect(ended.verify.code).toBe(2);
  });

  test('plan writes a mapping for each stack', () => {
    expect(ended.plan).toMatchObject({ code: 0 });
    const mapping = JSON.parse(readFileSync(join(folder, 'plan', 'huntaze-estate-messaging.mapping.json'), 'utf8'));
    expect(Object.keys(mapping)).toHaveLength(31);
    expect(mapping.QueueHuntazeEmail.QueueUrl).toMatch(/\/huntaze-email$/);
  });

  test('prove proves', () => {
    expect(ended.prove.stdout).toMatch(/^Proven: of \d+ resources none is replaced/m);
    expect(ended.prove.code).toBe(0);
  });

  test('run changes nothing without --execute', () => {
    expect(ended.run.stdout).toContain('would import 31 resources into huntaze-estate-messaging');
    expect(ended.run.stdout).toContain('Nothing was changed. Run again with --execute.');
    expect(ended.run.code).toBe(0);
  });

  test('nothing of the environment of a function reaches facts or plan', () => {
    for (const text of [JSON.stringify(report), ended.plan.stdout, ended.prove.stdout]) {
      expect(text).not.toContain('a value that no template may hold');
    }
  });
});
