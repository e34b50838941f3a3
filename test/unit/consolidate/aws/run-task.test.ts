import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { followTask, startTask } from '../../../../lib/consolidate/aws/run-task';
import { settingsWith } from '../../../support/estate';
import { fakePatience } from './clock';

const [ecs, ec2, logs, sts] = [
  mockClient(ECSClient),
  mockClient(EC2Client),
  mockClient(CloudWatchLogsClient),
  mockClient(STSClient),
];
const region = { region: 'us-east-1' };
const arn = 'arn:aws:ecs:us-east-1:317805897534:task/huntaze-cluster/abc';
let printed: string[] = [];
const options = () => ({
  clients: {
    ecs: new ECSClient(region),
    ec2: new EC2Client(region),
    logs: new CloudWatchLogsClient(region),
    sts: new STSClient(region),
  },
  settings: settingsWith(),
  print: (line: string) => printed.push(line),
  patience: fakePatience(),
});

beforeEach(() => {
  printed = [];
  for (const mock of [ecs, ec2, logs, sts]) mock.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: '317805897534' });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-runner' }] });
});

describe('start', () => {
  test('one task, in the VPC, with the arguments of the command line', async () => {
    ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: arn }] });
    expect(await startTask(['run', '--until', 'catch-up'], options())).toBe(arn);
    expect(ecs.commandCalls(RunTaskCommand)[0]?.args[0].input).toEqual({
      cluster: 'huntaze-cluster',
      taskDefinition: 'huntaze-consolidate',
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'estate-consolidate',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0e29bef80f4c488cd', 'subnet-05e28eada74da9a38'],
          securityGroups: ['sg-runner'],
          assignPublicIp: 'ENABLED',
        },
      },
      overrides: {
        containerOverrides: [{ name: 'estate', command: ['consolidate', 'run', '--until', 'catch-up'] }],
      },
    });
  });

  test('a watch stands beside a run: each kind is looked for by itself', async () => {
    ecs
      .on(ListTasksCommand)
      .callsFake(({ startedBy }) => ({ taskArns: startedBy === 'estate-consolidate' ? [arn] : [] }));
    ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: `${arn}2` }] });
    expect(await startTask(['watch'], options())).toBe(`${arn}2`);
    await expect(startTask(['run'], options())).rejects.toMatchObject({ code: 'lease-held' });
  });

  test.each<[string, () => unknown, string, string]>([
    [
      'another account',
      () => sts.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' }),
      'wrong-account',
      'got: 111111111111',
    ],
    [
      'a task that runs already',
      () => ecs.on(ListTasksCommand).resolves({ taskArns: [arn] }),
      'lease-held',
      `got: ${arn}`,
    ],
    [
      'no group of the task',
      () => ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] }),
      'bad-input',
      'got: no huntaze-consolidation-sg in vpc-033be7e71ec9548d2',
    ],
    [
      'a refusal of ECS',
      () => ecs.on(RunTaskCommand).resolves({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] }),
      'entry-check',
      'got: RESOURCE:MEMORY',
    ],
  ])('%s is refused', async (_, arrange, code, message) => {
    arrange();
    await expect(startTask(['run'], options())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    if (code !== 'entry-check') expect(ecs.commandCalls(RunTaskCommand)).toEqual([]);
  });
});

describe('follow', () => {
  const task = (lastStatus: string, change: object = {}) => ({ tasks: [{ taskArn: arn, lastStatus, ...change }] });
  const ended = (change: object) => task('STOPPED', { containers: [{ name: 'estate', ...change }] });

  test('prints each line once, in order, until the end, and hands on the exit code', async () => {
    ecs
      .on(DescribeTasksCommand)
      .resolvesOnce(task('PROVISIONING'))
      .resolvesOnce(task('RUNNING'))
      .resolves(ended({ exitCode: 3 }));
    logs
      .on(GetLogEventsCommand)
      .rejectsOnce(Object.assign(new Error('no stream yet'), { name: 'ResourceNotFoundException' }))
      .resolvesOnce({ events: [{ message: 'one' }], nextForwardToken: 'a' })
      .resolvesOnce({ events: [{ message: 'two' }], nextForwardToken: 'b' })
      .resolvesOnce({ events: [], nextForwardToken: 'b' })
      .resolvesOnce({ events: [{ message: 'three' }], nextForwardToken: 'c' })
      .resolves({ events: [], nextForwardToken: 'c' });
    expect(await followTask(arn, options())).toBe(3);
    expect(printed).toEqual(['one', 'two', 'three']);
    expect(logs.call(1).args[0].input).toMatchObject({
      logGroupName: '/huntaze/consolidation',
      logStreamName: 'run/estate/abc',
    });
  });

  test.each([
    ['no image', ended({ reason: 'CannotPullContainerError' }), 'got: CannotPullContainerError'],
    [
      'stopped before it began',
      task('STOPPED', { stoppedReason: 'Timeout waiting for network' }),
      'got: Timeout waiting for network',
    ],
  ])('an end without an exit code (%s) is an error with the reason', async (_, answer, message) => {
    ecs.on(DescribeTasksCommand).resolves(answer);
    logs.on(GetLogEventsCommand).resolves({ events: [] });
    await expect(followTask(arn, options())).rejects.toMatchObject({
      code: 'entry-check',
      message: expect.stringContaining(message),
    });
  });

  test('a task that ECS has forgotten: says where its lines are', async () => {
    ecs.on(DescribeTasksCommand).resolves({ tasks: [], failures: [{ reason: 'MISSING' }] });
    await expect(followTask(arn, options())).rejects.toMatchObject({
      remedy: expect.stringContaining('/huntaze/consolidation'),
    });
  });
});
