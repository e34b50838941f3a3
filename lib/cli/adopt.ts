import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Command, Option } from 'commander';
import {
  type AssemblyStack,
  azureImports,
  importedResources,
  lookUp,
  lookUpClients,
  planAdoption,
  proveAdoption,
  readAssembly,
  readFacts,
  renderAsFound,
  renderAzureImports,
  renderPlan,
  renderProof,
  renderReleases,
  renderVerification,
  runAdoption,
  verifyAdoption,
} from '../adopt';
import { assertAccount, auditAccount, isClean, renderAudit } from '../audit';
import { type AccountSettings, type Posture, postureSchema } from '../estate/settings';
import { clientOptions, settingsOf } from './account';
import { runCdk, synthesize } from './cdk';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';

interface CommonOptions {
  readonly account?: string;
  readonly audited?: string;
  readonly hardened?: string;
  readonly facts?: string;
  readonly json?: boolean;
}

/** `estate adopt`: makes the resources of a real account ours without touching them. */
export const adoptCommand = (): Command => {
  const command = new Command('adopt')
    .summary('take over what an account holds: look up, plan, prove, import, verify')
    .description(
      'Imports the resources of a real account as they are, so that each later deployment is a true difference: ' +
        'as-found → audited → hardened. docs/adoption.md is the runbook.',
    )
    .addHelpText('after', '\nOrder: look-up, plan, prove, run, deploy audited, verify, deploy hardened, verify.');
  for (const make of [lookUpCommand, planCommand, proveCommand, runCommand, verifyCommand, azureCommand]) {
    command.addCommand(make().copyInheritedSettings(command));
  }
  return command;
};

const subcommand = (name: string): Command =>
  new Command(name)
    .showHelpAfterError('Run with --help for what is known.')
    .option('--account <id>', 'settings file to use (default: the audited account)')
    .option('--audited <dir>', 'assembly of the audited posture (default: synthesized now)');

const withHardened = (command: Command): Command =>
  command.option('--hardened <dir>', 'assembly of the hardened posture (default: synthesized now)');

function lookUpCommand(): Command {
  return subcommand('look-up')
    .summary('read every resource that the templates name, and write the facts')
    .description(
      'Reads the account, read-only: every call is on a list. No secret, object or item and no value of an environment ' +
        'variable is read. The packages of functions are kept beside the facts: a deployment that fails goes back to them.',
    )
    .option('--out <file>', 'where the facts go (default: .adopt/<account>/facts.json)')
    .option('--no-code', 'leave the packages of functions where they are')
    .action(async (options: CommonOptions & { readonly out?: string; readonly code: boolean }) => {
      const settings = settingsOf(options.account);
      const progress = terminalProgress();
      const clients = lookUpClients(clientOptions(settings));
      await assertAccount(clients, settings, progress.note);
      const path = resolve(options.out ?? join(folderOf(settings), 'facts.json'));
      const audited = await stacksOf('audited', options, settings);
      const facts = await progress.step('look the account up', () =>
        lookUp({
          stacks: audited,
          clients,
          account: settings.account,
          region: settings.region,
          now: new Date(),
          ...(options.code ? { codeFolder: codeFolderOf(path) } : {}),
          onStack: (stackName) => progress.note(`… ${stackName}`),
        }),
      );
      writeJson(path, facts);
      const all = Object.values(facts.resources);
      const found = all.filter(({ live }) => live !== null).length;
      console.log(`${found} of ${all.length} resources exist. Facts: ${path}`);
    });
}

function planCommand(): Command {
  return subcommand('plan')
    .summary('per stack what is imported, in which order, and who must let go first')
    .option('--facts <file>', 'facts of a look-up (default: none, what only the account knows is asked)')
    .option('--out <dir>', 'writes resource mappings, releases and the plan into a folder')
    .option('--json', 'the plan as JSON')
    .action(async (options: CommonOptions & { readonly out?: string }) => {
      const settings = settingsOf(options.account);
      const audited = await stacksOf('audited', options, settings);
      const plan = planAdoption(audited, options.facts === undefined ? undefined : readFacts(resolve(options.facts)));
      console.log(options.json ? JSON.stringify(plan, null, 2) : renderPlan(plan));
      if (options.out === undefined) return;
      const out = resolve(options.out);
      for (const { stackName, mapping } of plan.stacks) {
        if (Object.keys(mapping).length > 0) writeJson(join(out, `${stackName}.mapping.json`), mapping);
      }
      writeJson(join(out, 'plan.json'), plan);
      writeText(join(out, 'releases.md'), `${renderReleases(plan)}\n`);
    });
}

function proveCommand(): Command {
  return withHardened(subcommand('prove'))
    .summary('prove from files alone that nothing is replaced, removed or destroyed')
    .option('--facts <file>', 'facts of a look-up (default: none, and the proof is conditional)')
    .option('--foreign', 'prove the stacks of foreign owners too')
    .option('--json', 'the proof as JSON')
    .addHelpText('after', '\nExit code 0: proven, or conditional without facts. 2: refused. 1: an error.')
    .action(async (options: CommonOptions & { readonly foreign?: boolean }) => {
      const settings = settingsOf(options.account);
      // What belongs to foreign owners is adopted on request only.
      const chosenOf = async (posture: Posture) =>
        (await stacksOf(posture, options, settings)).filter(({ staged }) => options.foreign || !staged);
      const proof = proveAdoption({
        audited: await chosenOf('audited'),
        hardened: await chosenOf('hardened'),
        ...(options.facts === undefined ? {} : { facts: readFacts(resolve(options.facts)) }),
      });
      console.log(options.json ? JSON.stringify(proof, null, 2) : renderProof(proof));
      process.exitCode = proof.verdict === 'refused' ? 2 : 0;
    });
}

function runCommand(): Command {
  return withHardened(subcommand('run'))
    .summary('import stack by stack with `cdk import`; resumable')
    .requiredOption('--facts <file>', 'facts of a look-up')
    .option('--stack <name...>', 'stacks to import (default: all but those of foreign owners)')
    .option('--execute', 'really import; without it, nothing is changed and what would be done is printed')
    .action(
      async (
        options: CommonOptions & { readonly facts: string; readonly stack?: string[]; readonly execute?: boolean },
      ) => {
        const settings = settingsOf(options.account);
        const progress = terminalProgress();
        const client = clientOptions(settings);
        const clients = lookUpClients(client);
        await assertAccount(clients, settings, progress.note);
        const path = resolve(options.facts);
        const facts = readFacts(path);
        const audited = await stacksOf('audited', options, settings);
        const hardened = await stacksOf('hardened', options, settings);
        assertKnownStacks(options.stack, audited);
        planAdoption(audited, facts);
        if (options.execute !== true) {
          for (const { stack, mapping } of chosen(renderAsFound(audited, facts), options.stack)) {
            console.log(`would import ${Object.keys(mapping).length} resources into ${stack.stackName}`);
          }
          console.log('Nothing was changed. Run again with --execute.');
          return;
        }
        const report = await runAdoption({
          audited,
          hardened,
          facts,
          codeFolder: codeFolderOf(path),
          directory: folderOf(settings),
          clients,
          cloudFormation: new CloudFormationClient(client),
          cdk: (args) => runCdk(projectRoot, args),
          progress,
          ...(options.stack === undefined ? {} : { only: options.stack }),
        });
        for (const { stackName, resources, outcome } of report.stacks) {
          console.log(`${stackName}: ${resources} resources ${outcome}`);
        }
      },
    );
}

function verifyCommand(): Command {
  return subcommand('verify')
    .summary('read everything back after a deployment: nothing recreated, every drifted setting corrected')
    .requiredOption('--facts <file>', 'facts of the look-up before the import')
    .addOption(
      new Option('--posture <posture>', 'that was deployed').choices(postureSchema.options).makeOptionMandatory(),
    )
    .option('--hardened <dir>', 'assembly of the hardened posture (default: synthesized now)')
    .option('--json', 'the verification as JSON')
    .addHelpText('after', '\nExit code 0: all as it should be. 2: something is not. 1: an error.')
    .action(async (options: CommonOptions & { readonly facts: string; readonly posture: Posture }) => {
      const { posture } = options;
      const settings = { ...settingsOf(options.account), posture };
      const progress = terminalProgress();
      const clients = lookUpClients(clientOptions(settings));
      await assertAccount(clients, settings, progress.note);
      const before = readFacts(resolve(options.facts));
      const audited = await stacksOf('audited', options, settings);
      const stacks = posture === 'audited' ? audited : await stacksOf(posture, options, settings);
      const { account, region } = settings;
      const now = await progress.step('look the account up', () =>
        lookUp({ stacks, clients, account, region, now: new Date() }),
      );
      const imported = importedResources(chosen(renderAsFound(audited, before), undefined));
      const resources = verifyAdoption({ stacks, before, now, imported });
      const audit = await progress.step('read the estate back', () => auditAccount({ settings, clients }));
      if (options.json) console.log(JSON.stringify({ schemaVersion: 1, resources, audit }, null, 2));
      else console.log(`${renderVerification(resources)}\n\n${renderAudit(audit)}`);
      const kept = resources.every(
        ({ identity, corrections }) => identity.startsWith('kept') && corrections.every(({ corrected }) => corrected),
      );
      process.exitCode = kept && isClean(audit) ? 0 : 2;
    });
}

function azureCommand(): Command {
  return new Command('azure')
    .summary('Azure resource ids for azure.importFrom of the settings')
    .showHelpAfterError('Run with --help for what is known.')
    .requiredOption('--subscription <id>', 'subscription that holds the resources')
    .option('--tree <dir>', 'synthesized by `cdktf synth`', 'cdktf.out')
    .option('--json', 'ids and questions as JSON')
    .addHelpText(
      'after',
      '\nPut into the settings only what exists: an import block of a missing resource fails the plan.',
    )
    .action(
      ({
        subscription,
        tree,
        json,
      }: {
        readonly subscription: string;
        readonly tree: string;
        readonly json?: boolean;
      }) => {
        if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription)) {
          throw new Error(`A subscription is a UUID, got: ${subscription}. \`az account show --query id\` says it.`);
        }
        const imports = azureImports(tree, subscription);
        console.log(json ? JSON.stringify(imports, null, 2) : renderAzureImports(imports));
      },
    );
}

const folderOf = ({ account }: AccountSettings): string => join(projectRoot, '.adopt', account);

/** Packages lie beside the facts that name them. */
const codeFolderOf = (factsPath: string): string => join(dirname(factsPath), 'code');

async function stacksOf(posture: Posture, options: CommonOptions, settings: AccountSettings): Promise<AssemblyStack[]> {
  const given = options[posture];
  if (given !== undefined) return readAssembly(resolve(given));
  const directory = join(folderOf(settings), posture);
  await terminalProgress().step(`synthesize the ${posture} posture`, () =>
    synthesize(projectRoot, directory, { account: settings.account, posture }),
  );
  return readAssembly(directory);
}

function assertKnownStacks(names: readonly string[] | undefined, stacks: readonly AssemblyStack[]): void {
  const known = stacks.map(({ stackName }) => stackName);
  const strangers = (names ?? []).filter((name) => !known.includes(name));
  if (strangers.length > 0) {
    throw new Error(`No such stack, got: ${strangers.join(', ')}. Known: ${known.join(', ')}.`);
  }
}

const chosen = <One extends { readonly stack: AssemblyStack }>(
  all: readonly One[],
  names: readonly string[] | undefined,
) => all.filter(({ stack }) => (names === undefined ? !stack.staged : names.includes(stack.stackName)));

const writeJson = (path: string, value: unknown) => writeText(path, `${JSON.stringify(value, null, 2)}\n`);

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
}
