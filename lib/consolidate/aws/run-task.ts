import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ListTasksCommand, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { type TaskRow, tasks } from '../../estate/compute';
import { consolidationTask } from '../../estate/consolidation';
import { securityGroups } from '../../estate/network';
import type { AccountSettings } from '../../estate/settings';
import { ConsolidationStop } from '../errors';
import type { ConsolidationClients } from './clients';
import { serviceError } from './errors';
import { assertAccount } from './pair';
import { type Look, type Patience, untilDone } from './patience';

/** Zones in which the task may start: those with the interface endpoints of the default VPC. */
const zones = ['us-east-1a', 'us-east-1b'] as const;

/** A run holds the lease and is alone; a watch only reads, and may stand beside it. ECS finds each by who started it. */
export type TaskKind = 'run' | 'watch';
const whoStarted = { run: 'estate-consolidate', watch: 'estate-consolidate-watch' } as const satisfies Record<
  TaskKind,
  string
>;

/** Which kind the arguments behind `consolidate` make. */
export const kindOf = ([command]: readonly string[]): TaskKind => (command === 'watch' ? 'watch' : 'run');

/** A task may run as long as a soak lasts; its end is what is waited for. */
const patienceOfTask: Patience = { everyMs: 3_000, limitMs: 14 * 24 * 60 * 60_000 };

export interface TaskOptions {
  readonly clients: Pick<ConsolidationClients, 'ecs' | 'ec2' | 'logs' | 'sts'>;
  readonly settings: AccountSettings;
  /** Takes each line that the task prints. */
  readonly print: (line: string) => void;
  /** @default patienceOfTask */
  readonly patience?: Patience;
}

/**
 * Starts `estate consolidate` as a one-off Fargate task inside the VPC.
 *
 * @param args arguments behind `consolidate`, such as `['run', '--until', 'catch-up']`; they show in the task, so no
 *   secret belongs in them
 * @returns the task's ARN
 * @throws ConsolidationStop when the account is another one, a task runs already, or ECS does not start one
 */
export async function startTask(args: readonly string[], options: TaskOptions): Promise<string> {
  const { clients, settings } = options;
  await assertAccount(clients.sts, settings.account);
  const row = taskRow();
  const running = await runningTask(kindOf(args), options);
  if (running !== undefined) {
    throw new ConsolidationStop(
      'lease-held',
      `A task of ${row.name} runs already (${kindOf(args)}), got: ${running}.`,
      'Follow it, or wait until it ends: one run has one runner.',
    );
  }
  const { tasks: started = [], failures = [] } = await clients.ecs.send(
    new RunTaskCommand({
      cluster: row.cluster,
      taskDefinition: row.name,
      launchType: 'FARGATE',
      count: 1,
      startedBy: whoStarted[kindOf(args)],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: zones.flatMap((zone) => settings.network.defaultSubnets[zone] ?? []),
          securityGroups: [await runnerGroup(options)],
          // The VPC has no NAT gateway: the image, the logs and the APIs of AWS are reached by a public address that
          // admits nobody. The databases and Secrets Manager are reached inside the VPC.
          assignPublicIp: 'ENABLED',
        },
      },
      overrides: { containerOverrides: [{ name: row.container, command: ['consolidate', ...args] }] },
    }),
  );
  const arn = started[0]?.taskArn;
  if (arn === undefined) {
    throw new ConsolidationStop(
      'entry-check',
      `ECS started no task of ${row.name}, got: ${failures.map(({ reason, detail }) => detail ?? reason).join('; ') || 'no reason'}.`,
      'Look at the reason; the usual ones are no image under the tag, or no capacity. Then run again.',
    );
  }
  return arn;
}

/** The ARN of a task of this kind that is under way. */
export async function runningTask(
  kind: TaskKind,
  { clients }: Pick<TaskOptions, 'clients'>,
): Promise<string | undefined> {
  const { cluster } = taskRow();
  // ECS takes no other filter beside this one.
  const { taskArns = [] } = await clients.ecs.send(new ListTasksCommand({ cluster, startedBy: whoStarted[kind] }));
  return taskArns[0];
}

/**
 * Prints what a task prints until it ends. Whoever follows may go and come back: the task goes on by itself.
 *
 * @returns the exit code of its container
 * @throws ConsolidationStop when the task ended without one, with the reason that ECS gives
 */
export async function followTask(arn: string, options: TaskOptions): Promise<number> {
  const { clients, print, patience = patienceOfTask } = options;
  const row = taskRow();
  const logs = logReader(clients.logs, row, arn, print);
  const ended = await untilDone(`task ${taskId(arn)}`, patience, async (): Promise<Look<Task>> => {
    const { tasks: [task] = [] } = await clients.ecs.send(
      new DescribeTasksCommand({ cluster: row.cluster, tasks: [arn] }),
    );
    if (task === undefined) {
      throw new ConsolidationStop(
        'bad-input',
        `There is no task of that ARN any more, got: ${arn}.`,
        `ECS forgets a task an hour after its end; what it printed stays in ${row.logGroup.name}.`,
      );
    }
    await logs();
    return task.lastStatus === 'STOPPED' ? { done: task } : { notYet: (task.lastStatus ?? 'unknown').toLowerCase() };
  });
  // What was printed last may reach the log after the task is gone.
  await logs();
  const container = ended.containers?.find(({ name }) => name === row.container);
  if (container?.exitCode === undefined) {
    throw new ConsolidationStop(
      'entry-check',
      `Task ${taskId(arn)} ended without an exit code, got: ${container?.reason ?? ended.stoppedReason ?? 'no reason'}.`,
      'Start it again: it goes on from the state.',
    );
  }
  return container.exitCode;
}

function taskRow(): TaskRow {
  const row = tasks.find(({ name }) => name === consolidationTask);
  if (row === undefined) throw new Error(`Task definition has no row, got: ${consolidationTask}.`);
  return row;
}

const taskId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Each call prints what is new since the call before. */
function logReader(
  logs: ConsolidationClients['logs'],
  { logGroup, container }: TaskRow,
  arn: string,
  print: (line: string) => void,
): () => Promise<void> {
  let nextToken: string | undefined;
  return async () => {
    for (;;) {
      const answer = await logs
        .send(
          new GetLogEventsCommand({
            logGroupName: logGroup.name,
            logStreamName: `${logGroup.prefix}/${container}/${taskId(arn)}`,
            startFromHead: true,
            ...(nextToken !== undefined && { nextToken }),
          }),
        )
        .catch((error: unknown) => {
          // The stream comes with the first line.
          if (serviceError(error, 'ResourceNotFoundException')) return undefined;
          throw error;
        });
      for (const { message } of answer?.events ?? []) print(message ?? '');
      const token = answer?.nextForwardToken;
      // The same token again says that there is nothing more.
      if (token === undefined || token === nextToken) return;
      nextToken = token;
    }
  };
}

async function runnerGroup({ clients, settings }: TaskOptions): Promise<string> {
  const { name } = securityGroups.consolidation;
  const { SecurityGroups: [group] = [] } = await clients.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'group-name', Values: [name] },
        { Name: 'vpc-id', Values: [settings.network.defaultVpcId] },
      ],
    }),
  );
  if (group?.GroupId === undefined) {
    throw new ConsolidationStop(
      'bad-input',
      `There is no security group for the task, got: no ${name} in ${settings.network.defaultVpcId}.`,
      'Set databases.consolidation.phase to survey, deploy the network and compute stacks, then run again.',
    );
  }
  return group.GroupId;
}
