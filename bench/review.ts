import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { changeTemplates } from './changed-tree';
import { type Bench, projectRoot, row, seconds, spread, spreadHeader, verdict } from './measure';
import { measuredReview } from './review-process';

/** Seconds that a review of the whole estate may take once the trees are loaded. */
const mostSeconds = 3;
/** Megabytes that the process may hold at its highest. */
const mostMegabytes = 500;
const resourcesPerStack = 500;
const stackCounts = [10, 25, 50, 100];
/** Times the cost per resource at ten stacks that it may be at a hundred: linear, with room for the machine. */
const mostOfLinear = 1.5;

/** How long a review takes, how much it holds, and how both grow: each figure is a process of its own. */
export async function benchReview({ scratch, rounds, print }: Bench): Promise<void> {
  const [base, head] = [join(scratch, 'review-base'), join(scratch, 'review-head')];
  seconds(['--import', 'tsx', 'bin/aws.ts'], { CDK_OUTDIR: base });
  cpSync(base, head, { recursive: true });
  const changed = changeTemplates(head);
  const runs = Array.from({ length: rounds }, () => measuredReview(projectRoot, base, head));
  const [first] = runs;
  print(spreadHeader(`the estate, ${first?.resources} resources, ${changed} of them changed`, rounds));
  print(
    spread(
      'loading both trees, and what AWS says of its types',
      runs.map((run) => run.loading),
      's',
    ),
  );
  const reviewing = runs.map((run) => run.reviewing);
  print(spread('review', reviewing, 's', verdict(`median under ${mostSeconds} s`, median(reviewing) < mostSeconds)));
  print(
    spread(
      'of it on the processor',
      runs.map((run) => run.processor),
      's',
    ),
  );
  const memory = runs.map((run) => run.megabytes);
  print(spread('highest memory', memory, 'MB', verdict(`under ${mostMegabytes} MB`, median(memory) < mostMegabytes)));
  print();

  print(
    row(`stacks of ${resourcesPerStack} resources, one in ten changed`, ['resources', 'review', 'CPU/1000', 'memory']),
  );
  const curve = stackCounts.map((stacks) => {
    const folders = [join(scratch, `stacks-${stacks}-base`), join(scratch, `stacks-${stacks}-head`)] as const;
    writeStacks(folders[0], stacks, 0);
    writeStacks(folders[1], stacks, 10);
    const figures = Array.from({ length: rounds }, () => measuredReview(projectRoot, ...folders));
    const time = median(figures.map((run) => run.reviewing));
    const resources = stacks * resourcesPerStack;
    const point = {
      stacks,
      resources,
      time,
      each: (median(figures.map((run) => run.processor)) / resources) * 1000,
      megabytes: median(figures.map((run) => run.megabytes)),
    };
    print(
      row(`${stacks} stacks`, [
        String(resources),
        `${time.toFixed(2)} s`,
        `${point.each.toFixed(3)} s`,
        `${point.megabytes.toFixed(0)} MB`,
      ]),
    );
    return point;
  });
  const [smallest, largest] = [curve[0], curve.at(-1)];
  if (!smallest || !largest) return;
  const ratio = largest.each / smallest.each;
  print(
    row(
      `processor time per resource, ${largest.stacks} stacks against ${smallest.stacks}`,
      [`${ratio.toFixed(2)} x`],
      verdict(`linear: at most ${mostOfLinear} x`, ratio <= mostOfLinear),
    ),
  );
}

/** A tree of so many stacks. @param changedEvery which resources differ from the plain tree; 0 for none */
function writeStacks(folder: string, count: number, changedEvery: number): void {
  mkdirSync(folder, { recursive: true });
  const stacks = Array.from({ length: count }, (_, place) => `stack-${place}`);
  for (const stack of stacks) {
    const resources = Object.fromEntries(
      Array.from({ length: resourcesPerStack }, (_, place) => [
        `Resource${place}`,
        resourceOf(stack, place, changedEvery > 0 && place % changedEvery === 0),
      ]),
    );
    writeFileSync(join(folder, `${stack}.template.json`), JSON.stringify({ Resources: resources }));
  }
  const artifacts = Object.fromEntries(
    stacks.map((stack) => [
      stack,
      {
        type: 'aws:cloudformation:stack',
        environment: 'aws://123456789012/us-east-1',
        properties: { templateFile: `${stack}.template.json`, stackName: stack },
      },
    ]),
  );
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
}

/** A queue, a role with a policy, and an alarm on the queue, by turns. */
function resourceOf(stack: string, place: number, changed: boolean): object {
  const queue = `Resource${place - (place % 3)}`;
  switch (place % 3) {
    case 0:
      return {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: `${stack}-${place}`,
          MessageRetentionPeriod: changed ? 86_400 : 345_600,
          Tags: [{ Key: 'a', Value: 'b' }],
        },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Metadata: { 'aws:cdk:path': `${stack}/Queue${place}/Resource` },
      };
    case 1:
      return {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: `${stack}-${place}`,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
          },
          Policies: [
            {
              PolicyName: 'queue',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: changed ? ['sqs:SendMessage', 'sqs:PurgeQueue'] : 'sqs:SendMessage',
                    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
                  },
                ],
              },
            },
          ],
        },
      };
    default:
      return {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${stack}-${place}`,
          Threshold: changed ? 2 : 1,
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
        },
      };
  }
}
