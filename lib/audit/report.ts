import Table from 'cli-table3';
import type { AuditedSection, AuditReport, Counts } from './audit';
import type { AuditedRow, JsonValue, Section } from './model';
import { sections as allSections } from './sections';
import { headings, partTitles, sectionTitles, verdictWords } from './words';

/** Width of a terminal that shows no less than this many columns. */
const tableWidth = 100;
/** Characters that a border and its two blanks take: one before each column, and one at the end. */
const borderPerColumn = 3;
const narrowest = 8;
const indent = '  ';

/** The audit's tables, each difference below its table, and the summary. */
export function renderAudit(report: AuditReport): string {
  const parts = (['audit', 'support'] as const).map((part) => {
    const tables = report.sections.filter((section) => section.part === part).map(renderSection);
    return tables.length === 0
      ? []
      : [partTitles[part], '', ...tables, summaryLine(partTitles[part], report.summary[part]), ''];
  });
  return [...parts.flat(), ...renderUnused(report)].join('\n');
}

/** Such as `43 rows: 36 matched, 7 pending, 0 mismatched, 0 missing`. */
export const summaryLine = (title: string, counts: Counts): string =>
  `${title}: ${counts.rows} rows: ${[
    `${counts.matched} ${verdictWords.matched}`,
    ...(['pending', 'not modelled', 'unexpected'] as const)
      .filter((verdict) => counts[verdict] > 0)
      .map((verdict) => `${counts[verdict]} ${verdictWords[verdict]}`),
    `${counts.mismatch} ${verdictWords.mismatch}`,
    `${counts.missing} ${verdictWords.missing}`,
  ].join(', ')}`;

/**
 * Widths that fit a table into a number of columns: the widest columns give first, and equally.
 *
 * @param natural width of the longest cell of each column
 * @param available characters for the cells of all columns together
 */
export function fitWidths(natural: readonly number[], available: number): number[] {
  const total = natural.reduce((sum, width) => sum + width, 0);
  if (total <= available) return [...natural];
  const widest = Math.max(...natural);
  if (widest <= narrowest) return [...natural];
  // Down to the second widest at most, so that columns of one width give equally.
  const next = Math.max(narrowest, ...natural.filter((width) => width < widest));
  const share = natural.filter((width) => width === widest).length;
  const cut = Math.max(next, widest - Math.ceil((total - available) / share));
  return fitWidths(
    natural.map((width) => (width === widest ? cut : width)),
    available,
  );
}

/** Breaks a text into lines between words, and inside a word only where it is longer than a line. */
function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length <= width) {
      line = `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line].join('\n');
}

function renderSection({ id, rows }: AuditedSection): string {
  const section = sectionOf(id);
  const head = [section.nameHeading, ...section.columns.map(({ heading }) => heading), 'verdict' as const].map(
    (heading) => headings[heading],
  );
  const body = rows.map((row) => [row.name, ...section.columns.map((column) => column.cell(row)), verdictCell(row)]);
  const natural = head.map((heading, column) =>
    Math.max(heading.length, ...body.map((cells) => (cells[column] ?? '').length)),
  );
  const widths = fitWidths(natural, tableWidth - borderPerColumn * head.length - 1);
  const table = new Table({
    head,
    colWidths: widths.map((width) => width + 2),
    style: { head: [], border: [], compact: true },
  });
  table.push(...body.map((cells) => cells.map((cell, column) => wrap(cell, widths[column] ?? narrowest))));
  return [`${sectionTitles[id]} (${rows.length})`, table.toString(), ...rows.flatMap(renderDetails), ''].join('\n');
}

function verdictCell(row: AuditedRow): string {
  const exempt = row.exempt.length > 0 ? `, ${row.exempt.length} exempt` : '';
  const reason = row.reason === undefined ? '' : `: ${row.reason}`;
  return `${verdictWords[row.verdict]}${exempt}${reason}`;
}

const renderDetails = (row: AuditedRow): string[] =>
  [
    ...row.differences.map(
      ({ property, expected, actual }) => `${row.name} ${property}: expected ${show(expected)}, got ${show(actual)}`,
    ),
    ...row.exempt.map(({ property, reason }) => `${row.name} ${property}: exempt, ${reason}`),
  ].flatMap((line) =>
    wrap(line, tableWidth - indent.length)
      .split('\n')
      .map((part) => indent + part),
  );

const renderUnused = ({ unusedExemptions }: AuditReport): string[] =>
  unusedExemptions.map(
    ({ section, property, rows }) =>
      `Exemption that nothing needs: ${section} ${property}${rows ? ` of ${rows.join(', ')}` : ''}. Remove it.`,
  );

const show = (value: JsonValue): string => JSON.stringify(value);

function sectionOf(id: AuditedSection['id']): Section {
  const section = allSections.find((candidate) => candidate.id === id);
  if (section === undefined) throw new Error(`Audit report has an unknown section, got: ${id}.`);
  return section;
}
