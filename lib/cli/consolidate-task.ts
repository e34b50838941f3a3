import { Command, Option } from 'commander';
import { followTask, kindOf, runningTask, startTask } from '../consolidate/aws/run-task';
import { ConsolidationStop } from '../consolidate/errors';
import { effectsOf } from '../estate/consolidation-phase';
import type { AccountSettings } from '../estate/settings';
import { exitCodes, stopping } from './consolidate-stop';
import { accountOf } from './consolidate-world';

interface AccountOption {
  readonly account?: string;
}

/** `estate consolidate task`: the same commands, as a task inside the VPC. */
export const taskCommand = (): Command =>
  new Command('task')
    .summary('run a sub-command as a one-off task inside the VPC, and follow it')
    .description(
      'Starts `estate consolidate <arguments>` as a Fargate task of huntaze-cluster, where both databases can be reached, ' +
        'and prints what it prints until it ends. Leaving with Ctrl-C leaves the task running; the same command with ' +
        '--follow finds it again.',
    )
    .argument('[arguments...]', 'of `estate consolidate`, after `--`, such as: -- run --until catch-up')
    .option('--account <id>', 'whose settings file counts (default: the audited account)')
    .option('--detach', 'start it and leave')
    .addOption(new Option('--follow', 'start nothing: follow the task that runs').conflicts('detach'))
    .addHelpText('after', `\nExit code: that of the task, if it was started and ended with one.${exitCodes}`)
    .action((args: string[], options: AccountOption & { readonly detach?: boolean; readonly follow?: boolean }) =>
      stopping(async () => {
        const { settings, clients } = accountOf(options.account);
        const task = { clients, settings, print: (line: string) => console.log(line) };
        console.error(`Account ${settings.account}, region ${settings.region}.`);
        if (!options.follow) assertPrepared(settings, args);
        const arn = options.follow ? await found(task, args) : await startTask(args, task);
        console.error(options.follow ? `Follows ${arn}.` : `Started ${arn}.`);
        if (!options.detach) process.exitCode = await followTask(arn, task);
      }),
    );

async function found(task: Parameters<typeof followTask>[1], args: readonly string[]): Promise<string> {
  const arn = await runningTask(kindOf(args), task);
  if (arn !== undefined) return arn;
  throw new ConsolidationStop('bad-input', 'No task runs, got: nothing to follow.', 'Start one without --follow.');
}

function assertPrepared({ account, databases: { consolidation } }: AccountSettings, args: readonly string[]): void {
  if (args.length === 0) {
    throw new ConsolidationStop('bad-input', 'A task needs a sub-command, got: none.', 'Such as: task -- survey.');
  }
  if (effectsOf(consolidation).runner) return;
  throw new ConsolidationStop(
    'entry-check',
    `The task has no rights while databases.consolidation.phase is off, got: ${consolidation.phase}.`,
    `Set it to survey in settings/${account}.ts, deploy the network and compute stacks, then run again.`,
  );
}
