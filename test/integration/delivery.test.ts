import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  SetStackPolicyCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { packTree, textHash } from '../../lib/delivery/archive';
import { cdkPublish, type FinishedPlan, type Gate, planDeploy, runDeploy } from '../../lib/delivery/pipeline';
import { RefusedError } from '../../lib/delivery/target';
import { forbiddingPolicy, protectingPolicy } from '../../lib/estate/stack-policy';
import { bootstrap } from '../../lib/rehearsal/deploy';
import { type Emulator, startEmulator } from '../../lib/rehearsal/emulator';
import { projectRoot } from '../support/estate';

jest.setTimeout(180_000);

const account = '111122223333';
const region = 'us-east-1';
const target = { account, region, origin: 'create' } as const;
const deliveryBucket = `huntaze-delivery-${account}-${region}`;
const commit = 'c'.repeat(40);
const patience = { pollMs: 50, timeoutMs: 60_000 };

let emulator: Emulator;
let scratch: string;
/** Those of other tests that run at the same time. */
const earlier = new Set(readdirSync(tmpdir()));
const notes: string[] = [];
const note = (line: string): void => void notes.push(line);

beforeAll(async () => {
  emulator = await startEmulator({ account, region, directory: join(projectRoot, '.rehearsal', 'test'), projectRoot });
  scratch = mkdtempSync(join(emulator.directory, 'delivery-'));
  await bootstrap(emulator, { qualifier: 'hnb659fds', toolkitStackName: 'CDKToolkit' });
  await s3().send(new CreateBucketCommand({ Bucket: deliveryBucket }));
});
afterAll(async () => {
  await emulator?.stop();
  if (emulator !== undefined) rmSync(emulator.directory, { recursive: true, force: true });
});
beforeEach(() => {
  notes.length = 0;
});

const s3 = () => new S3Client({ ...emulator.clientOptions(), forcePathStyle: true });
const cloudFormation = () => new CloudFormationClient(emulator.clientOptions());
const objects = async (Bucket: string): Promise<string[]> => {
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key).sort();
};

interface Version {
  readonly name: string;
  /** Answer of the function, in its code. */
  readonly answer: string;
  readonly visibilitySeconds: number;
  /** A queue that SQS refuses, in the second stack or in a new one. */
  readonly broken?: 'second' | 'new';
}

/** Two stacks: the second one reads a parameter of the first and has a function with an asset. */
function synthesized({ name, answer, visibilitySeconds, broken }: Version): string {
  const tree = join(scratch, `tree-${name}`);
  const code = join(scratch, `code-${name}`);
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'index.js'), `exports.handler = async () => '${answer}';\n`);
  const app = new App({ outdir: join(tree, 'aws'), builtinCloudFormationValidation: false });
  const env = { account, region };
  const first = new Stack(app, 'first', { stackName: 'huntaze-estate-first', env });
  const queue = new Queue(first, 'Queue', {
    queueName: 'delivery-first',
    visibilityTimeout: Duration.seconds(visibilitySeconds),
  });
  new StringParameter(first, 'Published', { parameterName: '/huntaze/first/queue', stringValue: queue.queueArn });
  const second = new Stack(app, 'second', { stackName: 'huntaze-estate-second', env });
  second.addStackDependency(first);
  new LambdaFunction(second, 'Function', {
    functionName: 'delivery-second',
    runtime: Runtime.NODEJS_20_X,
    handler: 'index.handler',
    code: Code.fromAsset(code),
    environment: { QUEUE: StringParameter.valueForStringParameter(second, '/huntaze/first/queue') },
  });
  const place = broken === 'new' ? new Stack(app, 'new', { stackName: 'huntaze-estate-new', env }) : second;
  // A FIFO queue must be called so; nobody notices before SQS does.
  if (broken !== undefined) new CfnQueue(place, 'Broken', { queueName: 'not-called-fifo', fifoQueue: true });
  const third = new Stack(app, 'third', { stackName: 'huntaze-estate-third', env });
  third.addStackDependency(second);
  new Queue(third, 'Queue', { queueName: `delivery-third-${answer}` });
  app.synth();
  mkdirSync(join(tree, 'azure'), { recursive: true });
  return tree;
}

interface Packed {
  readonly archive: string;
  readonly archiveHash: string;
}
const archives = new Map<string, Packed>();

async function packed(version: Version): Promise<Packed> {
  const known = archives.get(version.name);
  if (known !== undefined) return known;
  const archive = join(scratch, `${version.name}.tgz`);
  const made = { archive, archiveHash: await packTree(synthesized(version), archive) };
  archives.set(version.name, made);
  return made;
}

const openGate: Gate = async () => ({ code: 0, output: '' });

const plan = (archive: Packed, overrides: Partial<Parameters<typeof planDeploy>[0]> = {}): Promise<FinishedPlan> =>
  planDeploy({
    target,
    client: emulator.clientOptions(),
    ...archive,
    commit,
    gate: openGate,
    note,
    patience,
    ...overrides,
  });

const deploy = (
  archive: Packed,
  approved: Pick<FinishedPlan, 'text' | 'hash'>,
  overrides: Partial<Parameters<typeof runDeploy>[0]> = {},
) =>
  runDeploy({
    target,
    client: emulator.clientOptions(),
    ...archive,
    planText: approved.text,
    approved: approved.hash,
    publish: cdkPublish(projectRoot, emulator.environment),
    note,
    patience,
    ...overrides,
  });

const statusOf = async (StackName: string): Promise<string> => {
  const { Stacks = [] } = await cloudFormation()
    .send(new DescribeStacksCommand({ StackName }))
    .catch(() => ({ Stacks: [] }));
  return Stacks[0]?.StackStatus ?? 'absent';
};

const first: Version = { name: 'v1', answer: 'one', visibilitySeconds: 30 };
const second: Version = { name: 'v2', answer: 'two', visibilitySeconds: 60 };

describe('a first deploy', () => {
  let archive: Packed;
  let finished: FinishedPlan;

  test('equal trees give equal archives', async () => {
    archive = await packed(first);
    const copy = join(scratch, 'copy');
    cpSync(join(scratch, 'tree-v1'), copy, { recursive: true });
    await expect(packTree(copy, join(scratch, 'copy.tgz'))).resolves.toBe(archive.archiveHash);
  });

  test('the plan shows what would happen, and nothing has happened', async () => {
    finished = await plan(archive);
    expect(notes[0]).toMatch(/^Account 111122223333, region us-east-1, as /);
    expect(finished.plan.gateBase).toBeNull();
    expect(finished.plan.stacks.map(({ stackName, kind, waitsFor }) => [stackName, kind, waitsFor])).toEqual([
      ['huntaze-estate-first', 'change-set', []],
      ['huntaze-estate-second', 'deferred', ['/huntaze/first/queue']],
      ['huntaze-estate-third', 'change-set', []],
    ]);
    expect(finished.markdown).toMatch(/\| Queue[0-9A-F]+ \| AWS::SQS::Queue \| add \|/);
    expect(finished.markdown).toContain(finished.hash);
    await expect(statusOf('huntaze-estate-first')).resolves.toBe('REVIEW_IN_PROGRESS');
    await expect(objects(`cdk-hnb659fds-assets-${account}-${region}`)).resolves.toEqual([]);
  });

  test.each<[string, (approved: FinishedPlan) => Partial<Parameters<typeof runDeploy>[0]>, RegExp]>([
    ['another plan', ({ text }) => ({ planText: text.replace('deferred', 'unchanged') }), /not the approved one/],
    ['another account', () => ({ target: { ...target, account: '999900001111' } }), /another account/],
    ['an undecided origin', () => ({ target: { ...target, origin: 'undecided' } }), /origin 'undecided'/],
    ['another archive', () => ({ archiveHash: 'f'.repeat(64) }), /another assembly/],
  ])('is refused with %s', async (_, change, reason) => {
    await expect(deploy(archive, finished, change(finished))).rejects.toThrow(reason);
    await expect(deploy(archive, finished, change(finished))).rejects.toThrow(RefusedError);
    expect(notes[0]).toMatch(/^Account 111122223333, region us-east-1/);
    await expect(statusOf('huntaze-estate-first')).resolves.toBe('REVIEW_IN_PROGRESS');
  });

  test('an archive whose bytes changed is refused', async () => {
    const changed = join(scratch, 'changed.tgz');
    writeFileSync(changed, Buffer.concat([readFileSync(archive.archive), Buffer.from([0])]));
    await expect(deploy({ ...archive, archive: changed }, finished)).rejects.toThrow(
      /not the archive that was approved/,
    );
  });

  test('the approved plan is executed, and what stands are the stored bytes', async () => {
    const report = await deploy(archive, finished);
    expect(report).toEqual({
      succeeded: true,
      stacks: ['first', 'second', 'third'].map((name) => ({
        stackName: `huntaze-estate-${name}`,
        outcome: 'deployed',
        status: 'CREATE_COMPLETE',
        reasons: [],
      })),
      findings: [],
    });
    for (const id of ['first', 'second', 'third']) {
      const { TemplateBody = '' } = await cloudFormation().send(
        new GetTemplateCommand({ StackName: `huntaze-estate-${id}`, TemplateStage: 'Original' }),
      );
      expect(textHash(TemplateBody)).toBe(
        textHash(readFileSync(join(scratch, 'tree-v1/aws', `${id}.template.json`), 'utf8')),
      );
    }
    expect(await objects(deliveryBucket)).toEqual(
      expect.arrayContaining([`assemblies/${archive.archiveHash}.tgz`, 'deployed/production.json']),
    );
    const { Environment } = await new LambdaClient(emulator.clientOptions()).send(
      new GetFunctionConfigurationCommand({ FunctionName: 'delivery-second' }),
    );
    expect(Environment?.Variables?.QUEUE).toBe(`arn:aws:sqs:${region}:${account}:delivery-first`);
  });
});

describe('a second deploy', () => {
  test('is gated against the assembly that is deployed; a closed gate prepares nothing', async () => {
    const archive = await packed(second);
    const seen: string[] = [];
    const closed: Gate = async ({ base }) => {
      seen.push(readFileSync(join(base, 'aws', 'first.template.json'), 'utf8'));
      return { code: 2, output: 'a database would be replaced' };
    };
    const deployed = readFileSync(join(scratch, 'tree-v1/aws/first.template.json'), 'utf8');
    await expect(plan(archive, { gate: closed })).rejects.toThrow(/The gate is closed/);
    expect(seen).toEqual([deployed]);
    expect(notes).toContain('a database would be replaced');
    const { Summaries = [] } = await cloudFormation().send(
      new ListChangeSetsCommand({ StackName: 'huntaze-estate-first' }),
    );
    expect(Summaries.filter(({ ExecutionStatus }) => ExecutionStatus === 'AVAILABLE')).toEqual([]);
  });

  test('is refused while a consolidation forbids deploys of a stack that it changes', async () => {
    const archive = await packed(second);
    const finished = await plan(archive);
    const policy = (StackPolicyBody: object) =>
      cloudFormation().send(
        new SetStackPolicyCommand({
          StackName: 'huntaze-estate-second',
          StackPolicyBody: JSON.stringify(StackPolicyBody),
        }),
      );
    await policy(forbiddingPolicy);
    const refused = deploy(archive, finished);
    await expect(refused).rejects.toThrow(/Deploys are forbidden .* got: huntaze-estate-second\./);
    await expect(refused).rejects.toThrow(RefusedError);
    // Nor was the stack before it touched, nor anything stored.
    await expect(statusOf('huntaze-estate-first')).resolves.toBe('CREATE_COMPLETE');
    await expect(objects(deliveryBucket)).resolves.not.toContain(`assemblies/${archive.archiveHash}.tgz`);
    await policy(protectingPolicy);
  });

  test('updates in place what is said to be updated in place', async () => {
    const archive = await packed(second);
    const finished = await plan(archive);
    expect(finished.plan.gateBase).toMatch(/^[0-9a-f]{64}$/);
    expect(finished.plan.stacks.map(({ kind }) => kind)).toEqual(['change-set', 'change-set', 'change-set']);
    expect(finished.markdown).toMatch(/\| Queue[0-9A-F]+ \| AWS::SQS::Queue \| update in place \|/);
    const report = await deploy(archive, finished);
    expect(report.stacks.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['deployed', 'UPDATE_COMPLETE'],
      ['deployed', 'UPDATE_COMPLETE'],
      ['deployed', 'UPDATE_COMPLETE'],
    ]);
    const sqs = new SQSClient(emulator.clientOptions());
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'delivery-first' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] }),
    );
    expect(Attributes?.VisibilityTimeout).toBe('60');
  });

  test('of the same bytes changes nothing', async () => {
    const archive = await packed(second);
    const finished = await plan(archive);
    expect(finished.plan.stacks.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    const report = await deploy(archive, finished);
    expect(report.stacks.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });
});

describe('a deploy that fails half-way', () => {
  const broken: Version = { name: 'v3', answer: 'three', visibilitySeconds: 90, broken: 'second' };

  test('the stack that failed is rolled back, later ones are not started, and the record stays', async () => {
    const archive = await packed(broken);
    const before = await objects(deliveryBucket);
    const finished = await plan(archive);
    const report = await deploy(archive, finished);
    expect(report.succeeded).toBe(false);
    expect(report.stacks.map(({ stackName, outcome, status }) => [stackName, outcome, status])).toEqual([
      ['huntaze-estate-first', 'deployed', 'UPDATE_COMPLETE'],
      ['huntaze-estate-second', 'failed', 'UPDATE_ROLLBACK_COMPLETE'],
      ['huntaze-estate-third', 'not started', undefined],
    ]);
    expect(report.stacks[1]?.reasons.join()).toMatch(/Broken AWS::SQS::Queue/);
    const { TemplateBody = '' } = await cloudFormation().send(
      new GetTemplateCommand({ StackName: 'huntaze-estate-second', TemplateStage: 'Original' }),
    );
    expect(TemplateBody).toBe(readFileSync(join(scratch, 'tree-v2/aws/second.template.json'), 'utf8'));
    const { Summaries = [] } = await cloudFormation().send(
      new ListChangeSetsCommand({ StackName: 'huntaze-estate-third' }),
    );
    expect(Summaries.filter(({ ExecutionStatus }) => ExecutionStatus === 'AVAILABLE')).toEqual([]);
    expect(before).toContain('deployed/production.json');
    // The next gate compares with the last deploy that went through.
    const next = await plan(await packed(second));
    expect(next.plan.gateBase).toBe((await packed(second)).archiveHash);
  });
});

test('a first creation that fails goes away whole, so that the next try starts from nothing', async () => {
  const archive = await packed({ name: 'v4', answer: 'two', visibilitySeconds: 60, broken: 'new' });
  const report = await deploy(archive, await plan(archive));
  expect(report.stacks.find(({ stackName }) => stackName === 'huntaze-estate-new')).toMatchObject({
    outcome: 'failed',
    status: 'DELETE_COMPLETE',
    reasons: [expect.stringMatching(/^Broken AWS::SQS::Queue /)],
  });
  await expect(statusOf('huntaze-estate-new')).resolves.toMatch(/absent|DELETE_COMPLETE/);
});

test('no temporary folder of the pipeline is left', () => {
  const left = readdirSync(tmpdir()).filter((name) => /^estate-(tree|gate|publish)-/.test(name));
  expect(left.filter((name) => !earlier.has(name))).toEqual([]);
});
