import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AzureEstate } from '../estate/azure-estate';
import { assertDeployableModels } from '../policy/azure';
import { textHash, withTree } from './archive';
import { commitSchema, hashSchema } from './schemas';
import type { DeliveryStore } from './store';
import { cloudFolders } from './synthesize';
import { assertApproved, RefusedError } from './target';
import {
  applyPlan,
  leftToChange,
  type PlanSummary,
  providerLockFile,
  savePlan,
  type TerraformOptions,
  writePrivately,
} from './terraform';

const addresses = z.array(z.string());

/** What somebody approves. It holds addresses and actions, and no value of any attribute: everybody may read it. */
export const azurePlanSchema = z.strictObject({
  schemaVersion: z.literal(1),
  subscription: z.guid(),
  location: z.string(),
  commit: commitSchema,
  /** Hash of the archive with the synthesized stack. */
  assembly: hashSchema,
  /** Hash of the saved plan, which is in the private store. */
  plan: hashSchema,
  changes: z.boolean(),
  summary: z.strictObject({ create: addresses, update: addresses, replace: addresses, destroy: addresses }),
  /** Hashes of the provider's bytes. */
  providerLock: z.string().nullable(),
});
export type AzurePlan = z.infer<typeof azurePlanSchema>;

export interface AzureOptions {
  readonly estate: AzureEstate;
  readonly store: DeliveryStore;
  readonly archive: string;
  readonly archiveHash: string;
  readonly terraform: Pick<TerraformOptions, 'binary' | 'env' | 'onOutput'>;
  readonly note: (line: string) => void;
}

export interface FinishedAzurePlan {
  readonly record: AzurePlan;
  readonly text: string;
  readonly hash: string;
  readonly markdown: string;
}

/**
 * Tells which subscription the job would reach before anything else is done, and refuses any other than the one that
 * the settings name.
 *
 * @throws RefusedError
 */
export function assertSubscription(
  { settings }: Pick<AzureEstate, 'settings'>,
  environment: NodeJS.ProcessEnv,
  announce: (line: string) => void,
): string {
  const actual = environment.ARM_SUBSCRIPTION_ID;
  announce(`Azure subscription ${actual ?? '(none)'}, region ${settings.location}.`);
  const { subscriptionId } = settings;
  if (subscriptionId === undefined) {
    throw new RefusedError(
      'The settings name no subscription, got: azure.subscriptionId undefined. Set it in the account’s settings file: the pipeline deploys to no other.',
    );
  }
  if (actual?.toLowerCase() === subscriptionId.toLowerCase()) return subscriptionId;
  throw new RefusedError(
    `The job is for another subscription than the settings, got: ${actual ?? '(none)'}, expected: ${subscriptionId}. Set ARM_SUBSCRIPTION_ID of the environment.`,
  );
}

/**
 * Plans Azure and stores the saved plan where only the applier can read it. Nothing of Azure changes.
 *
 * @throws RefusedError for another subscription or a state without a lock
 */
export async function planAzure(options: AzureOptions & { readonly commit: string }): Promise<FinishedAzurePlan> {
  const { estate, store, archive, archiveHash, terraform, commit, note } = options;
  const subscription = assertSubscription(estate, terraform.env, note);
  return withStack(archive, archiveHash, async (directory, scratch) => {
    const file = join(scratch, 'plan.tfplan');
    const saved = await savePlan({ ...terraform, directory }, file);
    await store.putPlan(file, saved.hash);
    const lock = join(directory, providerLockFile);
    const record: AzurePlan = {
      schemaVersion: 1,
      subscription,
      location: estate.settings.location,
      commit,
      assembly: archiveHash,
      plan: saved.hash,
      changes: saved.changes,
      summary: mutable(saved.summary),
      providerLock: existsSync(lock) ? readFileSync(lock, 'utf8') : null,
    };
    const text = `${JSON.stringify(record, null, 2)}\n`;
    const hash = textHash(text);
    return { record, text, hash, markdown: renderAzurePlan(record, hash) };
  });
}

/**
 * Applies exactly the plan that somebody approved, and plans once more: nothing may be left to change.
 *
 * @param today ISO date; Azure refuses a retired model, and so does this before it starts
 * @returns what is left to change; undefined when all is well
 * @throws RefusedError for another subscription, and for anything that is not what was approved
 */
export async function applyAzure(
  options: AzureOptions & { readonly planText: string; readonly approved: string; readonly today: string },
): Promise<PlanSummary | undefined> {
  const { estate, store, archive, archiveHash, terraform, planText, approved, today, note } = options;
  const subscription = assertSubscription(estate, terraform.env, note);
  assertApproved(textHash(planText), approved);
  const record = azurePlanSchema.parse(JSON.parse(planText));
  if (record.subscription !== subscription || record.assembly !== archiveHash) {
    throw new RefusedError(
      `The plan is for another place or assembly, got: ${record.subscription} ${record.assembly}, expected: ${subscription} ${archiveHash}.`,
    );
  }
  assertDeployableModels(estate, today);
  if (!record.changes) {
    note('Nothing to apply.');
    return undefined;
  }
  return withStack(archive, archiveHash, async (directory, scratch) => {
    if (record.providerLock !== null) writeFileSync(join(directory, providerLockFile), record.providerLock);
    const file = join(scratch, 'plan.tfplan');
    writePrivately(file, await store.getPlan(record.plan));
    await applyPlan({ ...terraform, directory }, file, record.plan);
    return leftToChange({ ...terraform, directory });
  });
}

/** A plan for the summary of a run. */
export function renderAzurePlan(
  { changes, summary, subscription, location, commit }: AzurePlan,
  hashOf: string,
): string {
  const mark = { create: 'create', update: 'update in place', replace: '**replace**', destroy: '**destroy**' } as const;
  const rows = (Object.keys(mark) as (keyof typeof mark)[]).flatMap((action) =>
    summary[action].map((address) => `| \`${address}\` | ${mark[action]} |`),
  );
  return [
    `## Plan for Azure subscription ${subscription}, ${location}`,
    '',
    `Commit \`${commit}\`.`,
    '',
    ...(changes ? ['| resource | change |', '|---|---|', ...rows] : ['Nothing to change.']),
    '',
    `Approving the environment approves plan \`${hashOf}\`. The saved plan is in the delivery bucket, for a week.`,
    '',
  ].join('\n');
}

/** Runs work in the folder of the one synthesized stack, with a folder beside it that only this user can read. */
const withStack = <T>(
  archive: string,
  archiveHash: string,
  work: (directory: string, scratch: string) => Promise<T>,
): Promise<T> =>
  withTree(archive, archiveHash, (tree, scratch) => work(stackFolder(join(tree, cloudFolders.azure)), scratch));

/** @throws when the output holds more or fewer than one stack */
export function stackFolder(output: string): string {
  const stacks = join(output, 'stacks');
  const [name, ...others] = existsSync(stacks) ? readdirSync(stacks).sort() : [];
  if (name === undefined || others.length > 0) {
    throw new Error(`${output} must hold one stack, got: ${[name, ...others].filter(Boolean).join(', ') || 'none'}.`);
  }
  return join(stacks, name);
}

const mutable = ({ create, update, replace, destroy }: PlanSummary) => ({
  create: [...create],
  update: [...update],
  replace: [...replace],
  destroy: [...destroy],
});
