import { Command } from 'commander';
import { settingsFiles } from '../../settings';
import { consolidationClients } from '../consolidate/aws/clients';
import { followTask, kindOf, runningTask, startTask } from '../consolidate/aws/run-task';
import { cloudWatchTelemetry } from '../consolidate/aws/telemetry';
import { watchLegs } from '../consolidate/aws/watch';
import { awsWorld } from '../consolidate/aws/world';
import { openDatabases } from '../consolidate/database/sessions';
import { ConsolidationStop } from '../consolidate/errors';
import { effectsOf } from '../estate/consolidation-phase';
import { type AccountSettings, resolveSettings } from '../estate/settings';

interface AccountOption {
  readonly account?: string;
}

const settingsOf = ({ account }: AccountOption): AccountSettings =>
  resolveSettings(settingsFiles, account === undefined ? {} : { account });

const clientsOf = ({ region }: AccountSettings) => {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return consolidationClients({ region, ...(endpoint === undefined ? {} : { endpoint }) });
};

/** What stops a command is said with its remedy; the exit code is 3, as for every stop of `consolidate`. */
export async function stopped(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof ConsolidationStop)) throw error;
    console.error(`${error.code}: ${error.message}\n→ ${error.remedy}`);
    process.exitCode = 3;
  }
}

/** `estate consolidate in-vpc`: the same commands, as a task inside the VPC. */
export const inVpcCommand = (): Command =>
  new Command('in-vpc')
    .summary('run a sub-command as a one-off task inside the VPC, and follow it')
    .description(
      'Starts `estate consolidate <arguments>` as a Fargate task of huntaze-cluster, where both databases can be reached, ' +
        'and prints what it prints until it ends. Leaving with Ctrl-C leaves the task running; the same command with ' +
        '--follow finds it again.',
    )
    .argument('[arguments...]', 'of `estate consolidate`, such as: run --until catch-up')
    .option('--account <id>', 'whose settings file counts (default: the audited account)')
    .option('--detach', 'start it and leave')
    .option('--follow', 'start nothing: follow the task that runs')
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExit code: that of the task. 3: it was not started, or ended without one; the message says why.',
    )
    .action((args: string[], options: AccountOption & { readonly detach?: boolean; readonly follow?: boolean }) =>
      stopped(async () => {
        const settings = settingsOf(options);
        const task = { clients: clientsOf(settings), settings, print: (line: string) => console.log(line) };
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
    throw new ConsolidationStop('bad-input', 'A task needs a sub-command, got: none.', 'Such as: in-vpc survey.');
  }
  if (effectsOf(consolidation).runner) return;
  throw new ConsolidationStop(
    'entry-check',
    `The task has no rights while databases.consolidation.phase is off, got: ${consolidation.phase}.`,
    `Set it to survey in settings/${account}.ts, deploy the network and compute stacks, then run again.`,
  );
}

/** `estate consolidate watch`: reports the running leg to CloudWatch, beside a run and through a soak. */
export const watchCommand = (): Command =>
  new Command('watch')
    .summary('report the running leg to CloudWatch until it is ended')
    .description(
      'Reads both servers every 20 seconds and reports the age of the last message and the bytes that are not confirmed: ' +
        'what the heartbeat alarm watches. Changes nothing and holds no lease.',
    )
    .option('--account <id>', 'whose settings file counts (default: the audited account)')
    .option('--certificates <file>', "PEM of RDS's authorities (default: where the task's image has them)")
    .action((options: AccountOption & { readonly certificates?: string }) =>
      stopped(async () => {
        const settings = settingsOf(options);
        const clients = clientsOf(settings);
        console.error(`Account ${settings.account}, region ${settings.region}.`);
        const world = await awsWorld({
          settings,
          clients,
          ...(options.certificates !== undefined && { certificatesFile: options.certificates }),
        });
        const ended = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
        await watchLegs({
          databases: openDatabases(
            (side) => world.database(side),
            () => undefined,
          ),
          telemetry: cloudWatchTelemetry(clients.cloudWatch, (error) => console.error(`CloudWatch: ${String(error)}`)),
          print: (line) => console.log(line),
          signal: ended.signal,
        });
        return 0;
      }),
    );
