import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from '../lib/build/bundle';
import { modelledFunctions } from '../lib/estate/functions';
import { queues, standaloneDeadLetterQueues } from '../lib/estate/messaging';
import { resolveSettings } from '../lib/estate/settings';
import { buckets } from '../lib/estate/storage';
import { secrets, tables } from '../lib/estate/support';
import { settingsFiles } from '../settings';
import { estateApp } from '../stacks-aws/app';
import { buildEstate } from '../stacks-aws/estate';
import { projectRoot } from './measure';

/** What a synth of the estate with its rows multiplied came to. */
export interface ScaleFigures {
  /** Seconds of processor time for building and writing, the library loaded and the handlers bundled. */
  readonly processor: number;
  /** Seconds of wall time of the same. */
  readonly synth: number;
  /** Highest resident set, in megabytes of a million bytes. */
  readonly megabytes: number;
  readonly stacks: readonly {
    readonly name: string;
    readonly resources: number;
    /** Bytes of the template as it is written. */
    readonly bytes: number;
  }[];
}

/** Rows that the estate grows by: what serves many customers has more queues, buckets, tables and secrets. */
const growing = [queues, standaloneDeadLetterQueues, buckets, tables, secrets] as unknown as GrowingRow[][];

interface GrowingRow {
  readonly name: string;
  readonly deadLetterQueue?: { readonly name: string };
}

/** The inventory is read-only to everybody else; a process of its own may write into its copy. */
function multiply(factor: number): void {
  for (const rows of growing) {
    const originals = [...rows];
    for (let copy = 2; copy <= factor; copy += 1) rows.push(...originals.map((row) => renamed(row, copy)));
  }
}

function renamed(row: GrowingRow, copy: number): GrowingRow {
  const nameOf = (name: string): string => {
    const fifo = name.endsWith('.fifo') ? '.fifo' : '';
    // A queue's name has 80 characters at most, a bucket's 63.
    return `${name
      .slice(0, name.length - fifo.length)
      .slice(-50)
      .replace(/^[^a-z0-9]+/i, '')}-${copy}${fifo}`;
  };
  return {
    ...row,
    name: nameOf(row.name),
    ...(row.deadLetterQueue && { deadLetterQueue: { ...row.deadLetterQueue, name: nameOf(row.deadLetterQueue.name) } }),
  };
}

function measure(factor: number, outdir: string, bundles: string): ScaleFigures {
  multiply(factor);
  const settings = resolveSettings(settingsFiles);
  const code = bundleFunctions(modelledFunctions, {
    projectRoot,
    outdir: bundles,
    edgeConfiguration: { region: settings.region },
  });
  const context = {
    ...(estateApp().node.getAllContext() as Record<string, unknown>),
    // Past the limit, so that the curve shows where it stands.
    '@aws-cdk/core:stackResourceLimit': 0,
  };
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  const app = new App({ outdir, context, builtinCloudFormationValidation: false });
  buildEstate(app, { settings, code });
  const { stacks } = app.synth();
  const { user, system } = process.cpuUsage(before);
  return {
    processor: (user + system) / 1e6,
    synth: Number(process.hrtime.bigint() - start) / 1e9,
    megabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
    stacks: stacks.map(({ stackName, template }) => ({
      name: stackName,
      resources: Object.keys((template as { Resources: object }).Resources).length,
      bytes: JSON.stringify(template, undefined, 1).length,
    })),
  };
}

const [, script, factor, outdir, bundles, figures] = process.argv;
if (script === __filename && factor && outdir && bundles && figures) {
  mkdirSync(dirname(figures), { recursive: true });
  writeFileSync(figures, JSON.stringify(measure(Number(factor), outdir, bundles)));
}
