import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeTemplates } from './changed-tree';
import { type Bench, projectRoot, row, seconds } from './measure';
import { measuredReview } from './review-process';
import type { ScaleFigures } from './scale-process';
import { measuredTests } from './scale-tests';

const factors = [1, 10, 50];

/** CloudFormation's quotas: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const mostResources = 500;
/** Bytes of a template that is passed as an object in S3, as the CDK does. */
const mostBytes = 1_000_000;

interface Point extends ScaleFigures {
  readonly factor: number;
  readonly resources: number;
  /** Seconds of processor time. */
  readonly review: number;
}

/** How synth, review and tests grow with the rows, and at which factor a stack meets CloudFormation's limits. */
export async function benchScale({ scratch, print }: Bench): Promise<void> {
  print(
    'Rows multiplied: queues, dead-letter queues, buckets, tables, secrets, regional functions with their roles, and',
  );
  print('the rules that call them; alarms follow. Seconds of processor time, each in a process of its own.');
  print(row('estate', ['resources', 'synth', 'policy', 'review', 'memory']));
  const curve = factors.map((factor) => {
    const point = measure(factor, join(scratch, `scale-${factor}`));
    const { resources, synth, policy, review, megabytes } = point;
    const times = [synth, policy, review].map((time) => `${time.toFixed(1)} s`);
    print(row(`${factor} x`, [String(resources), ...times, `${megabytes.toFixed(0)} MB`]));
    return point;
  });
  printGrowth(print, curve);
  print();
  printLimits(print, curve);
  print();
  print(row('tests of counts, postures, access, snapshots', ['tests', 'passed', 'processor', 'wall']));
  for (const factor of factors) {
    const { total, passed, processor, wall } = await measuredTests(factor, join(scratch, `scale-tests-${factor}`));
    print(row(`${factor} x`, [String(total), String(passed), `${processor.toFixed(0)} s`, `${wall.toFixed(0)} s`]));
  }
  print('What fails above 1 x counts or names the resources of the real estate.');
}

function measure(factor: number, folder: string): Point {
  seconds(['--import', 'tsx', join(__dirname, 'scale-process.ts'), String(factor), folder]);
  const figures = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as ScaleFigures;
  const [base, head] = [join(folder, 'cdk.out'), join(folder, 'head')];
  cpSync(base, head, { recursive: true });
  changeTemplates(head);
  return {
    ...figures,
    factor,
    resources: figures.stacks.reduce((sum, stack) => sum + stack.resources, 0),
    review: measuredReview(projectRoot, base, head).processor,
  };
}

/** Processor time for each resource against that of the estate as it is: 1 is linear. */
function printGrowth(print: Bench['print'], [once, ...larger]: readonly Point[]): void {
  if (!once) return;
  for (const point of larger) {
    const times = (['synth', 'policy', 'review'] as const).map(
      (part) => `${(point[part] / point.resources / (once[part] / once.resources)).toFixed(2)} x`,
    );
    print(row(`time of a resource, ${point.factor} x against 1 x`, ['', ...times]));
  }
}

function printLimits(print: Bench['print'], [once, tenfold]: readonly Point[]): void {
  print(row('stack that grows', ['resources', 'factor', 'bytes', 'factor']));
  for (const stack of once?.stacks ?? []) {
    const later = tenfold?.stacks.find(({ name }) => name === stack.name);
    if (!later || !tenfold || later.resources === stack.resources) continue;
    const limit = (now: number, then: number, most: number): string =>
      (1 + ((most - now) * (tenfold.factor - 1)) / (then - now)).toFixed(1);
    print(
      row(stack.name, [
        String(stack.resources),
        limit(stack.resources, later.resources, mostResources),
        String(stack.bytes),
        limit(stack.bytes, later.bytes, mostBytes),
      ]),
    );
  }
  print(
    `factor: times the rows at which the stack meets ${mostResources} resources, or ${mostBytes / 1e6} MB of template`,
  );
}
