import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  type AdoptionPlan,
  type AdoptionProof,
  type AssemblyStack,
  changedCode,
  importableOnAws,
  lookUp,
  lookUpClients,
  planAdoption,
  proveAdoption,
  type RunReport,
  readAssembly,
  runAdoption,
  type VerifiedResource,
  verifyAdoption,
} from '../../adopt';
import { type AuditReport, auditAccount, auditClients, isClean } from '../../audit';
import { modelledFunctions } from '../../estate/functions';
import type { AccountSettings, Posture } from '../../estate/settings';
import { bootstrap, deploy, runCdk } from '../deploy';
import type { Emulator } from '../emulator';
import { startEmulator } from '../emulator';
import { physicalNames, secretsStackName, synthesize } from '../estate-run';
import { readBackExemptions } from '../exemptions';
import { readGapList } from '../gaps';
import { assertLoopback } from '../loopback';
import type { Progress } from '../progress';
import { makeRehearsalValues, seedPrerequisites, seedSecretValues } from '../seed';
import { type KeptContent, readContents } from './contents';
import { makeByHand } from './hand-made';
import { type TriedMapping, tryMappings } from './mappings';

/** What the embedded AWS imports (its `_IMPORT_LOOKUPS`), of the types of the estate. */
const embeddedImports: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

/** The account after one deployment. */
export interface AdoptedPosture {
  readonly posture: Posture;
  readonly resources: readonly VerifiedResource[];
  readonly contents: readonly KeptContent[];
  /** Settings that the embedded AWS takes and never shows, so that nothing is said of them. */
  readonly notHeld: readonly string[];
  /** Functions whose code is not that of before. */
  readonly newCode: readonly string[];
  readonly audit: AuditReport;
}

export interface AdoptionRehearsalReport {
  readonly schemaVersion: 1;
  readonly passed: boolean;
  readonly failures: readonly string[];
  /** Wall time of the whole, in seconds. */
  readonly seconds: number;
  readonly plan: AdoptionPlan;
  readonly proof: AdoptionProof;
  readonly run: RunReport;
  readonly postures: readonly AdoptedPosture[];
  /** Every type that AWS imports, read from what the deployments made. */
  readonly mappings: readonly TriedMapping[];
  /** Imported for real, by type. */
  readonly tried: Readonly<Record<string, number>>;
  /** Types of the plan that AWS imports and the embedded AWS does not: their mappings are held by tests only. */
  readonly mappedOnly: readonly string[];
}

export interface AdoptionRehearsalOptions {
  readonly projectRoot: string;
  /** Settings of the hardened posture and of the audited one. */
  readonly settings: Readonly<Record<Posture, AccountSettings>>;
  readonly progress: Progress;
  /** @default `.rehearsal/adoption.json` in the project */
  readonly jsonPath?: string;
  /** Called with the account as the adoption left it, before it is stopped. @default nothing */
  readonly whileRunning?: (emulator: Emulator) => Promise<void>;
}

/**
 * Tells the story of an adoption on an embedded AWS: resources made by hand are taken over, deployed as audited, then
 * hardened; and nothing of it is made anew.
 *
 * @throws when a step cannot be done at all; what is merely wrong is in the report
 */
export async function rehearseAdoption(options: AdoptionRehearsalOptions): Promise<AdoptionRehearsalReport> {
  const { settings, projectRoot, progress } = options;
  const begun = Date.now();
  const directory = join(projectRoot, '.rehearsal');
  const emulator = await progress.step('start the embedded AWS', () =>
    startEmulator({
      account: settings.audited.account,
      region: settings.audited.region,
      directory,
      projectRoot,
      seeds: physicalNames(settings.audited),
      onLog: (line) => progress.note(line),
    }),
  );
  let passed = false;
  try {
    assertLoopback({ ...emulator.environment, AWS_ENDPOINT_URL: emulator.clientOptions().endpoint });
    const { account, region } = settings.audited;
    progress.note(`Account ${account}, region ${region}, endpoint ${emulator.endpoint}: this machine only.`);
    const story = await tell(emulator, options);
    const failures = failuresOf(story);
    passed = failures.length === 0;
    const report = {
      schemaVersion: 1,
      passed,
      failures,
      seconds: (Date.now() - begun) / 1000,
      ...story,
      ...whatWasTried(story.plan),
    } as const;
    const jsonPath = options.jsonPath ?? join(directory, 'adoption.json');
    mkdirSync(dirname(jsonPath), { recursive: true });
    writeFileSync(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
    await options.whileRunning?.(emulator);
    return report;
  } finally {
    await emulator.stop();
    if (passed) rmSync(emulator.directory, { recursive: true, force: true });
    else progress.note(`Logs and templates of this run: ${emulator.directory}`);
  }
}

type Story = Pick<AdoptionRehearsalReport, 'plan' | 'proof' | 'run' | 'postures' | 'mappings'>;

async function tell(emulator: Emulator, { settings, progress }: AdoptionRehearsalOptions): Promise<Story> {
  const client = emulator.clientOptions();
  const values = makeRehearsalValues();
  const assemblies = { audited: join(emulator.directory, 'audited'), hardened: join(emulator.directory, 'hardened') };
  await Promise.all([
    progress.step('synthesize both renderings', async () => {
      await synthesize(emulator, assemblies.audited, { posture: 'audited' });
      // One after the other: both bundle into one folder.
      await synthesize(emulator, assemblies.hardened, { posture: 'hardened' });
    }),
    progress.step('seed what stacks find in a real account', () => seedPrerequisites(client, values)),
    progress.step('make resources by hand, drifted, with old code', () => makeByHand(emulator, settings.audited)),
    progress.step('cdk bootstrap', () =>
      bootstrap(emulator, { qualifier: settings.audited.bootstrapQualifier, toolkitStackName: 'CDKToolkit' }),
    ),
  ]);
  const audited = readAssembly(assemblies.audited);
  const hardened = readAssembly(assemblies.hardened);
  const importable = (type: string) => embeddedImports.has(type);
  const clients = lookUpClients(client);
  const codeFolder = join(emulator.directory, 'code');
  const look = (stacks: readonly AssemblyStack[]) =>
    lookUp({
      stacks,
      clients,
      account: emulator.account,
      region: emulator.region,
      now: new Date(),
      codeFolder,
    });

  const before = await progress.step('look the account up, read-only', () => look(audited));
  writeFileSync(join(emulator.directory, 'facts.json'), JSON.stringify(before));
  const plan = planAdoption(audited, before, importable);
  // Foreign stacks are adopted on request only, and this story requests none.
  const ours = (stacks: readonly AssemblyStack[]) => stacks.filter(({ staged }) => !staged);
  const proof = proveAdoption({ audited: ours(audited), hardened: ours(hardened), facts: before, importable });
  const adopt = (interruption?: Interruption) =>
    runAdoption({
      audited,
      hardened,
      facts: before,
      codeFolder,
      directory: join(emulator.directory, 'adopt'),
      clients,
      cloudFormation: new CloudFormationClient(client),
      cdk: async (args) => {
        await runCdk(emulator, args, { cwd: emulator.directory, name: args.slice(0, 2).join('-') });
        interruption?.after(args);
      },
      progress,
      importable,
    });
  // The worst moment: the import is done, and nobody has written so down.
  await adopt(new Interruption(2)).catch((error: unknown) => {
    if (!(error instanceof Interruption)) throw error;
    progress.note('Interrupted after the second import, before the journal knew. Resumed:');
  });
  const run = await adopt();

  const postures: AdoptedPosture[] = [];
  let mappings: readonly TriedMapping[] = [];
  for (const posture of ['audited', 'hardened'] as const) {
    const stacks = posture === 'audited' ? audited : hardened;
    await deployAll(emulator, assemblies[posture], stacks, progress, posture === 'audited' ? values : undefined);
    postures.push(
      await progress.step(`read everything back, ${posture}`, async () => {
        const now = await look(stacks);
        mappings = tryMappings(stacks, now);
        const verified = verifyAdoption({ stacks, before, now, imported: importedKeys(plan) });
        return {
          posture,
          ...withoutUnheld(verified),
          contents: await readContents(emulator, settings[posture], consumedQueues),
          newCode: changedCode(before, now),
          audit: await auditAccount({
            settings: settings[posture],
            clients: auditClients(client),
            exemptions: readBackExemptions(readGapList().gaps),
          }),
        };
      }),
    );
  }
  return { plan, proof, run, postures, mappings };
}

/** Ends a run right after one of its imports. */
class Interruption extends Error {
  private seen = 0;

  constructor(private readonly last: number) {
    super('interrupted');
  }

  after([command]: readonly string[]): void {
    if (command !== 'import') return;
    this.seen += 1;
    if (this.seen === this.last) throw this;
  }
}

/** Their messages are worked off as soon as the functions stand. */
const consumedQueues: ReadonlySet<string> = new Set(
  modelledFunctions.flatMap(({ consumes }) => (consumes === undefined ? [] : [consumes.queue])),
);

async function deployAll(
  emulator: Emulator,
  assembly: string,
  stacks: readonly AssemblyStack[],
  progress: Progress,
  values: ReturnType<typeof makeRehearsalValues> | undefined,
): Promise<void> {
  const ours = stacks.filter(({ staged }) => !staged);
  if (values !== undefined) {
    const first = ours.filter(({ stackName }) => stackName === secretsStackName);
    await progress.step('cdk deploy, secrets', () => deploy(emulator, { assembly, stacks: first.map(({ id }) => id) }));
    await progress.step('put values into the secrets', () => seedSecretValues(emulator.clientOptions(), values));
  }
  await progress.step(`cdk deploy, ${ours.length} stacks`, () =>
    deploy(emulator, { assembly, stacks: ours.map(({ id }) => id) }),
  );
}

const importedKeys = (plan: AdoptionPlan): ReadonlySet<string> =>
  new Set(
    plan.stacks
      .filter(({ foreign }) => !foreign)
      .flatMap(({ stackName, mapping }) => Object.keys(mapping).map((logicalId) => `${stackName}/${logicalId}`)),
  );

function failuresOf({ proof, postures, mappings }: Story): string[] {
  return [
    ...mappings.flatMap(({ type, resources, found }) =>
      found === resources ? [] : [`The look-up finds ${found} of ${resources} ${type}.`],
    ),
    ...mappings.flatMap(({ type, differences }) =>
      differences
        .filter((difference) => !cannotHold(type, difference.slice(difference.lastIndexOf(' ') + 1)))
        .map((difference) => `The look-up reads ${type} otherwise than it was deployed: ${difference}.`),
    ),
    ...(proof.verdict === 'proven' ? [] : [`The proof says ${proof.verdict}.`]),
    ...postures.flatMap(({ posture, resources, contents, newCode, audit }) => [
      ...resources
        .filter(({ identity }) => !identity.startsWith('kept'))
        .map(({ stack, logicalId, identity }) => `${posture}: ${stack}/${logicalId} is ${identity}.`),
      ...resources.flatMap(({ stack, logicalId, corrections }) =>
        corrections
          .filter(({ corrected }) => !corrected)
          .map(
            ({ property, wanted, live }) =>
              `${posture}: ${stack}/${logicalId} ${property} is ${JSON.stringify(live)}, wanted: ${JSON.stringify(wanted)}.`,
          ),
      ),
      ...contents
        .filter(({ kept }) => !kept)
        .map(({ kind, name }) => `${posture}: the content of ${kind} ${name} is gone.`),
      ...(newCode.length === modelledFunctions.length
        ? []
        : [`${posture}: ${newCode.length} functions have new code.`]),
      ...unclean(posture, audit),
    ]),
  ];
}

/** Properties that the embedded AWS takes and never shows: its list of gaps says so, and fails when one closes. */
export const cannotHold = (type: string, property: string): boolean =>
  readGapList().gaps.some((gap) => gap.kind === 'unfillable' && gap.type === type && gap.property === property);

function withoutUnheld(verified: readonly VerifiedResource[]): Pick<AdoptedPosture, 'resources' | 'notHeld'> {
  return {
    resources: verified.map((resource) => ({
      ...resource,
      corrections: resource.corrections.filter(({ property }) => !cannotHold(resource.type, property)),
    })),
    notHeld: verified.flatMap(({ stack, logicalId, type, corrections }) =>
      corrections
        .filter(({ property }) => cannotHold(type, property))
        .map(({ property }) => `${stack}/${logicalId} ${property}`),
    ),
  };
}

/** Foreign buckets are not adopted here: their absence is no failure. */
function unclean(posture: Posture, audit: AuditReport): string[] {
  if (isClean(audit)) return [];
  return audit.sections.flatMap(({ id, rows }) =>
    rows
      .filter(
        ({ verdict, label }) => ['mismatch', 'missing', 'unexpected'].includes(verdict) && !label.includes('(owner: '),
      )
      .map(({ name, verdict, differences }) => {
        const what = differences.map(({ property }) => property).join(', ');
        return `${posture}: ${id} ${name}: ${verdict}${what === '' ? '' : ` (${what})`}.`;
      }),
  );
}

function whatWasTried(plan: AdoptionPlan): Pick<AdoptionRehearsalReport, 'tried' | 'mappedOnly'> {
  const tried: Record<string, number> = {};
  for (const { foreign, resources } of plan.stacks) {
    for (const { type, action } of foreign ? [] : resources) {
      if (action === 'import') tried[type] = (tried[type] ?? 0) + 1;
    }
  }
  const types = new Set(plan.stacks.flatMap(({ resources }) => resources.map(({ type }) => type)));
  return { tried, mappedOnly: [...types].filter((type) => importableOnAws(type) && !embeddedImports.has(type)).sort() };
}
