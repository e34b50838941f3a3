import { Command } from 'commander';

type Steps = typeof import('./ci-steps');
/** Loaded when a step runs: what the steps need takes a second to load, and every other command would wait for it. */
const steps = (): Steps => require('./ci-steps');

const archived = (command: Command): Command =>
  command
    .requiredOption('--archive <file>', 'archive that ci synth wrote')
    .requiredOption('--sha256 <hash>', 'hash that the archive must have')
    .option('--account <id>', 'settings file of the account (default: the audited account)');

const approved = (command: Command): Command =>
  archived(command)
    .requiredOption('--plan <file>', 'plan that was shown')
    .requiredOption('--approved <hash>', 'hash of the plan that was approved');

const synth = (): Command =>
  new Command('synth')
    .summary('synthesize both clouds into one archive')
    .requiredOption('--out <directory>', 'gets the trees; must not exist')
    .option('--archive <file>', 'gets both trees in one file; equal trees give equal bytes')
    .action(async (options: Parameters<Steps['synth']>[0]) => steps().synth(options));

const plan = (): Command =>
  archived(new Command('plan').summary('gate the tree, prepare change sets on AWS and show them'))
    .requiredOption('--out <directory>', 'gets the plan')
    .action(async (options: Parameters<Steps['plan']>[0]) => steps().plan(options));

const deploy = (): Command =>
  approved(new Command('deploy').summary('execute an approved plan on AWS and read the account back')).action(
    async (options: Parameters<Steps['deploy']>[0]) => steps().deploy(options),
  );

const azurePlan = (): Command =>
  archived(new Command('azure-plan').summary('save a plan for Azure in the private store and show it'))
    .requiredOption('--out <directory>', 'gets what somebody approves; the saved plan is not in it')
    .action(async (options: Parameters<Steps['azurePlan']>[0]) => steps().azurePlan(options));

const azureApply = (): Command =>
  approved(new Command('azure-apply').summary('apply exactly an approved plan to Azure and plan once more')).action(
    async (options: Parameters<Steps['azureApply']>[0]) => steps().azureApply(options),
  );

const review = (): Command =>
  new Command('review')
    .summary('review what a pull request synthesized; runs from the default branch')
    .requiredOption('--out <directory>', 'gets the review; must not exist')
    .action(async (options: Parameters<Steps['review']>[0]) => steps().review(options));

const publishReview = (): Command =>
  new Command('publish-review')
    .summary('publish a review as comment, findings and commit status')
    .requiredOption('--dir <directory>', 'a finished review')
    .action(async (options: Parameters<Steps['publishReview']>[0]) => steps().publishReview(options));

const nightly = (): Command =>
  new Command('nightly')
    .summary('look at one thing for the nightly report')
    .argument('<part>', 'aws-drift, azure-drift, lifecycles, dependencies or consolidation')
    .requiredOption('--out <directory>', 'gets the report of the part')
    .option('--account <id>', 'settings file of the account (default: the audited account)')
    .action(async (part: string, options: Parameters<Steps['nightly']>[1]) => steps().nightly(part, options));

const report = (): Command =>
  new Command('report')
    .summary('open, update or close the nightly issue')
    .requiredOption('--dir <directory>', 'reports of the parts')
    .action(async (options: Parameters<Steps['report']>[0]) => steps().report(options));

const secrets = (): Command =>
  new Command('secrets')
    .summary('look for secrets in every file of every commit')
    .action(async () => steps().secrets());

const licences = (): Command =>
  new Command('licences')
    .summary('list the licences of all packages, and fail on one that nobody admitted')
    .option('--json', 'every package with its licence')
    .action(async (options: Parameters<Steps['licences']>[0]) => steps().licences(options));

const dependencies = (): Command =>
  new Command('dependencies')
    .summary('ask the registry for known vulnerabilities, less those that are explained')
    .action(async () => steps().dependencies());

/** `estate ci`: the pipeline's steps, which run the same way outside of GitHub. */
export const ciCommand = (): Command => {
  const command = new Command('ci')
    .summary('the steps of the pipeline, as the workflows call them')
    .description(
      'Each step that reaches a cloud prints account and region first, and refuses another account than the settings ' +
        'file names and one whose origin is undecided. A value that a workflow hands over is read from its environment.',
    )
    .addHelpText('after', '\nExit code 0: done. 1: refused or failed; the last lines say why.');
  const all = [
    synth,
    plan,
    deploy,
    azurePlan,
    azureApply,
    review,
    publishReview,
    nightly,
    report,
    secrets,
    licences,
    dependencies,
  ];
  for (const step of all) command.addCommand(step().copyInheritedSettings(command));
  return command;
};
