import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readAssembly } from '../../../lib/adopt/assembly';
import { JournalError } from '../../../lib/adopt/journal';
import type { LookUpClients } from '../../../lib/adopt/live/clients';
import { lookUp } from '../../../lib/adopt/look-up';
import { AdoptionError } from '../../../lib/adopt/plan';
import { type RunOptions, runAdoption } from '../../../lib/adopt/run';
import { account, region, stackOf, writeAssembly } from '../../unit/adopt/templates';

/** An account of queues, and a CloudFormation that imports what `cdk import` is told to. */
class FakeAccount {
  readonly queues: Record<string, Record<string, string>> = {
    a: { VisibilityTimeout: '31', CreatedTimestamp: '1700000000' },
    b: { VisibilityTimeout: '32', CreatedTimestamp: '1700000001' },
  };
  /** Logical ids by stack name. */
  readonly stacks = new Map<string, string[]>();
  /** Stack that CloudFormation says holds a queue, by its URL. */
  readonly holders = new Map<string, string>();
  readonly calls: string[][] = [];
  /** Command of the CLI after which the machine goes down. */
  dieAfter: string | undefined;

  readonly clients = {
    sqs: {
      send: async (command: { input: { QueueName?: string; QueueUrl?: string } }) => {
        const { QueueName, QueueUrl } = command.input;
        if (QueueName !== undefined) {
          if (this.queues[QueueName] === undefined) throw Object.assign(new Error('no'), { name: 'QueueDoesNotExist' });
          return { QueueUrl: `https://q/${QueueName}` };
        }
        const name = QueueUrl?.slice('https://q/'.length) ?? '';
        return { Attributes: { QueueArn: `arn:${name}`, ...this.queues[name] } };
      },
    },
    cloudFormation: {
      send: async ({ input }: { input: { PhysicalResourceId: string } }) => {
        const StackName = this.holders.get(input.PhysicalResourceId);
        if (StackName === undefined) throw Object.assign(new Error('no'), { name: 'ValidationError' });
        return { StackResources: [{ StackName, PhysicalResourceId: input.PhysicalResourceId }] };
      },
    },
  } as unknown as LookUpClients;

  readonly cloudFormation = {
    send: async (command: { input: { StackName: string } }) => {
      const held = this.stacks.get(command.input.StackName);
      const absent = Object.assign(new Error('no'), { name: 'ValidationError' });
      switch (command.constructor.name) {
        case 'DescribeStacksCommand':
          if (held === undefined) throw absent;
          return { Stacks: [{ StackStatus: 'IMPORT_COMPLETE' }] };
        case 'DescribeStackResourcesCommand':
          return { StackResources: held?.map((LogicalResourceId) => ({ LogicalResourceId })) };
        default:
          throw absent;
      }
    },
  } as unknown as CloudFormationClient;

  readonly cdk = async (args: readonly string[]): Promise<void> => {
    this.calls.push([...args]);
    const [command, id = ''] = args;
    if (command === 'import') {
      const mapping = JSON.parse(readFileSync(args[args.indexOf('--resource-mapping') + 1] ?? '', 'utf8'));
      this.stacks.set(id, Object.keys(mapping));
    }
    if (this.dieAfter === `${command} ${id}`) {
      this.dieAfter = undefined;
      throw new Error('the machine went down');
    }
  };
}

const queue = (name: string, timeout: number) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, VisibilityTimeout: timeout },
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
});
const audited = readAssembly(
  writeAssembly([
    stackOf('one', { A: queue('a', 300) }),
    stackOf('two', { B: queue('b', 300), Missing: queue('missing', 1) }, { dependencies: ['one'] }),
  ]),
);

async function optionsFor(fake: FakeAccount, more: Partial<RunOptions> = {}): Promise<RunOptions> {
  const facts = await lookUp({ stacks: audited, clients: fake.clients, account, region, now: new Date(0) });
  return {
    audited,
    hardened: audited,
    facts,
    codeFolder: '/none',
    directory: mkdtempSync(join(tmpdir(), 'adopt-run-')),
    clients: fake.clients,
    cloudFormation: fake.cloudFormation,
    cdk: fake.cdk,
    progress: { step: (_title, work) => work(), note: () => {} },
    ...more,
  };
}

const imports = (fake: FakeAccount) => fake.calls.filter(([command]) => command === 'import').map(([, id]) => id);

describe('runAdoption', () => {
  test('imports each stack once, in order, with what exists', async () => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake);
    const report = await runAdoption(options);
    expect(imports(fake)).toEqual(['one', 'two']);
    expect(fake.stacks.get('two')).toEqual(['B']);
    expect(report.stacks.map(({ outcome }) => outcome)).toEqual(['imported', 'imported']);
    const written = JSON.parse(readFileSync(join(options.directory, 'as-found', 'one.template.json'), 'utf8'));
    expect(written.Resources.A).toMatchObject({ Properties: { VisibilityTimeout: 31 }, DeletionPolicy: 'Retain' });
    const manifest = JSON.parse(readFileSync(join(options.directory, 'as-found', 'manifest.json'), 'utf8'));
    expect(manifest.artifacts.two).toMatchObject({ dependencies: ['two.assets'] });
    expect(manifest.artifacts.two).not.toHaveProperty('additionalMetadataFile');
  });

  test.each(['import one', 'import two'])(
    'a run that dies right after `cdk %s` is resumed, and imports nothing twice',
    async (moment) => {
      const fake = new FakeAccount();
      const options = await optionsFor(fake);
      fake.dieAfter = moment;
      await expect(runAdoption(options)).rejects.toThrow('the machine went down');
      const report = await runAdoption(options);
      expect(imports(fake)).toEqual(['one', 'two']);
      expect(report.stacks).toHaveLength(2);
      expect(report.stacks.map(({ outcome }) => outcome)).toContain('resumed');
    },
  );

  test('a finished run can be run again, and does nothing', async () => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake);
    await runAdoption(options);
    const report = await runAdoption(options);
    expect(imports(fake)).toHaveLength(2);
    expect(report.stacks.map(({ outcome }) => outcome)).toEqual(['resumed', 'resumed']);
  });

  test('takes the named stacks only', async () => {
    const fake = new FakeAccount();
    await runAdoption(await optionsFor(fake, { only: ['two'] }));
    expect(imports(fake)).toEqual(['two']);
  });

  test('changes nothing when another stack holds a resource', async () => {
    const fake = new FakeAccount();
    fake.holders.set('https://q/b', 'old-stack');
    const running = runAdoption(await optionsFor(fake));
    await expect(running).rejects.toThrow(AdoptionError);
    await expect(running).rejects.toThrow('old-stack holds two/B');
    expect(fake.calls).toEqual([]);
  });

  test('changes nothing when the proof refuses', async () => {
    const fake = new FakeAccount();
    const hardened = audited.map((stack) => ({ ...stack, template: { ...stack.template, Resources: {} } }));
    await expect(runAdoption(await optionsFor(fake, { hardened }))).rejects.toThrow(/one\/A: it is not in hardened/);
    expect(fake.calls).toEqual([]);
  });

  test.each<[string, (fake: FakeAccount) => void, string]>([
    ['a setting', (fake) => Object.assign(fake.queues.a ?? {}, { VisibilityTimeout: '33' }), 'A: VisibilityTimeout'],
    [
      'the creation date',
      (fake) => Object.assign(fake.queues.a ?? {}, { CreatedTimestamp: '1800000000' }),
      'A: its creation date',
    ],
    ['its existence', (fake) => delete fake.queues.a, 'A: gone'],
  ])('does not import what changed %s since the facts were read', async (_title, change, message) => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake);
    change(fake);
    await expect(runAdoption(options)).rejects.toThrow(message);
    expect(imports(fake)).toEqual([]);
  });

  test('what changes and the model does not set is no reason to stop', async () => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake);
    Object.assign(fake.queues.a ?? {}, { DelaySeconds: '5' });
    await runAdoption(options);
    expect(imports(fake)).toHaveLength(2);
  });

  test('stops when what lives is not what the import recorded', async () => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake, {
      cdk: async (args) => {
        await fake.cdk(args);
        Object.assign(fake.queues.a ?? {}, { VisibilityTimeout: '99' });
      },
    });
    await expect(runAdoption(options)).rejects.toThrow(
      /one is imported, and its template is not what lives:\n {2}A VisibilityTimeout: the template has 31, live is 99/,
    );
    expect(imports(fake)).toEqual(['one']);
  });

  test('refuses a stack that stands and lacks what is to be imported', async () => {
    const fake = new FakeAccount();
    fake.stacks.set('one', ['SomethingElse']);
    await expect(runAdoption(await optionsFor(fake))).rejects.toThrow('one stands and lacks resources of this import');
  });
});

describe('the journal', () => {
  test('refuses to go on with other facts', async () => {
    const fake = new FakeAccount();
    const options = await optionsFor(fake);
    fake.dieAfter = 'import one';
    await expect(runAdoption(options)).rejects.toThrow();
    const other = { ...options, facts: { ...options.facts, readAt: new Date(1).toISOString() } };
    await expect(runAdoption(other)).rejects.toThrow(JournalError);
  });

  test('refuses what it cannot read, and leaves no partial file', async () => {
    const options = await optionsFor(new FakeAccount());
    await runAdoption(options);
    const path = join(options.directory, 'journal.json');
    expect(JSON.parse(readFileSync(path, 'utf8')).stacks).toEqual({ one: 'checked', two: 'checked' });
    expect(existsSync(`${path}.partial`)).toBe(false);
    writeFileSync(path, '{"schemaVersion":');
    await expect(runAdoption(options)).rejects.toThrow(`cannot be read, got: ${path}`);
  });
});
