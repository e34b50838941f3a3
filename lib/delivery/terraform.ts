import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fileHash } from './archive';
import { mustRun, run, tailOf } from './run';
import { assertApproved, RefusedError } from './target';

/**
 * Terraform in the folder of a synthesized stack.
 *
 * `cdktf plan` and `cdktf deploy` save no plan, so that what is applied is planned again after the approval.
 */
export interface TerraformOptions {
  /** Path or name of the Terraform program. */
  readonly binary: string;
  /** Folder of a synthesized stack, with its `cdk.tf.json`. */
  readonly directory: string;
  /** Environment with the credentials of Azure and of the backend. */
  readonly env: NodeJS.ProcessEnv;
  readonly onOutput?: (text: string) => void;
}

export const synthesizedFile = 'cdk.tf.json';

/** Backends that hold a lock on the state while somebody works on it, and the options without which they do not. */
const lockingBackends: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => boolean>> = {
  // By a lease on the blob, always.
  azurerm: () => true,
  // By an object beside the state, since Terraform 1.10, only when it is asked for.
  s3: ({ use_lockfile, encrypt }) => use_lockfile === true && encrypt === true,
};

const stackSchema = z.object({
  terraform: z.object({
    backend: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    cloud: z.unknown().optional(),
  }),
});

/**
 * Holds that a synthesized stack keeps its state where the pipeline and people cannot write it at the same time.
 *
 * @returns the kind of its backend
 * @throws RefusedError naming the backend and the remedy
 */
export function assertLockingBackend(directory: string): string {
  const path = join(directory, synthesizedFile);
  if (!existsSync(path))
    throw new Error(`${directory} holds no synthesized stack (${synthesizedFile} is missing). Run npm run ci:synth.`);
  const { terraform } = stackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const [[kind, options] = ['local', {}]] = Object.entries(terraform.backend ?? {});
  if (lockingBackends[kind]?.(options) === true) return kind;
  throw new RefusedError(
    `The state of ${path} is not in a locking, encrypted remote backend, got: ${kind} ${JSON.stringify(options)}. Set azure.state in the account's settings file (docs/delivery.md).`,
  );
}

const initArguments = ['init', '-input=false', '-no-color', '-lockfile=readonly'];

export interface SavedPlan {
  /** Whether applying it would change anything. */
  readonly changes: boolean;
  /** Hash of the plan's bytes. */
  readonly hash: string;
  /** The plan for a person; Terraform leaves sensitive values out of it. */
  readonly text: string;
  /** Addresses by what happens to them. */
  readonly summary: PlanSummary;
}

export interface PlanSummary {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly replace: readonly string[];
  readonly destroy: readonly string[];
}

/**
 * Plans a stack and saves the plan to a file that only this user can read.
 *
 * @throws when Terraform fails, and RefusedError for a backend without a lock
 */
export async function savePlan(options: TerraformOptions, file: string): Promise<SavedPlan> {
  assertLockingBackend(options.directory);
  await initialize(options);
  const { code, output } = await run(
    options.binary,
    ['plan', '-input=false', '-no-color', '-lock-timeout=5m', '-detailed-exitcode', `-out=${file}`],
    place(options),
  );
  // Detailed exit codes: 0 nothing to do, 2 something to do, anything else a failure.
  if (code !== 0 && code !== 2) throw new Error(`terraform plan ended with ${code ?? 'a signal'}:\n${tailOf(output)}`);
  const { stdout: text } = await mustRun(options.binary, ['show', '-no-color', file], quiet(options));
  const { stdout: json } = await mustRun(options.binary, ['show', '-json', file], quiet(options));
  return { changes: code === 2, hash: await fileHash(file), text, summary: summarize(json) };
}

/**
 * Applies exactly one saved plan.
 *
 * @throws RefusedError when the file's bytes are not the approved ones; when Terraform fails, which it also does by itself
 *   when the state has moved on since the plan
 */
export async function applyPlan(options: TerraformOptions, file: string, approved: string): Promise<void> {
  assertLockingBackend(options.directory);
  assertApproved(await fileHash(file), approved);
  await initialize(options);
  await mustRun(options.binary, ['apply', '-input=false', '-no-color', '-lock-timeout=5m', file], place(options));
}

/** What is left to change: after an apply, and every night, that must be nothing. */
export async function leftToChange(options: TerraformOptions): Promise<PlanSummary | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), 'estate-terraform-'));
  try {
    const { changes, summary } = await savePlan(options, join(scratch, 'plan.tfplan'));
    return changes ? summary : undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** File with the hashes of the provider's bytes; an apply gets the one that its plan made. */
export const providerLockFile = '.terraform.lock.hcl';

async function initialize(options: TerraformOptions): Promise<void> {
  const lock = join(options.directory, providerLockFile);
  const args = existsSync(lock) ? initArguments : initArguments.filter((argument) => !argument.startsWith('-lockfile'));
  await mustRun(options.binary, args, place(options));
}

const place = ({ directory, env, onOutput }: TerraformOptions) => ({
  cwd: directory,
  env: { ...env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  ...(onOutput && { onOutput }),
});

/** Without its output on the log: as JSON, a plan shows every sensitive value. */
const quiet = (options: TerraformOptions) => place({ ...options, onOutput: undefined });

const planJsonSchema = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});

function summarize(json: string): PlanSummary {
  const { resource_changes } = planJsonSchema.parse(JSON.parse(json));
  const those = (wanted: (actions: readonly string[]) => boolean) =>
    resource_changes.filter(({ change }) => wanted(change.actions)).map(({ address }) => address);
  const both = (actions: readonly string[]) => actions.includes('create') && actions.includes('delete');
  return {
    create: those((actions) => actions.includes('create') && !both(actions)),
    update: those((actions) => actions.includes('update')),
    replace: those(both),
    destroy: those((actions) => actions.includes('delete') && !both(actions)),
  };
}

/** Writes bytes from the store where only this user can read them. */
export function writePrivately(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
}
