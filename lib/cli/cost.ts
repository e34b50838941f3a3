import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { usage } from '../../settings/usage';
import { analyseCost, analysisJson, type NamedTree, renderAnalysis } from '../cost';
import { type Posture, postureSchema } from '../estate/settings';
import { readTree } from '../review';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';
import { withSynthesizedEstate } from './synthesize';

interface CostOptions {
  readonly tree?: readonly string[];
  readonly posture?: Posture;
  readonly json?: boolean;
  readonly out?: string;
}

/** `estate cost` */
export const costCommand = (): Command =>
  new Command('cost')
    .summary('what the estate costs a month, by section of the audit, and what to decide')
    .description(
      "The audit's fourth recommendation: synthesizes the estate in both postures, prices both clouds from the table in " +
        'lib/cost/prices with the usage of settings/usage.ts, and calls out what is idle, doubled or dearer than need be. ' +
        'Offline; no credential is used. With --tree it prices any other synthesized trees instead.',
    )
    .addOption(new Option('--posture <posture>', 'one posture instead of both').choices(postureSchema.options))
    .option('--tree <dir...>', 'synthesized trees: a cdk.out, a cdktf.out, or a folder that holds both')
    .option('--out <file>', 'where the report goes (default: standard output)')
    .option('--json', 'the report as JSON, every charge of every resource in it')
    .addHelpText('after', '\nExit code 0: the report is written. 1: a tree could not be synthesized or read.')
    .action(async ({ tree, posture, json = false, out }: CostOptions, command: Command) => {
      if (tree !== undefined && posture !== undefined) {
        command.error("error: option '--posture <posture>' cannot be used with option '--tree <dir...>'");
      }
      const progress = terminalProgress();
      const report = (trees: readonly NamedTree[]): string => {
        const analysis = analyseCost(trees, usage);
        return `${json ? JSON.stringify(analysisJson(analysis), undefined, 2) : renderAnalysis(analysis)}\n`;
      };
      const text =
        tree === undefined
          ? await progress.step('synthesize the estate', () =>
              withSynthesizedEstate(projectRoot, posture === undefined ? postureSchema.options : [posture], (estates) =>
                report(estates.map((estate) => ({ name: estate.posture, tree: readTree(estate.directory) }))),
              ),
            )
          : report(tree.map((directory) => ({ name: directory, tree: readTree(resolve(directory)) })));
      if (out === undefined) process.stdout.write(text);
      else writeFileSync(resolve(out), text);
    });
