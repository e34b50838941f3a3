import Table from 'cli-table3';
import { afterName, nameOf, shownPath } from '../findings/ref';
import { groupBy } from '../group-by';
import type { Finding, GateReason, PropertyChange, ReviewReport } from '../model';
import { costRows } from './cost-rows';
import { counted, differingTexts, middle, oneLine, shortened, valueText, wrapped } from './text';
import { categoryTitles, changeWords, countWords, dollarDelta, dollars, isRoutine, routineTitle, viewOf } from './view';

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
  const changed = changeRows(view.changes, full);
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
        findings(view.news[category].filter((finding) => !isRoutine(finding))),
      ),
    ),
    ...costLines(report, rows),
    ...part(
      'Waivers',
      rows(report.gate.waivers).flatMap(({ id, status, fails, message }) =>
        entry(`${fails ? '✘' : '✔'} ${id} (${status}): ${message}`),
      ),
    ),
    ...part(`Changes (${view.changes.length})`, [...rows(changed).flat(), ...more(changed)]),
    ...part(routineTitle, findings(view.routine)),
    ...part('Policy', findings(view.news.policy)),
    ...part('Lifecycle', findings(view.news.lifecycle)),
    ...part('Mended by this change', findings(view.fixed)),
    ...part(
      'Notes',
      report.notes.flatMap((note) => entry(`· ${note}`)),
    ),
  ].join('\n')}\n`;
}

const reasonLines = ({ resource, message, remedy }: GateReason): string[] => [
  ...entry(`✘ ${nameOf(resource)} (${kindAndId(resource)})${afterName(message, resource)}`),
  ...entry(`→ ${remedy}`, 4),
];

/** The type, and the logical id where the name is another one: a waiver needs it. */
const kindAndId = ({ type, logicalId, physicalName }: GateReason['resource']): string =>
  physicalName === undefined || physicalName === logicalId ? type : `${type}, ${logicalId}`;

function findingLines({ level, status, message, fix, resource }: Finding): string[] {
  const place = resource?.source === undefined ? '' : ` (${resource.source.file}:${resource.source.line})`;
  return [
    ...entry(`${status === 'fixed' ? '✔' : marks[level]} ${message}${place}`),
    ...(fix === undefined ? [] : entry(`→ ${fix}`, 4)),
  ];
}

function costLines({ cost }: ReviewReport, shown: <T>(items: readonly T[]) => readonly T[]): string[] {
  const { rows } = cost === undefined ? { rows: [] } : costRows(cost);
  if (rows.length === 0) return [];
  const table = plainTable(
    ['Resource', 'Base', 'Head', 'Delta'],
    [44, 14, 14, 14],
    ['left', 'right', 'right', 'right'],
  );
  for (const { name, resources, base, head } of shown(rows)) {
    const label = resources === 1 ? name : `${resources} × ${name}`;
    table.push([middle(oneLine(label), 42), dollars(base), dollars(head), dollarDelta(head - base)]);
  }
  return ['', 'Monthly cost', table.toString()];
}

/** What is new and holds nothing yet, as one row for each type; the others one by one. */
function changeRows(changes: ReviewReport['changes'], full: boolean): readonly (readonly string[])[] {
  const added = groupBy(
    changes.filter(({ kind }) => kind === 'add'),
    ({ resource }) => resource.type,
  );
  return [
    ...changes.filter(({ kind }) => kind !== 'add').map(changeLines),
    ...[...added].map(([type, all]) =>
      entry(`${changeWords.add}: ${all.length === 1 ? '' : `${all.length} × `}${type}: ${namesOf(all, full)}`),
    ),
  ];
}

function namesOf(changes: ReviewReport['changes'], full: boolean): string {
  const shown = full ? changes : changes.slice(0, shownRows);
  const rest = changes.length - shown.length;
  return [
    ...shown.map(({ resource }) => nameOf(resource)),
    ...(rest === 0 ? [] : [`… and ${rest} more (--full, --json)`]),
  ].join(', ');
}

function changeLines({ kind, resource, effect, properties }: ReviewReport['changes'][number]): string[] {
  const [first] = properties;
  const rest =
    properties.length > 1 ? `, and ${counted(properties.length - 1, 'more property', 'more properties')}` : '';
  const cause = properties.find(({ impact }) => impact === 'replace' || impact === 'may-replace');
  const why = cause === undefined ? '' : ` Because of ${shownPath(cause.path)}.`;
  const what = kind === 'update' && first !== undefined ? `${propertyText(first)}${rest}` : `${effect}${why}`;
  return entry(
    `${changeWords[kind]}: ${nameOf(resource)} (${resource.type})${afterName(shortened(what, 300), resource)}`,
  );
}

function propertyText({ path: whole, before, after }: PropertyChange): string {
  const path = shownPath(whole);
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

const entry = (text: string, indent = 2): string[] => wrapped(text, ' '.repeat(indent), ' '.repeat(indent + 2));
