import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { usage } from '../../settings/usage';
import { type Posture, postureSchema } from '../estate/settings';
import { estateMap } from '../report/estate-map';
import { renderHtml } from '../report/html';
import { readBackOf } from '../report/read-back';
import { synthesizedFacts } from '../report/synthesized';
import { settingsOf } from './account';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';
import { withSynthesizedEstate } from './synthesize';

interface ReportOptions {
  readonly html: string;
  readonly readBack?: string;
  readonly posture?: Posture;
}

const lastRehearsal = join(projectRoot, '.rehearsal', 'report.json');

/** `estate report` */
export const reportCommand = (): Command =>
  new Command('report')
    .summary('write the estate as one page for people who would rather look than read')
    .description(
      'One self-contained HTML file, with no network: both clouds, a room for each section of the audit, each resource ' +
        'with its evidence, what the postures set differently, its alarms, cost and import identifier, and what the last ' +
        'read-back found.',
    )
    .requiredOption('--html <file>', 'where the page goes')
    .option(
      '--read-back <file>',
      'JSON of a rehearsal or of estate audit (default: the last rehearsal, if there is one)',
    )
    .addOption(new Option('--posture <posture>', 'of the stacks').choices(postureSchema.options))
    .addHelpText(
      'after',
      '\nExit code 0: the page is written. 1: the estate could not be synthesized or a file not read.',
    )
    .action(async ({ html, readBack, posture }: ReportOptions) => {
      const source = readBack ?? (existsSync(lastRehearsal) ? lastRehearsal : undefined);
      const audit = source === undefined ? undefined : readBackOf(source, read(source));
      const settings = settingsOf(undefined, posture);
      const page = await terminalProgress().step('synthesize the estate', () =>
        withSynthesizedEstate(projectRoot, [settings.posture], ([estate]) => {
          const facts = estate && { both: estate.directory, aws: join(estate.directory, 'cdk.out') };
          return renderHtml(
            estateMap({ settings, ...(audit && { audit }), ...(facts && synthesizedFacts(facts, usage)) }),
          );
        }),
      );
      const path = resolve(html);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, page);
      console.log(`${path}: ${Math.round(page.length / 1024)} KiB`);
    });

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--read-back cannot be read (${code}), got: ${file}. Name a JSON report, or run npm run rehearse.`);
  }
}
