import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { deliveryEnvironments } from '../estate/delivery';
import { assertSelfContained } from '../rehearsal/assembly';
import { textHash, unpackTree, withTree } from './archive';
import { type AssemblyStack, assemblyStacks } from './assembly';
import type { Patience } from './change-sets';
import { runEstateReview } from './estate-review';
import { type ExecutionReport, executePlan, readStacksBack } from './execute';
import { assertDeploysAdmitted } from './forbidden';
import { type DeployPlan, planSchema, renderPlan } from './plan';
import { prepareStacks } from './prepare';
import { mustRun } from './run';
import { DeliveryStore } from './store';
import { cloudFolders } from './synthesize';
import { assertApproved, assertTarget, type DeliveryTarget, RefusedError } from './target';

/** Options for a client of the AWS SDK; the embedded AWS gives an endpoint and credentials here. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export interface PipelineOptions {
  readonly target: DeliveryTarget;
  /** @default the credentials of the environment */
  readonly client: ClientOptions;
  /** Archive with both clouds' synthesized output. */
  readonly archive: string;
  /** Hash that the archive must have. */
  readonly archiveHash: string;
  readonly note: (line: string) => void;
  readonly patience?: Patience;
}

/** Compares the tree to deploy with the deployed one; exit code as `estate review --gate` has it. */
export type Gate = (trees: {
  readonly base: string;
  readonly head: string;
}) => Promise<{ readonly code: number | null; readonly output: string }>;

export interface PlanOptions extends PipelineOptions {
  readonly commit: string;
  readonly gate: Gate;
}

export interface FinishedPlan {
  readonly plan: DeployPlan;
  /** The plan's bytes; their hash is what somebody approves. */
  readonly text: string;
  readonly hash: string;
  readonly markdown: string;
}

/**
 * Prepares a deploy: gates the tree against what is deployed, makes the change sets, and writes down what would be
 * executed. Nothing of the estate changes.
 *
 * @throws RefusedError for another account, an undecided origin, or a closed gate
 */
export async function planDeploy(options: PlanOptions): Promise<FinishedPlan> {
  const { target, client, archive, archiveHash, commit, gate, note, patience } = options;
  await assertTarget(new STSClient(client), target, note);
  return withTree(archive, archiveHash, async (tree) => {
    const store = new DeliveryStore(s3Client(client), target);
    const gateBase = await passGate(store, gate, tree, note);
    const stacks = assemblyStacks(join(tree, cloudFolders.aws));
    const planned = await prepareStacks({
      cloudFormation: new CloudFormationClient(client),
      ssm: new SSMClient(client),
      store,
      stacks,
      assembly: archiveHash,
      note,
      ...(patience && { patience }),
    });
    const plan: DeployPlan = {
      schemaVersion: 1,
      account: target.account,
      region: target.region,
      commit,
      assembly: archiveHash,
      gateBase,
      stacks: [...planned],
    };
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    const hash = textHash(text);
    return { plan, text, hash, markdown: renderPlan(plan, hash) };
  });
}

/** @returns hash of the assembly that was compared with, or null when none is deployed */
async function passGate(
  store: DeliveryStore,
  gate: Gate,
  tree: string,
  note: (line: string) => void,
): Promise<string | null> {
  const deployed = await store.deployed(deliveryEnvironments.awsDeploy);
  if (deployed === undefined) {
    note('First deploy of this environment: the gate has nothing to compare with.');
    return null;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'estate-gate-'));
  try {
    const archive = join(scratch, 'deployed.tgz');
    writeFileSync(archive, await store.getAssembly(deployed.assembly));
    const base = join(scratch, 'base');
    await unpackTree(archive, deployed.assembly, base);
    const { code, output } = await gate({ base, head: tree });
    if (code === 0) return deployed.assembly;
    note(output.trimEnd());
    throw new RefusedError(
      code === 2
        ? `The gate is closed between the deployed commit ${deployed.commit} and this one. Nothing was prepared.`
        : `The gate could not be asked, got: exit code ${code}. Nothing was prepared.`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export interface DeployOptions extends PipelineOptions {
  /** The plan's bytes. */
  readonly planText: string;
  /** Hash that somebody approved. */
  readonly approved: string;
  /** Publishes assets and templates of the stacks from the unpacked assembly. */
  readonly publish: (assembly: string, stacks: readonly AssemblyStack[]) => Promise<void>;
  /** What is wrong with the account after the deploy; nothing when all is well. @default stacks are read back, no more */
  readonly readBack?: () => Promise<readonly string[]>;
}

export interface DeployReport extends ExecutionReport {
  /** What the read-back found; empty also when nothing was read back, because the execution failed. */
  readonly findings: readonly string[];
}

/**
 * Executes what was approved: exactly these bytes, exactly this plan, in this account.
 *
 * @throws RefusedError for another account, an undecided origin, anything that is not what was approved, or a stack whose
 *   policy forbids deploys
 */
export async function runDeploy(options: DeployOptions): Promise<DeployReport> {
  const { target, client, archive, archiveHash, planText, approved, publish, readBack, note, patience } = options;
  await assertTarget(new STSClient(client), target, note);
  const plan = approvedPlan(planText, approved, { target, archiveHash });
  await assertDeploysAdmitted(new CloudFormationClient(client), plan);
  return withTree(archive, archiveHash, async (tree) => {
    const assembly = join(tree, cloudFolders.aws);
    assertSelfContained(assembly);
    const stacks = assemblyStacks(assembly);
    const store = new DeliveryStore(s3Client(client), target);
    // Stored before anything changes: what an account has must never be what nobody can look up.
    await store.putAssembly(archive, archiveHash);
    await publish(assembly, stacks);
    const cloudFormation = new CloudFormationClient(await withDeployRole(client, stacks, note));
    const report = await executePlan({ cloudFormation, plan, stacks, note, ...(patience && { patience }) });
    if (!report.succeeded) return { ...report, findings: [] };
    const findings = [...(await readStacksBack(cloudFormation, stacks)), ...((await readBack?.()) ?? [])];
    for (const finding of findings) note(`Read back: ${finding}`);
    // Whatever the read-back says, these bytes are what the account now has, and what the next gate compares with.
    await store.setDeployed(deliveryEnvironments.awsDeploy, { assembly: archiveHash, commit: plan.commit });
    return { ...report, findings };
  });
}

function approvedPlan(
  text: string,
  approved: string,
  { target, archiveHash }: { readonly target: DeliveryTarget; readonly archiveHash: string },
): DeployPlan {
  assertApproved(textHash(text), approved);
  const plan = planSchema.parse(JSON.parse(text));
  if (plan.account !== target.account || plan.region !== target.region) {
    throw new RefusedError(
      `The plan is for another place, got: ${plan.account} ${plan.region}, expected: ${target.account} ${target.region}.`,
    );
  }
  if (plan.assembly !== archiveHash) {
    throw new RefusedError(`The plan is for another assembly, got: ${plan.assembly}, expected: ${archiveHash}.`);
  }
  return plan;
}

/** Every stack of an assembly names the same deploy role; the pipeline's own role can do nothing but take it. */
async function withDeployRole(
  client: ClientOptions,
  stacks: readonly AssemblyStack[],
  note: (line: string) => void,
): Promise<ClientOptions> {
  const roles = [...new Set(stacks.map(({ deployRoleArn }) => deployRoleArn))];
  const [RoleArn] = roles;
  if (roles.length !== 1 || RoleArn === undefined) {
    throw new Error(`The stacks must name one deploy role of the bootstrap, got: ${roles.join(', ')}.`);
  }
  note(`Taking ${RoleArn}.`);
  const { Credentials } = await new STSClient(client).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'estate-deploy', DurationSeconds: 3_600 }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
  return {
    ...client,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    },
  };
}

/** The gate by `estate review` of a checkout. */
export const estateGate =
  (projectRoot: string, { env, waivers }: { readonly env: NodeJS.ProcessEnv; readonly waivers?: string }): Gate =>
  (trees) =>
    runEstateReview(projectRoot, trees, { waivers }, { env });

/** Publishes assets with the real CLI, which takes the bootstrap's own role for it. */
export const cdkPublish =
  (projectRoot: string, env: NodeJS.ProcessEnv, onOutput?: (text: string) => void): DeployOptions['publish'] =>
  async (assembly, stacks) => {
    // From an empty folder: in the project's own the CLI would read its configuration and synthesize.
    const empty = mkdtempSync(join(tmpdir(), 'estate-publish-'));
    try {
      await mustRun(
        process.execPath,
        [
          join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
          ...['publish-assets', ...stacks.map(({ id }) => id), '--exclusively'],
          ...['--app', assembly, '--unstable', 'publish-assets', '--no-notices', '--ci'],
        ],
        {
          cwd: empty,
          env: { ...env, CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
          ...(onOutput && { onOutput }),
        },
      );
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  };

const s3Client = (client: ClientOptions): S3Client =>
  new S3Client({ ...client, forcePathStyle: client.endpoint !== undefined });
