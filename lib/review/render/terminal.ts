import Table from 'cli-table3';
import { nameOf } from '../findings/ref';
import type { Finding, GateReason, PropertyChange, ReviewReport } from '../model';
import { counted, differingTexts, middle, oneLine, shortened, valueText } from './text';
import { categoryTitles, changeWords, countWords, dollarDelta, dollars, viewOf } from './view';

const width = 100;
const marks = { error: '✘', warning: '!', note: '·' } as const;

export interface TerminalOptions {
  /** Every row; else the first of each part. */
  readonly full?: boolean;
}

const shownRows = 25;

/** The review for a terminal: the same order as the comment, plain text, no colour and no control character. */
export function renderTerminal(report: ReviewReport, { full = false }: TerminalOptions = {}): string {
  const view = viewOf(report);
  const rows = <T>(items: readonly T[]) => (full ? items : items.slice(0, shownRows));
  const more = (items: readonly unknown[]) =>
    full || items.length <= shownRows ? [] : [`  … and ${items.length - shownRows} more (--full, --json)`];
  const part = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines]);
  if (view.isEmpty) return `${report.gate.open ? '✔' : '✘'} ${view.verdict}\n`;
  const findings = (items: readonly Finding[]) => [...rows(items).flatMap(findingLines), ...more(items)];
  return `${[
    `${report.gate.open ? '✔' : '✘'} ${view.verdict}`,
    `  Resources: ${countWords(report.counts)}.`,
    ...(view.cost === undefined
      ? []
      : [
          `  Monthly cost: ${dollars(view.cost.base)} → ${dollars(view.cost.head)} (${dollarDelta(view.cost.delta)}), list price.`,
        ]),
    ...part('Data at risk', [...rows(view.closing).flatMap(reasonLines), ...more(view.closing)]),
    ...(['data-at-risk', 'access', 'network'] as const).flatMap((category) =>
      part(
        category === 'data-at-risk' ? 'Also at risk' : categoryTitles[category],
        findings(view.news[category].filter(({ level }) => level !== 'note')),
      ),
    ),
    ...costLines(report, rows),
    ...part(
      'Waivers',
      rows(report.gate.waivers).flatMap(({ id, status, fails, message }) =>
        wrapped(`${fails ? '✘' : '✔'} ${id} (${status}): ${message}`),
      ),
    ),
    ...part(`Changes (${view.changes.length})`, [...rows(view.changes).flatMap(changeLines), ...more(view.changes)]),
    ...part(
      'Routine: access of what is new, and ways out',
      findings([...view.news.access, ...view.news.network].filter(({ level }) => level === 'note')),
    ),
    ...part('Policy', findings(view.news.policy)),
    ...part('Lifecycle', findings(view.news.lifecycle)),
    ...part('Mended by this change', findings(view.fixed)),
    ...part(
      'Notes',
      report.notes.flatMap((note) => wrapped(`· ${note}`)),
    ),
  ].join('\n')}\n`;
}

const reasonLines = ({ resource, message, remedy }: GateReason): string[] => [
  ...wrapped(`✘ ${nameOf(resource)} (${resource.type}): ${message}`),
  ...wrapped(`→ ${remedy}`, 4),
];

function findingLines({ level, status, message, fix, resource }: Finding): string[] {
  const place = resource?.source === undefined ? '' : ` (${resource.source.file}:${resource.source.line})`;
  return [
    ...wrapped(`${status === 'fixed' ? '✔' : marks[level]} ${message}${place}`),
    ...(fix === undefined ? [] : wrapped(`→ ${fix}`, 4)),
  ];
}

function costLines({ cost }: ReviewReport, rows: <T>(items: readonly T[]) => readonly T[]): string[] {
  const lines = (cost?.lines ?? []).filter(({ base, head }) => dollars(head - base) !== '$0.00');
  if (lines.length === 0) return [];
  const table = plainTable(
    ['Resource', 'Base', 'Head', 'Delta'],
    [44, 14, 14, 14],
    ['left', 'right', 'right', 'right'],
  );
  for (const { resource, base, head } of rows(lines)) {
    table.push([middle(oneLine(nameOf(resource)), 42), dollars(base), dollars(head), dollarDelta(head - base)]);
  }
  return ['', 'Monthly cost', table.toString()];
}

function changeLines({ kind, resource, effect, properties }: ReviewReport['changes'][number]): string[] {
  const [first] = properties;
  const rest =
    properties.length > 1 ? `, and ${counted(properties.length - 1, 'more property', 'more properties')}` : '';
  const what = kind === 'update' && first !== undefined ? `${propertyText(first)}${rest}` : effect;
  return wrapped(`${changeWords[kind]}: ${nameOf(resource)} (${resource.type}): ${shortened(what, 300)}`);
}

function propertyText({ path, before, after }: PropertyChange): string {
  if (before === undefined || after === undefined) return `${path}: ${valueText(before)} → ${valueText(after)}`;
  const [was, is] = differingTexts(before, after);
  return was === is ? `${path} follows what it refers to` : `${path}: ${was} → ${is}`;
}

const plainTable = (head: string[], colWidths: number[], colAligns: ('left' | 'right')[]) =>
  new Table({
    head,
    colWidths,
    colAligns,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });

/** Lines of a text, indented; a word longer than a line stays whole, so that it can be copied. */
function wrapped(text: string, indent = 2): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(' '.repeat(lines.length === 0 ? indent : indent + 2) + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ' '.repeat(lines.length === 0 ? indent : indent + 2) + line];
}
