import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { usage } from '../../settings/usage';
import { compareCost } from '../cost';
import { type Cloud, type ReviewReport, readTree, readWaivers, review } from '../review';
import { renderComment, renderJson, renderSarif, renderTerminal } from '../review/render';
import { terminalProgress } from './progress';

interface ReviewCommandOptions {
  readonly base: string;
  readonly head: string;
  readonly gate?: boolean;
  readonly waivers?: string;
  readonly baseWaivers?: string;
  readonly asOf: string;
  readonly allowMissing: readonly Cloud[];
  readonly markdown?: string;
  readonly json?: string;
  readonly sarif?: string;
  readonly artifactUrl?: string;
  readonly full?: boolean;
}

const isoDay = (text: string): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Give a date as 2026-12-31.');
  }
  return text;
};

const webAddress = (text: string): string => {
  if (!/^https?:\/\/[^\s<>"()]+$/.test(text)) throw new InvalidArgumentError('Give a web address, such as https://….');
  return text;
};

const clouds: readonly Cloud[] = ['aws', 'azure'];

const cloud = (text: string, before: readonly Cloud[] = []): readonly Cloud[] => {
  const found = clouds.find((known) => known === text);
  if (!found) throw new InvalidArgumentError(`Choose from: ${clouds.join(', ')}.`);
  return [...before, found];
};

/** Exit code of a gate that is closed; 1 is for what could not be reviewed. */
const gateClosed = 2;

/** `estate review` */
export const reviewCommand = (): Command =>
  new Command('review')
    .summary('compare two synthesized trees: data at risk, access, network, cost, policy, lifecycle')
    .description(
      'Compares the output of two synths, of any project: a cdk.out, a cdktf.out, or a folder that holds both. Offline and ' +
        'without credentials. Prints the review, and writes it as a pull-request comment, JSON or SARIF.',
    )
    .requiredOption('--base <dir>', 'what is there: the output of the main branch, or of what is deployed')
    .requiredOption('--head <dir>', 'what is to come: the output of the pull request')
    .option('--gate', 'fail when the change puts data at risk and no waiver covers it')
    .option('--waivers <file>', 'waivers of head (default: none)')
    .option('--base-waivers <file>', 'waivers that base already has: an unused one that it lacks closes the gate')
    .addOption(
      new Option('--as-of <date>', 'day that waivers and lifecycles are judged by')
        .argParser(isoDay)
        .default(new Date().toISOString().slice(0, 10), 'today'),
    )
    .addOption(
      new Option('--allow-missing <cloud>', 'aws or azure: head may lack it, which counts as removal; may be repeated')
        .argParser(cloud)
        .default([], 'none'),
    )
    .option('--markdown <file>', 'write the comment for the pull request, at most 65,536 characters')
    .option('--json <file>', 'write the whole report, in the schema of lib/review/render/review-report.schema.json')
    .option('--sarif <file>', 'write what code scanning reads')
    .addOption(
      new Option('--artifact-url <url>', 'where the whole report will be; the comment points to it').argParser(
        webAddress,
      ),
    )
    .option('--full', 'print every row instead of the first of each part')
    .addHelpText(
      'after',
      '\nExit code 0: reviewed, findings or not. 2: with --gate, the gate is closed. 1: the trees could not be reviewed.',
    )
    .action(async (options: ReviewCommandOptions) => {
      const progress = terminalProgress();
      const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
      const baseWaivers = options.baseWaivers === undefined ? undefined : readWaivers(options.baseWaivers);
      const base = await progress.step(`read ${options.base}`, async () => readTree(options.base));
      const head = await progress.step(`read ${options.head}`, async () => readTree(options.head));
      const report = await progress.step('compare', async () =>
        review(base, head, {
          asOf: options.asOf,
          allowMissing: options.allowMissing,
          waivers,
          ...(baseWaivers && { baseWaivers }),
          cost: (comparison) => compareCost(comparison, usage),
        }),
      );
      // Everything is rendered before anything is written: no run leaves half of its files.
      const files = filesOf(report, options);
      for (const [path, text] of files) writeFileSync(resolve(path), text);
      process.stdout.write(renderTerminal(report, { full: options.full ?? false }));
      if (options.gate && !report.gate.open) process.exitCode = gateClosed;
    });

function filesOf(
  report: ReviewReport,
  { markdown, json, sarif, artifactUrl }: ReviewCommandOptions,
): readonly (readonly [path: string, text: string])[] {
  const artifact = json || artifactUrl ? { name: 'review.json', ...(artifactUrl && { url: artifactUrl }) } : undefined;
  return [
    ...(markdown ? [[markdown, renderComment(report, artifact ? { artifact } : {})] as const] : []),
    ...(json ? [[json, renderJson(report)] as const] : []),
    ...(sarif ? [[sarif, renderSarif(report)] as const] : []),
  ];
}
