import { Command } from 'commander';
import { followTask, kindOf, runningTask, startTask } from '../consolidate/aws/run-task';
import { ConsolidationStop } from '../consolidate/errors';
import { effectsOf } from '../estate/consolidation-phase';
import type { AccountSettings } from '../estate/settings';
import { accountOf } from './consolidate-world';

interface AccountOption {
  readonly account?: string;
}

/** What stops a command is said with its remedy; the exit code is 3, because the others are the task's. */
async function stopped(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof ConsolidationStop)) throw error;
    console.error(`${error.code}: ${error.message}\n→ ${error.remedy}`);
    process.exitCode = 3;
  }
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
    .option('--follow', 'start nothing: follow the task that runs')
    .addHelpText(
      'after',
      '\nExit code: that of the task. 3: it was not started, or ended without one; the message says why.',
    )
    .action((args: string[], options: AccountOption & { readonly detach?: boolean; readonly follow?: boolean }) =>
      stopped(async () => {
        const { settings, clients } = accountOf(options.account);
        const task = { clients, settings, print: (line: string) => console.log(line) };
        console.error(`Account ${settings.account}, region ${settings.region}.`);
        if (options.follow) return followTask(await found(task, args), task);
        assertPrepared(settings, args);
        const arn = await startTask(args, task);
        console.error(`Started ${arn}.`);
        return options.detach ? 0 : followTask(arn, task);
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
