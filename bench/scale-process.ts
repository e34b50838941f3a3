import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IPolicyValidationContext } from 'aws-cdk-lib';
import { bundleFunctions } from '../lib/build/bundle';
import { modelledFunctions } from '../lib/estate/functions';
import { resolveSettings } from '../lib/estate/settings';
import { recordAcknowledgements } from '../lib/policy/acknowledge';
import { acknowledgementsFor } from '../lib/policy/acknowledgements';
import { AwsSolutionsPolicy } from '../lib/policy/nag';
import { TemplatePolicy } from '../lib/policy/template-policy';
import { settingsFiles } from '../settings';
import { estateApp } from '../stacks-aws/app';
import { buildEstate } from '../stacks-aws/estate';
import { projectRoot } from './measure';
import { multiplyEstate } from './multiplied-estate';

/** Seconds of processor time: what a busy machine does not stretch. */
type ProcessorSeconds = number;

/** What a synth of the estate with its rows multiplied came to. */
export interface ScaleFigures {
  /** Building the constructs and writing the templates, the library loaded and the handlers bundled. */
  readonly synth: ProcessorSeconds;
  /** Recording the acknowledgements, cdk-nag, and the estate's own rules. */
  readonly policy: ProcessorSeconds;
  /** Highest resident set, in megabytes of a million bytes. */
  readonly megabytes: number;
  readonly stacks: readonly {
    readonly name: string;
    readonly resources: number;
    /** Bytes of the template as it is written. */
    readonly bytes: number;
  }[];
}

function measure(factor: number, outdir: string, bundles: string): ScaleFigures {
  const settings = () => resolveSettings(settingsFiles);
  const code = new Map(
    bundleFunctions(modelledFunctions, {
      projectRoot,
      outdir: bundles,
      edgeConfiguration: { region: settings().region },
    }),
  );
  for (const [copy, original] of multiplyEstate(factor)) code.set(copy, code.get(original) ?? '');

  process.env.CDK_OUTDIR = outdir;
  const app = estateApp();
  const [stacks, synth] = processorTime(() => {
    buildEstate(app, { settings: settings(), code });
    return app.synth().stacks;
  });
  const rows = acknowledgementsFor(settings());
  const stackTemplates = stacks.map(({ templateFullPath }) => ({ templatePath: templateFullPath }));
  const [, policy] = processorTime(() => {
    recordAcknowledgements(app, rows);
    const seen = { appConstruct: app, stackTemplates } as unknown as IPolicyValidationContext;
    // What they find is not the point: acknowledgements name resources, and those of the copies have none.
    new AwsSolutionsPolicy(rows).validate(seen);
    new TemplatePolicy(settings().posture).validate(seen);
  });
  return {
    synth,
    policy,
    megabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
    stacks: stacks.map(({ stackName, template }) => ({
      name: stackName,
      resources: Object.keys((template as { Resources: object }).Resources).length,
      bytes: JSON.stringify(template, undefined, 1).length,
    })),
  };
}

function processorTime<T>(work: () => T): readonly [T, ProcessorSeconds] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

const [, script, factor, folder] = process.argv;
if (script === __filename && factor && folder) {
  mkdirSync(folder, { recursive: true });
  const figures = measure(Number(factor), join(folder, 'cdk.out'), join(folder, 'code'));
  writeFileSync(join(folder, 'figures.json'), JSON.stringify(figures));
}
