import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { assertAccount, auditAccount, auditClients, isClean, summaryLine } from '../audit';
import { partTitles } from '../audit/words';
import { packTree } from '../delivery/archive';
import { type AzureOptions, applyAzure, assertSubscription, planAzure, stackFolder } from '../delivery/azure';
import { auditDependencies, dependencyLicences } from '../delivery/dependencies';
import { GitHub } from '../delivery/github';
import { readInputs } from '../delivery/inputs';
import { addSummary, setOutput } from '../delivery/job-files';
import {
  awsDrift,
  azureDrift,
  consolidationReport,
  dependencyReport,
  lifecycleReport,
  type NightlyPart,
  nightlyParts,
  type PartReport,
  publishReport,
  readParts,
  writePart,
} from '../delivery/nightly';
import { checkOwners, ownersPath } from '../delivery/owners';
import { cdkPublish, estateGate, planDeploy, runDeploy } from '../delivery/pipeline';
import { publishReview as publishFinishedReview } from '../delivery/publish-review';
import { reviewPullRequest, waiversPath } from '../delivery/review';
import { bareEnvironment, mustRun, run } from '../delivery/run';
import { scanSecrets } from '../delivery/secrets';
import { DeliveryStore } from '../delivery/store';
import { cloudFolders, synthesize } from '../delivery/synthesize';
import { assertTarget } from '../delivery/target';
import { leftToChange } from '../delivery/terraform';
import { azureEstateOf } from '../estate/azure-estate';
import { isDeliverer } from '../estate/delivery';
import type { AccountSettings } from '../estate/settings';
import { clientOptions, settingsOf } from './account';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';

const progress = terminalProgress();
const note = progress.note;
const today = (): string => new Date().toISOString().slice(0, 10);

const holdOwners = ({ delivery }: AccountSettings): void =>
  checkOwners(readFileSync(join(projectRoot, ownersPath), 'utf8'), isDeliverer(delivery), note);

const commitOf = async (): Promise<string> => {
  const { stdout } = await mustRun('git', ['rev-parse', 'HEAD'], { cwd: projectRoot, env: bareEnvironment() });
  return stdout.trim();
};

const runUrl = (): string => {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = readInputs([
    'GITHUB_SERVER_URL',
    'GITHUB_REPOSITORY',
    'GITHUB_RUN_ID',
  ]);
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
};

const gitHub = (): GitHub => {
  const { GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL } = readInputs([
    'GITHUB_REPOSITORY',
    'GITHUB_TOKEN',
    'GITHUB_API_URL',
  ]);
  return new GitHub({ repository: GITHUB_REPOSITORY, token: GITHUB_TOKEN, apiUrl: GITHUB_API_URL });
};

export interface Archived {
  readonly archive: string;
  readonly sha256: string;
  readonly account?: string;
}
export interface Approved extends Archived {
  readonly plan: string;
  readonly approved: string;
}

export async function synth({ out, archive }: { readonly out: string; readonly archive?: string }): Promise<void> {
  holdOwners(settingsOf());
  await progress.step('synthesize both clouds', () => synthesize({ projectRoot, outdir: out }));
  if (archive === undefined) return;
  setOutput('assembly-sha256', await packTree(resolve(out), resolve(archive)), note);
}

/** Writes what somebody approves, and shows it. */
function showPlan(
  out: string,
  name: string,
  { text, hash, markdown }: { readonly text: string; readonly hash: string; readonly markdown: string },
  changes: boolean,
): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), text);
  writeFileSync(join(out, `${name}.md`), markdown);
  console.log(markdown);
  addSummary(markdown);
  setOutput('plan-sha256', hash, note);
  setOutput('changes', String(changes), note);
}

export async function plan({ archive, sha256, account, out }: Archived & { readonly out: string }): Promise<void> {
  const settings = settingsOf(account);
  const waivers = join(projectRoot, waiversPath);
  const finished = await planDeploy({
    target: settings,
    client: clientOptions(settings),
    archive,
    archiveHash: sha256,
    commit: await commitOf(),
    gate: estateGate(projectRoot, { env: bareEnvironment(), ...(existsSync(waivers) && { waivers }) }),
    note,
  });
  const changes = finished.plan.stacks.some(({ kind }) => kind !== 'unchanged');
  showPlan(out, 'plan', finished, changes);
}

export async function deploy({ archive, sha256, account, plan: file, approved }: Approved): Promise<void> {
  const settings = settingsOf(account);
  const client = clientOptions(settings);
  const done = await runDeploy({
    target: settings,
    client,
    archive,
    archiveHash: sha256,
    planText: readFileSync(file, 'utf8'),
    approved,
    publish: cdkPublish(projectRoot, process.env, (text) => note(text.trimEnd())),
    readBack: async () => {
      const audit = await auditAccount({ settings, clients: auditClients(client) });
      note(summaryLine(partTitles.audit, audit.summary.audit));
      return isClean(audit) ? [] : awsDrift(audit).lines;
    },
    note,
  });
  const lines = done.stacks.map(({ stackName, outcome, status = '' }) => `- ${stackName}: ${outcome} ${status}`.trim());
  addSummary(['## Deploy', '', ...lines, ...done.findings.map((finding) => `- ${finding}`)].join('\n'));
  process.exitCode = done.succeeded && done.findings.length === 0 ? 0 : 1;
}

const terraformOf = () => ({
  binary: process.env.TERRAFORM ?? 'terraform',
  env: process.env,
  onOutput: (text: string) => note(text.trimEnd()),
});

const azureOptions = (settings: AccountSettings, { archive, sha256 }: Archived): AzureOptions => ({
  estate: azureEstateOf(settings),
  store: new DeliveryStore(new S3Client(clientOptions(settings)), settings),
  archive,
  archiveHash: sha256,
  terraform: terraformOf(),
  note,
});

export async function azurePlan(options: Archived & { readonly out: string }): Promise<void> {
  const settings = settingsOf(options.account);
  await assertTarget(new STSClient(clientOptions(settings)), settings, note);
  const finished = await planAzure({ ...azureOptions(settings, options), commit: await commitOf() });
  showPlan(options.out, 'azure-plan', finished, finished.record.changes);
}

export async function azureApply(options: Approved): Promise<void> {
  const settings = settingsOf(options.account);
  await assertTarget(new STSClient(clientOptions(settings)), settings, note);
  const left = await applyAzure({
    ...azureOptions(settings, options),
    planText: readFileSync(options.plan, 'utf8'),
    approved: options.approved,
    today: today(),
  });
  if (left === undefined) return;
  note(`Left to change after the apply: ${JSON.stringify(left)}`);
  process.exitCode = 1;
}

export async function review({ out }: { readonly out: string }): Promise<void> {
  const { HEAD_SHA, HEAD_RUN_ID } = readInputs(['HEAD_SHA', 'HEAD_RUN_ID']);
  const outcome = await reviewPullRequest({
    github: gitHub(),
    headSha: HEAD_SHA,
    headRunId: HEAD_RUN_ID,
    projectRoot,
    outdir: resolve(out),
    note,
  });
  note(`${outcome.gate}: ${outcome.summary}`);
}

export async function publishReview({ dir }: { readonly dir: string }): Promise<void> {
  const { HEAD_SHA } = readInputs(['HEAD_SHA']);
  await publishFinishedReview({ github: gitHub(), directory: resolve(dir), headSha: HEAD_SHA, runUrl: runUrl(), note });
}

const looks: Readonly<Record<NightlyPart, (settings: AccountSettings) => Promise<PartReport>>> = {
  'aws-drift': async (settings) => {
    const clients = auditClients(clientOptions(settings));
    await assertAccount(clients, settings, note);
    return awsDrift(await auditAccount({ settings, clients, onSection: (id) => note(`… ${id}`) }));
  },
  'azure-drift': async (settings) => {
    assertSubscription(azureEstateOf(settings), process.env, note);
    const out = join(projectRoot, '.delivery', 'nightly-azure');
    rmSync(out, { recursive: true, force: true });
    await synthesize({ projectRoot, outdir: out });
    return azureDrift(await leftToChange({ ...terraformOf(), directory: stackFolder(join(out, cloudFolders.azure)) }));
  },
  lifecycles: async (settings) => lifecycleReport(settings, azureEstateOf(settings), today()),
  dependencies: async () => dependencyReport(await auditDependencies(projectRoot, today())),
  consolidation: async () => {
    const results = join(projectRoot, '.delivery', 'consolidation.json');
    rmSync(results, { force: true });
    const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
    const args = ['--selectProjects', 'consolidation', '--runInBand', '--json', '--outputFile', results];
    await run(process.execPath, [jest, ...args], { cwd: projectRoot, env: bareEnvironment(), onOutput: note });
    return consolidationReport(JSON.parse(readFileSync(results, 'utf8')));
  },
};

export async function nightly(
  part: string,
  { out, account }: { readonly out: string; readonly account?: string },
): Promise<void> {
  const known = nightlyParts.find((one) => one === part);
  if (known === undefined) {
    throw new Error(`No part of the nightly report, got: ${part}. Known: ${nightlyParts.join(', ')}.`);
  }
  const found = await looks[known](settingsOf(account));
  note(`${part}: ${found.clean ? 'clean' : `${found.lines.length} lines`}, in ${writePart(resolve(out), found)}`);
}

export async function report({ dir }: { readonly dir: string }): Promise<void> {
  const clean = await publishReport({ github: gitHub(), parts: readParts(resolve(dir)), runUrl: runUrl() });
  note(clean ? 'All is well.' : 'The issue says what to look at.');
}

export async function secrets(): Promise<void> {
  const { scanned, findings } = await scanSecrets(projectRoot, progress);
  for (const { path, blob, rule } of findings) console.log(`${path} (blob ${blob.slice(0, 12)}): ${rule}`);
  note(`${scanned} texts of the whole history looked at, ${findings.length} findings.`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

export function licences({ json = false }: { readonly json?: boolean }): void {
  const { packages, byLicence, refused } = dependencyLicences(projectRoot);
  if (json) console.log(JSON.stringify(packages, null, 2));
  else for (const [licence, count] of byLicence) console.log(`${String(count).padStart(5)}  ${licence}`);
  for (const { name, version, licence } of refused) note(`Not admitted: ${name} ${version}, ${licence}`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}

export async function dependencies(): Promise<void> {
  const findings = await auditDependencies(projectRoot, today());
  for (const finding of findings) console.log(finding);
  note(findings.length === 0 ? 'No vulnerability that is not explained.' : `${findings.length} findings.`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
