import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type AuditReport, isClean, summaryLine } from '../audit';
import { partTitles, sectionTitles } from '../audit/words';
import type { AzureEstate } from '../estate/azure-estate';
import type { AccountSettings } from '../estate/settings';
import { modelUses } from '../policy/azure';
import { checkLifecycles } from '../policy/lifecycles';
import { checkModels } from '../policy/models';
import { printable } from './artifact';
import { bodyLimit, type GitHub } from './github';
import type { PlanSummary } from './terraform';

/** One thing that is looked at every night. */
export const nightlyParts = ['aws-drift', 'azure-drift', 'lifecycles', 'dependencies', 'consolidation'] as const;
export type NightlyPart = (typeof nightlyParts)[number];

const titles: Readonly<Record<NightlyPart, string>> = {
  'aws-drift': 'AWS against the inventory',
  'azure-drift': 'Azure against the state',
  lifecycles: 'Versions and models that the clouds withdraw',
  dependencies: 'Packages',
  consolidation: 'Consolidation of the databases under faults',
};

const partSchema = z.strictObject({
  schemaVersion: z.literal(1),
  part: z.enum(nightlyParts),
  clean: z.boolean(),
  /** Lines of a list, in Markdown. */
  lines: z.array(z.string()),
});
export type PartReport = z.infer<typeof partSchema>;

const report = (part: NightlyPart, lines: readonly string[], clean = lines.length === 0): PartReport => ({
  schemaVersion: 1,
  part,
  clean,
  lines: [...lines],
});

/** Rows of an audit that are not as the inventory says. */
export function awsDrift(audit: AuditReport): PartReport {
  const rows = audit.sections.flatMap(({ id, rows }) =>
    rows
      .filter(({ verdict }) => verdict === 'mismatch' || verdict === 'missing' || verdict === 'unexpected')
      .map(({ verdict, name }) => `${sectionTitles[id]}: \`${printable(name)}\` ${verdict}`),
  );
  const totals = [
    summaryLine(partTitles.audit, audit.summary.audit),
    summaryLine(partTitles.support, audit.summary.support),
  ];
  return report('aws-drift', [...totals, ...rows], isClean(audit));
}

/** What a plan would change without any change of the code. */
export function azureDrift(left: PlanSummary | undefined): PartReport {
  const actions = Object.entries(left ?? {}) as [string, readonly string[]][];
  return report(
    'azure-drift',
    actions.flatMap(([action, addresses]) => addresses.map((address) => `${action}: \`${address}\``)),
  );
}

/** @param today ISO date */
export const lifecycleReport = (settings: AccountSettings, estate: AzureEstate, today: string): PartReport =>
  report('lifecycles', [
    ...checkLifecycles(settings, today).map(({ message }) => message),
    ...checkModels(modelUses(estate), today).map(({ message }) => message),
  ]);

export const dependencyReport = (findings: readonly string[]): PartReport => report('dependencies', findings);

/** What jest writes with `--json`, as far as it is read here. */
const jestResults = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      /** Why a file could not be run; with tests, all their failures once more. */
      message: z.string(),
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/**
 * Tests of the fault matrix that did not pass.
 *
 * @param results what jest wrote
 * @throws ZodError for anything else
 */
export function consolidationReport(results: unknown): PartReport {
  const { numPassedTests, testResults } = jestResults.parse(results);
  const failed = testResults.flatMap(({ assertionResults, message, name, status }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
    const unstarted = status === 'failed' && tests.length === 0;
    return unstarted ? [`${basename(name)}: ${/\S.*/.exec(message)?.[0] ?? ''}`] : tests;
  });
  const lines = failed.map((line) => `failed: ${printable(line)}`);
  return report('consolidation', numPassedTests === 0 ? [...lines, 'No test passed.'] : lines);
}

export function writePart(directory: string, part: PartReport): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${part.part}.json`);
  writeFileSync(path, `${JSON.stringify(part, null, 2)}\n`);
  return path;
}

/** Reports of a folder; a part that left none has failed, and that too is something to look at. */
export function readParts(directory: string): readonly (PartReport | NightlyPart)[] {
  const files = new Set(existsSync(directory) ? readdirSync(directory) : []);
  return nightlyParts.map((part) =>
    files.has(`${part}.json`)
      ? partSchema.parse(JSON.parse(readFileSync(join(directory, `${part}.json`), 'utf8')))
      : part,
  );
}

/** First line of the issue, by which the next night finds it. */
export const issueMarker = '<!-- estate-nightly -->';
const issueTitle = 'Nightly report of the estate';
/** Lines of one part that an issue shows. */
const shownLines = 50;

export interface PublishReportOptions {
  readonly github: Pick<GitHub, 'issue' | 'closeIssue'>;
  readonly parts: readonly (PartReport | NightlyPart)[];
  readonly runUrl: string;
}

/**
 * Opens the issue, updates it in place, or closes it when there is nothing to look at.
 *
 * @returns whether all is well
 */
export async function publishReport({ github, parts, runUrl }: PublishReportOptions): Promise<boolean> {
  const clean = parts.every((part) => typeof part !== 'string' && part.clean);
  if (clean) await github.closeIssue(issueMarker, `All is well again: ${runUrl}`);
  else await github.issue(issueMarker, issueTitle, renderReport(parts, runUrl));
  return clean;
}

/** The report as Markdown, never longer than an issue takes. */
export function renderReport(parts: readonly (PartReport | NightlyPart)[], runUrl: string): string {
  const text = [...parts.flatMap(renderPart), `Written by ${runUrl}.`].join('\n');
  const room = bodyLimit - issueMarker.length - 200;
  return text.length <= room ? text : `${text.slice(0, room)}\n\n… cut off; the whole report: ${runUrl}`;
}

function renderPart(part: PartReport | NightlyPart): readonly string[] {
  if (typeof part === 'string')
    return [
      `## ${titles[part]}`,
      '',
      'Could not be looked at: see the run. A cloud whose identities do not stand yet is not looked at either.',
      '',
    ];
  const { clean, lines } = part;
  const shown = lines.slice(0, shownLines);
  const more = lines.length - shown.length;
  return [
    `## ${titles[part.part]}`,
    '',
    ...(clean && shown.length === 0 ? ['Nothing to do.'] : shown.map((line) => `- ${line.replaceAll('\n', ' ')}`)),
    ...(more > 0 ? [`- … and ${more} more`] : []),
    '',
  ];
}
