import type { PhrasingContent, RootContent } from 'mdast';
import { afterName, nameOf, shownPath } from '../../findings/ref';
import type { Change, Finding, GateReason, PropertyChange, ReviewReport } from '../../model';
import { costRows } from '../cost-rows';
import { mermaidPicture } from '../mermaid';
import { counted, differingTexts, shortened, valueText } from '../text';
import { categoryTitles, changeWords, dollarDelta, dollars, isRoutine, type ReviewView, routineTitle } from '../view';
import { amount, code, fixed, folded, heading, item, link, list, paragraph, sentence, strong, table } from './nodes';

/** A part of the comment that can be cut to as many rows as there is room for. */
export interface Section {
  readonly title: string;
  /** What a row is: `change`, `finding`. */
  readonly noun: string;
  readonly rows: number;
  /** The section with its first rows. */
  readonly render: (rows: number) => readonly RootContent[];
}

const shownProperties = 4;
const longestDetail = 240;
const marks = { error: '🔴', warning: '🟠', note: '⚪' } as const;

/** Everything below the summary, most important first. */
export function sectionsOf(report: ReviewReport, view: ReviewView): Section[] {
  const { closing, waived, news, fixed: mended, changes, cost } = view;
  return [
    gateSection('Data at risk', closing, report.changes),
    ...(['data-at-risk', 'access', 'network', 'cost'] as const).map((category) =>
      // The gate's own section carries that title already.
      findingSection(
        category === 'data-at-risk' && closing.length > 0 ? 'Also at risk' : categoryTitles[category],
        news[category].filter((finding) => !isRoutine(finding)),
        false,
      ),
    ),
    ...(cost === undefined ? [] : [costSection(cost)]),
    waiverSection(report),
    findingSection(routineTitle, view.routine, true),
    waivedSection(waived, report.changes),
    changeSection(changes),
    stackSection(report),
    findingSection(
      'Policy findings that this change brings',
      news.policy.filter((finding) => !isRoutine(finding)),
      true,
    ),
    findingSection('Lifecycle warnings that this change brings', news.lifecycle, true),
    pictureSection(changes),
    findingSection('Mended by this change', mended, true),
    findingSection('Policy findings that are acknowledged', news.policy.filter(isRoutine), true),
    ...(cost === undefined ? [] : [assumptionSection(cost)]),
    noteSection(report.notes),
  ].filter(({ rows }) => rows > 0);
}

function gateSection(title: string, reasons: readonly GateReason[], changes: readonly Change[]): Section {
  const byAddress = new Map(changes.map((change) => [change.resource.address, change]));
  return {
    title,
    noun: 'change',
    rows: reasons.length,
    render: (rows) => [
      heading(3, title),
      list(
        reasons.slice(0, rows).map((reason) => {
          const change = byAddress.get(reason.resource.address);
          const properties = (change?.properties ?? []).filter(({ path }) => path === reason.change).slice(0, 1);
          return item(
            paragraph(
              strong(code(nameOf(reason.resource))),
              fixed(' ('),
              code(reason.resource.type),
              fixed(', '),
              code(`${reason.resource.stack.name}/${reason.resource.logicalId}`),
              fixed(')'),
              ...sentence(afterName(reason.message, reason.resource)),
            ),
            ...properties.map((property) => paragraph(...propertyWords(property, [property.cause ?? '']))),
            paragraph(
              fixed('→ '),
              ...sentence(reason.remedy),
              ...(reason.source === undefined ? [] : [fixed(' ('), link('source', reason.source), fixed(')')]),
            ),
          );
        }),
        true,
      ),
    ],
  };
}

function findingSection(title: string, findings: readonly Finding[], fold: boolean): Section {
  const render = (rows: number): RootContent[] => [
    list(
      findings
        .slice(0, rows)
        .map(({ level, status, message, fix, resource }) =>
          item(
            paragraph(
              fixed(status === 'fixed' ? '✅ ' : `${marks[level]} `),
              ...sentence(message),
              ...(fix === undefined ? [] : [fixed(' → '), ...sentence(fix)]),
              ...place(resource),
            ),
          ),
        ),
    ),
  ];
  return {
    title,
    noun: 'finding',
    rows: findings.length,
    render: (rows) =>
      fold ? folded(`${title} (${findings.length})`, render(rows)) : [heading(3, title), ...render(rows)],
  };
}

/** Where the code stands that made it. */
function place(resource: Finding['resource']): PhrasingContent[] {
  if (resource?.source === undefined) return [];
  return [fixed(' ('), code(`${resource.source.file}:${resource.source.line}`), fixed(')')];
}

/** Resources whose amount differs by a cent at least, many small ones of a type as one row; the others are counted. */
function costSection(cost: NonNullable<ReviewView['cost']>): Section {
  const { rows, hidden } = costRows(cost);
  const total = [
    fixed('Everything, at list price'),
    amount(dollars(cost.base)),
    amount(dollars(cost.head)),
    amount(dollarDelta(cost.delta)),
  ];
  return {
    title: 'Monthly cost',
    noun: 'row',
    rows: rows.length,
    render: (count) => [
      heading(3, 'Monthly cost'),
      table(
        ['Resource', 'Base', 'Head', 'Delta', 'What differs'],
        [
          ...rows
            .slice(0, count)
            .map(({ name, resources, base, head, detail }) => [
              resources === 1 ? [code(name)] : [fixed(`${resources} of `), code(name)],
              [amount(dollars(base))],
              [amount(dollars(head))],
              [amount(dollarDelta(head - base))],
              [...sentence(shortened(detail, longestDetail))],
            ]),
          [
            ...total.map((cell) => [strong(cell)]),
            hidden === 0 ? [] : [fixed(`and ${counted(hidden, 'resource')} by less than a cent`)],
          ],
        ],
        ['left', 'right', 'right', 'right', 'left'],
      ),
    ],
  };
}

const waiverSection = ({ gate }: ReviewReport): Section => ({
  title: 'Waivers',
  noun: 'waiver',
  rows: gate.waivers.length,
  render: (rows) => [
    heading(3, 'Waivers'),
    table(
      ['Waiver', 'Verdict', 'Owner', 'Until', 'Reason'],
      gate.waivers
        .slice(0, rows)
        .map(({ id, status, fails, message, owner, expires, reason }) => [
          [code(id)],
          [fixed(fails ? '🔴 ' : status === 'used' ? '✅ ' : '🟠 '), ...sentence(`${status}: ${message}`)],
          [...sentence(owner)],
          [...sentence(expires)],
          [...sentence(reason)],
        ]),
    ),
  ],
});

const waivedSection = (reasons: readonly GateReason[], changes: readonly Change[]): Section => {
  const { render, ...rest } = gateSection('Waived', reasons, changes);
  return { ...rest, render: (rows) => folded(`Waived (${reasons.length})`, render(rows).slice(1)) };
};

const changeSection = (changes: readonly Change[]): Section => ({
  title: 'Changes',
  noun: 'change',
  rows: changes.length,
  render: (rows) =>
    folded(`Changes (${changes.length})`, [
      table(
        ['', 'Resource', 'Stack', 'What happens'],
        changes
          .slice(0, rows)
          .map((change) => [
            [
              change.statefulness.kind === 'stateless'
                ? fixed(changeWords[change.kind])
                : strong(fixed(changeWords[change.kind])),
            ],
            [code(nameOf(change.resource)), fixed(' '), code(change.resource.type), ...where(change)],
            [code(change.resource.stack.name)],
            whatHappens(change),
          ]),
      ),
    ]),
});

function where({ resource, unknownType }: Change): PhrasingContent[] {
  const path =
    resource.constructPath === undefined || resource.source !== undefined
      ? []
      : [fixed(' '), code(resource.constructPath)];
  return [...place(resource), ...path, ...(unknownType ? [fixed(' — type in no table: unknown')] : [])];
}

/** The properties say what an update does; anything else has an effect to be told first. */
function whatHappens({ kind, effect, properties, causes }: Change): PhrasingContent[] {
  const told = kind === 'update' && properties.length > 0 ? [] : sentence(effect);
  const shown = properties
    .slice(0, shownProperties)
    .flatMap((property, index) => [...(index === 0 ? [] : [fixed('; ')]), ...propertyWords(property, causes)]);
  const rest = properties.length - shownProperties;
  return [
    ...told,
    ...(told.length > 0 && shown.length > 0 ? [fixed(' ')] : []),
    ...shown,
    ...(rest > 0 ? [fixed(` and ${counted(rest, 'more property', 'more properties')}`)] : []),
    ...causes.slice(0, 2).flatMap((cause) => [fixed(' — because '), ...sentence(cause)]),
  ];
}

const impactWords = {
  none: '',
  update: '',
  'may-replace': ' (may replace)',
  replace: ' (replaces)',
  unknown: ' (effect unknown)',
} as const;

function propertyWords(
  { path, before, after, impact, cause }: PropertyChange,
  told: readonly string[] = [],
): PhrasingContent[] {
  const why = cause === undefined || told.includes(cause) ? [] : [fixed(', because '), ...sentence(cause)];
  return [code(shownPath(path)), ...difference(before, after), fixed(impactWords[impact]), ...why];
}

function difference(before: unknown, after: unknown): PhrasingContent[] {
  if (before === undefined) return [fixed(' set to '), code(valueText(after))];
  if (after === undefined) return [fixed(' taken away, was '), code(valueText(before))];
  const [was, is] = differingTexts(before, after);
  return was === is ? [fixed(' follows what it refers to')] : [fixed(' '), code(was), fixed(' → '), code(is)];
}

const stackSection = ({ stacks }: ReviewReport): Section => ({
  title: 'Stacks',
  noun: 'stack',
  rows: stacks.length,
  render: (rows) =>
    folded(`Stacks (${stacks.length})`, [
      table(
        ['', 'Stack', 'Account', 'Region', 'Details'],
        stacks
          .slice(0, rows)
          .map(({ kind, stack, from, details }) => [
            [fixed(kind)],
            [code(stack.name), ...(from === undefined ? [] : [fixed(' from '), code(from.name)])],
            [code(stack.account)],
            [code(stack.region)],
            details.length === 0
              ? [fixed('')]
              : details
                  .slice(0, shownProperties)
                  .flatMap((detail, index) => [...(index === 0 ? [] : [fixed('; ')]), ...propertyWords(detail)]),
          ]),
      ),
    ]),
});

function pictureSection(changes: readonly Change[]): Section {
  const picture = mermaidPicture(changes);
  return {
    title: 'Picture',
    noun: 'picture',
    rows: picture === undefined ? 0 : 1,
    render: () => folded('Picture of what changes', [{ type: 'code', lang: 'mermaid', value: picture ?? '' }]),
  };
}

const assumptionSection = ({ assumptions, unpricedTypes, pricesOf }: NonNullable<ReviewView['cost']>): Section => ({
  title: 'What the cost rests on',
  noun: 'assumption',
  rows: assumptions.length + (unpricedTypes.length > 0 ? 1 : 0),
  render: (rows) =>
    folded('What the cost rests on', [
      paragraph(fixed(`Prices read between ${pricesOf.join(' and ')}.`)),
      list(
        [
          ...(unpricedTypes.length > 0
            ? [
                item(
                  paragraph(
                    fixed(`No price for ${counted(unpricedTypes.length, 'type or size', 'types or sizes')}: `),
                    ...sentence(unpricedTypes.join(', ')),
                  ),
                ),
              ]
            : []),
          ...assumptions.map((assumption) => item(paragraph(...sentence(assumption)))),
        ].slice(0, rows),
      ),
    ]),
});

const noteSection = (notes: readonly string[]): Section => ({
  title: 'Notes',
  noun: 'note',
  rows: notes.length,
  render: (rows) =>
    folded(`Notes (${notes.length})`, [list(notes.slice(0, rows).map((note) => item(paragraph(...sentence(note)))))]),
});
