import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, row, seconds } from './measure';
import type { ScaleFigures } from './scale-process';

const factors = [1, 10, 50];

/** CloudFormation's quotas: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const mostResources = 500;
/** Bytes of a template that is passed as an object in S3, as the CDK does. */
const mostBytes = 1_000_000;

/** How a synth grows with the rows of the inventory, and at which factor a stack would meet CloudFormation's limits. */
export async function benchScale({ scratch, print }: Bench): Promise<void> {
  const curve = factors.map((factor) => {
    const folder = join(scratch, `scale-${factor}`);
    const file = join(folder, 'figures.json');
    seconds([
      ...['--import', 'tsx', join(__dirname, 'scale-process.ts'), String(factor)],
      ...[join(folder, 'cdk.out'), join(folder, 'code'), file],
    ]);
    return { factor, ...(JSON.parse(readFileSync(file, 'utf8')) as ScaleFigures) };
  });
  print(row('rows of queues, buckets, tables, secrets', ['resources', 'synth', 'CPU/1000', 'memory']));
  for (const { factor, stacks, synth, processor, megabytes } of curve) {
    const resources = stacks.reduce((sum, stack) => sum + stack.resources, 0);
    print(
      row(`${factor} x`, [
        String(resources),
        `${synth.toFixed(1)} s`,
        `${((processor / resources) * 1000).toFixed(2)} s`,
        `${megabytes.toFixed(0)} MB`,
      ]),
    );
  }
  print();
  print(row('stack that grows', ['resources', 'factor', 'bytes', 'factor']));
  const [once, tenfold] = curve;
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
  print(`factor: rows at which the stack meets ${mostResources} resources, or ${mostBytes / 1e6} MB of template`);
}
