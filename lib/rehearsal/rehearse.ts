import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { auditAccount, auditClients, renderAudit } from '../audit';
import type { AccountSettings } from '../estate/settings';
import { bootstrap, deploy } from './deploy';
import { type Emulator, startEmulator } from './emulator';
import { physicalNames, secretsStackName, synthesize } from './estate-run';
import { readBackExemptions } from './exemptions';
import { readGapList } from './gaps';
import { assertLoopback } from './loopback';
import type { Progress } from './progress';
import { failuresOf, type RehearsalReport, renderGaps, renderTraffic } from './rehearsal-report';
import { makeRehearsalValues, seedPrerequisites, seedSecretValues } from './seed';
import { type SynthesizedStack, synthesizedStacks } from './synthesized';
import { runTraffic } from './traffic';

/** Second bootstrap of the audited account. Its stack's real name is not documented; two toolkit stacks cannot share one. */
const secondBootstrap = { qualifier: 'ofq1abcde', toolkitStackName: 'CDKToolkit-ofq1abcde' } as const;

export interface RehearsalOptions {
  readonly projectRoot: string;
  readonly settings: AccountSettings;
  /** Context values (`-c key=value`) that made these settings, handed on to synth. */
  readonly context: Readonly<Record<string, string>>;
  readonly progress: Progress;
  /** Takes the tables as soon as they are known. */
  readonly print: (text: string) => void;
  /** @default `.rehearsal/report.json` in the project */
  readonly jsonPath?: string;
  /** Times that the traffic is sent. @default 1 */
  readonly rounds?: number;
  /** Sends traffic once everything stands. @default true */
  readonly traffic?: boolean;
  /** Leaves the emulator and its folder as they are until the process is asked to end. @default false */
  readonly keep?: boolean;
}

/**
 * Deploys the estate to an embedded AWS, reads it back, and sends traffic through it. Stops whatever it started, also
 * when it fails and when the process is interrupted.
 *
 * @throws when a step cannot be done at all: no Python, a stack that does not deploy. What is merely wrong is in the report.
 */
export async function rehearse(options: RehearsalOptions): Promise<RehearsalReport> {
  const { settings, projectRoot, keep = false, rounds = 1 } = options;
  const begun = Date.now();
  const { progress, steps } = timed(options.progress);
  const directory = join(projectRoot, '.rehearsal');
  // Told before anything runs: an entry that has gone stale needs no two minutes to be found.
  const exemptions = readBackExemptions(readGapList().gaps);

  const emulator = await progress.step('start the embedded AWS', () =>
    startEmulator({
      account: settings.account,
      region: settings.region,
      directory,
      projectRoot,
      seeds: physicalNames(settings),
      onLog: (line) => progress.note(line),
    }),
  );
  let passed = false;
  try {
    assertLoopback({ ...emulator.environment, AWS_ENDPOINT_URL: emulator.clientOptions().endpoint });
    progress.note(
      `Account ${settings.account}, region ${settings.region}, endpoint ${emulator.endpoint}: this machine only.`,
    );

    const values = makeRehearsalValues();
    await deployEstate(emulator, options, progress, values);
    const audit = await progress.step('read every resource back', () =>
      auditAccount({ settings, clients: auditClients(emulator.clientOptions()), exemptions }),
    );
    options.print(renderAudit(audit));
    const traffic =
      options.traffic === false
        ? []
        : await progress.step('send traffic', () =>
            runTraffic({
              emulator,
              values,
              rounds,
              onRound: (results, round) =>
                options.print(`${renderTraffic(results, rounds === 1 ? '' : `, round ${round} of ${rounds}`)}\n`),
            }),
          );
    const gaps = await emulator.gapReport();
    options.print(`${renderGaps(gaps)}\n`);

    const failures = failuresOf({ audit, traffic, gaps });
    passed = failures.length === 0;
    const seconds = (Date.now() - begun) / 1000;
    const report = { schemaVersion: 1, passed, failures, seconds, steps, audit, traffic, gaps } as const;
    writeReport(options.jsonPath ?? join(directory, 'report.json'), report);
    if (keep) await keepRunning(emulator, progress);
    return report;
  } finally {
    await emulator.stop();
    if (passed && !keep) rmSync(emulator.directory, { recursive: true, force: true });
    else progress.note(`Logs and templates of this run: ${emulator.directory}`);
  }
}

async function deployEstate(
  emulator: Emulator,
  { settings, context }: RehearsalOptions,
  progress: Progress,
  values: ReturnType<typeof makeRehearsalValues>,
): Promise<void> {
  const client = emulator.clientOptions();
  const assembly = join(emulator.directory, 'assembly');
  // None of these needs another one.
  await Promise.all([
    progress.step('synthesize the templates', () => synthesize(emulator, assembly, context)),
    progress.step('seed what stacks find in a real account', () => seedPrerequisites(client, values)),
    progress.step(`cdk bootstrap, qualifier ${settings.bootstrapQualifier}`, () =>
      bootstrap(emulator, { qualifier: settings.bootstrapQualifier, toolkitStackName: 'CDKToolkit' }),
    ),
    progress.step(`cdk bootstrap, qualifier ${secondBootstrap.qualifier}`, () => bootstrap(emulator, secondBootstrap)),
  ]);

  const stacks = synthesizedStacks(assembly);
  const ours = stacks.filter(({ staged }) => !staged);
  const first = ours.filter(({ stackName }) => stackName === secretsStackName);
  await progress.step('cdk deploy, secrets', () => deploy(emulator, { assembly, stacks: first.map(({ id }) => id) }));
  await progress.step('put values into the secrets', () => seedSecretValues(client, values));
  await progress.step(`cdk deploy, ${ours.length - first.length} stacks`, () =>
    deploy(emulator, { assembly, stacks: ours.filter((stack) => !first.includes(stack)).map(({ id }) => id) }),
  );
  const foreign = await stacksWithoutBuckets(emulator, stacks);
  if (foreign.length === 0) return;
  await progress.step(`cdk deploy, ${foreign.length} stacks of foreign owners`, () =>
    deploy(emulator, { assembly, stacks: foreign.map(({ id }) => id) }),
  );
}

/** Of the foreign stacks, those whose buckets bootstrap did not make already. */
async function stacksWithoutBuckets(
  emulator: Emulator,
  stacks: readonly SynthesizedStack[],
): Promise<SynthesizedStack[]> {
  const s3 = new S3Client({ ...emulator.clientOptions(), forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const live = new Set(Buckets.map(({ Name }) => Name));
  return stacks.filter(({ id, buckets }) => id.startsWith('foreign/') && !buckets.some((bucket) => live.has(bucket)));
}

/** Steps with their wall time, as the report keeps them. */
function timed(progress: Progress): { progress: Progress; steps: { title: string; seconds: number }[] } {
  const steps: { title: string; seconds: number }[] = [];
  return {
    steps,
    progress: {
      note: progress.note,
      async step(title, work) {
        const start = Date.now();
        try {
          return await progress.step(title, work);
        } finally {
          steps.push({ title, seconds: (Date.now() - start) / 1000 });
        }
      },
    },
  };
}

function writeReport(path: string, report: RehearsalReport): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

function keepRunning({ endpoint }: Emulator, progress: Progress): Promise<void> {
  progress.note(`The embedded AWS stays at ${endpoint} until Ctrl-C.`);
  return new Promise((resolve) => process.once('SIGINT', () => resolve()));
}
