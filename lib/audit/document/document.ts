import type { AuditedSection, AuditReport } from '../audit';
import type { AuditedRow, JsonValue } from '../model';
import { sections as allSections } from '../sections';
import { code, mermaidLabel, plain, table } from './markdown';
import { type DocumentWords, type Language, type LiveCounts, wordsOf } from './words';

/** Longest value that a cell shows; the JSON report has it whole. */
const longestValue = 200;

export interface DocumentOptions {
  readonly language: Language;
  /** Day of the reading. */
  readonly date: Date;
  /** Runtime that every function should be on. */
  readonly runtime: string;
}

/** The audit's document, written again from what was read: Markdown, in the audit's own order of sections. */
export function renderDocument(report: AuditReport, { language, date, runtime }: DocumentOptions): string {
  const words = wordsOf(language);
  const counts = liveCounts(report);
  return [
    `# ${words.title}`,
    '',
    `**${words.date}:** ${new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date)}  `,
    `**${words.account}:** ${report.account}  `,
    `**${words.region}:** ${report.region}  `,
    `${words.comparedWith(report.posture)}`,
    '',
    ...chapter(words.summary, summary(report, words, counts)),
    ...chapter(words.changes, changes(report, words)),
    ...report.sections.filter(({ part }) => part === 'audit').flatMap((section) => sectionLines(section, words)),
    ...chapter(words.ai.title, [...words.ai.text.map((line) => `- ${line}`), '']),
    ...chapter(words.picture.title, picture(words, counts)),
    ...chapter(words.advice.title, advice(report, words, counts, runtime)),
    ...chapter(words.azure.title, [words.azure.text, '']),
    ...chapter(words.support, []),
    ...report.sections.filter(({ part }) => part === 'support').flatMap((section) => sectionLines(section, words)),
    ...exemptions(report, words),
  ].join('\n');
}

const chapter = (title: string, lines: readonly string[]): string[] => [`## ${title}`, '', ...lines];

function summary(report: AuditReport, words: DocumentWords, counts: LiveCounts): string[] {
  const changed = rowsWith(report, 'mismatch', 'missing', 'unexpected').length;
  const mark = changed === 0 ? '✅' : '⚠️';
  return [
    `${mark} ${words.verdictOf(changed)}`,
    '',
    ...words.points(counts).map((point) => `- ${point}`),
    `- ⚠️ ${words.noAiRead}`,
    '',
  ];
}

function changes(report: AuditReport, words: DocumentWords): string[] {
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`### ${title}`, '', ...lines];
  const named = (verdict: 'unexpected' | 'missing') =>
    table(
      [words.resource, words.kind],
      rowsWith(report, verdict).map(({ row, section }) => [code(row.name), plain(words.sections[section.id])]),
    );
  const appeared = named('unexpected');
  const lines = [
    ...titled(words.appeared, appeared.length === 0 ? [] : [words.appearedNote, '', ...appeared]),
    ...titled(words.vanished, named('missing')),
    ...titled(
      words.changed,
      table(
        [words.resource, words.property, words.inventory, words.live],
        rowsWith(report, 'mismatch').flatMap(({ row }) =>
          row.differences.map(({ property, expected, actual }) => [
            code(row.name),
            code(property),
            code(show(expected)),
            code(show(actual)),
          ]),
        ),
      ),
    ),
  ];
  return lines.length === 0 ? [words.noChange, ''] : lines;
}

function sectionLines({ id, rows }: AuditedSection, words: DocumentWords): string[] {
  const section = allSections.find((candidate) => candidate.id === id);
  if (section === undefined) throw new Error(`Audit report has an unknown section, got: ${id}.`);
  const head = [section.nameHeading, ...section.columns.map(({ heading }) => heading), 'verdict' as const];
  return [
    `### ${words.sections[id]}`,
    '',
    ...table(
      head.map((heading) => words.headings[heading]),
      rows.map((row) => [
        code(row.name),
        ...section.columns.map((column) => plain(translated(column.cell(row), words))),
        plain(verdict(row, words)),
      ]),
    ),
    words.total(rows.length),
    '',
  ];
}

/** A label may carry `(owner: …)` or stand in parentheses; what is between is looked up. */
function translated(cell: string, { labels }: DocumentWords): string {
  const [, open = '', text = '', rest = ''] = cell.match(/^(\(?)(.*?)(\)?| \(owner: .*\))$/s) ?? [];
  return `${open}${labels[text] ?? text}${rest}`;
}

function verdict(row: AuditedRow, words: DocumentWords): string {
  return [words.verdicts[row.verdict], ...(row.exempt.length > 0 ? [words.exempt(row.exempt.length)] : [])].join(', ');
}

function picture({ picture: words }: DocumentWords, counts: LiveCounts): string[] {
  const labels = words.labels(counts);
  const node = (id: keyof typeof labels) => `${id}["${mermaidLabel(labels[id])}"]`;
  return [
    '```mermaid',
    'flowchart TD',
    `  users["${mermaidLabel(words.users)}"] --> ${node('distribution')}`,
    `  distribution --> ${node('clusters')}`,
    ...(['databases', 'cache', 'buckets'] as const).map((id) => `  clusters --> ${node(id)}`),
    `  clusters --> ${node('functions')}`,
    `  functions --> ${node('queues')}`,
    `  functions --> ${node('ai')}`,
    '```',
    '',
  ];
}

function advice(
  report: AuditReport,
  { advice: words }: DocumentWords,
  counts: LiveCounts,
  runtime: string,
): readonly string[] {
  const late = rowsOf(report, 'functions')
    .filter((row) => row.actual?.runtime !== undefined && row.actual.runtime !== runtime)
    .map((row) => `${code(row.name)} (${plain(String(row.actual?.runtime))})`);
  return [
    `1. ${words.ai}`,
    `2. ${words.databases(counts)}`,
    `3. ${late.length === 0 ? words.runtimesDone(runtime) : words.runtimesLeft(runtime, late)}`,
    `4. ${words.cost}`,
    '',
  ];
}

function exemptions(report: AuditReport, words: DocumentWords): string[] {
  const rows = report.sections.flatMap(({ rows }) =>
    rows.flatMap((row) => row.exempt.map(({ property, reason }) => [code(row.name), code(property), plain(reason)])),
  );
  return rows.length === 0 ? [] : chapter(words.exemptTitle, table([words.resource, words.property, words.note], rows));
}

function liveCounts(report: AuditReport): LiveCounts {
  const alive = (id: AuditedSection['id']) =>
    rowsOf(report, id).filter(({ actual, verdict }) => actual !== undefined || verdict === 'unexpected');
  // A row of a pair is two queues; a stranger is one.
  const queues = alive('queues').reduce(
    (sum, row) => sum + (typeof row.actual?.deadLetterTarget === 'string' ? 2 : 1),
    0,
  );
  const databases = alive('databases');
  return {
    clusters: alive('clusters').length,
    databases: databases.length,
    encryptedDatabases: databases.filter(({ actual }) => actual?.encrypted === true).length,
    cacheNodes: alive('cache').length,
    buckets: alive('buckets').length,
    functions: alive('functions').length,
    queues,
    distributions: alive('distribution').length,
  };
}

const rowsOf = (report: AuditReport, id: AuditedSection['id']): readonly AuditedRow[] =>
  report.sections.find((section) => section.id === id)?.rows ?? [];

const rowsWith = (report: AuditReport, ...verdicts: readonly AuditedRow['verdict'][]) =>
  report.sections.flatMap((section) =>
    section.rows.filter((row) => verdicts.includes(row.verdict)).map((row) => ({ row, section })),
  );

function show(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
