import Table from 'cli-table3';
import { wrapped } from '../../review/render/text';
import { chargesOf } from '../estimate';
import { formatDelta, formatUsd, sum, type Usd, zero } from '../money';
import type { CostAnalysis, TreeCost } from './analysis';
import { amountOf, type Observation, type ObservationKind } from './observations';
import { costSections } from './sections';

const kindTitles: Readonly<Record<ObservationKind, string>> = {
  duplicate: 'Twice',
  idle: 'Idle',
  oversized: 'Dearer than need be',
  'always-on': 'Billed whatever happens',
  unbounded: 'Grows without end',
};

/** The analysis for a terminal. The last tree is the one that the details are about. */
export function renderAnalysis(analysis: CostAnalysis): string {
  const shown = analysis.trees.at(-1);
  if (shown === undefined) return 'No tree.';
  return [
    'Monthly cost by section of the audit, US dollars, list price',
    sectionTable(analysis.trees),
    '',
    ...allowanceLines(shown),
    '',
    `What costs most (${shown.name})`,
    dearestTable(shown),
    '',
    `What to decide (${shown.name})`,
    ...observationLines(shown.observations),
    '',
    'How to read it',
    ...readingLines(analysis),
  ].join('\n');
}

function sectionTable(trees: readonly TreeCost[]): string {
  const compared = trees.length > 1;
  const names = trees.map(({ name }) => name);
  const head = ['Section', 'Resources', ...names.flatMap((name) => [`${name}\nat rest`, `${name}\nin use`])];
  const table = new Table({
    head: [...head, ...(compared ? ['Difference'] : [])],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...Array<'right'>(head.length).fill('right')],
  });
  for (const { id, title } of costSections) {
    const cells = trees.map(({ sections }) => sections.find((section) => section.id === id));
    if (cells.every((cell) => cell === undefined)) continue;
    table.push([
      title,
      [...new Set(cells.map((cell) => cell?.resources ?? 0))].join(' / '),
      ...cells.flatMap((cell) => [formatUsd(cell?.fixed ?? zero), formatUsd(cell?.list ?? zero)]),
      ...(compared ? [difference(cells.map((cell) => cell?.list ?? zero))] : []),
    ]);
  }
  table.push(totals('Total at list price', trees, compared, ({ estimate }) => estimate.list));
  table.push(totals('after free allowances', trees, compared, ({ estimate }) => estimate.payable, false));
  return table.toString();
}

function totals(
  title: string,
  trees: readonly TreeCost[],
  compared: boolean,
  amount: (tree: TreeCost) => Usd,
  withFixed = true,
): string[] {
  return [
    title,
    withFixed ? [...new Set(trees.map(({ estimate }) => estimate.resources.length))].join(' / ') : '',
    ...trees.flatMap((tree) => [withFixed ? formatUsd(tree.estimate.fixed) : '', formatUsd(amount(tree))]),
    ...(compared ? [difference(trees.map(amount))] : []),
  ];
}

const difference = (amounts: readonly Usd[]): string => formatDelta((amounts.at(-1) ?? zero).minus(amounts[0] ?? zero));

function allowanceLines({ estimate }: TreeCost): string[] {
  const saved = sum(estimate.allowances.map((allowance) => allowance.saved));
  return [
    `Free every month, ${formatUsd(saved)} in all: ${estimate.allowances
      .filter((allowance) => allowance.saved.gt(0))
      .map((allowance) => `${allowance.what} ${formatUsd(allowance.saved)}`)
      .join(', ')}.`,
  ].flatMap((line) => wrapped(line));
}

function dearestTable({ dearest }: TreeCost): string {
  const table = new Table({
    head: ['Resource', 'A month', 'How'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'left'],
    colWidths: [38, 11, 47],
    wordWrap: true,
  });
  for (const cost of dearest) {
    const how = chargesOf(cost)
      .filter(({ amount }) => amount.gt(0))
      .map(({ what, amount }) => `${what} ${formatUsd(amount)}`);
    table.push([cost.resource.physicalName ?? cost.resource.logicalId, formatUsd(cost.total), how.join('; ')]);
  }
  return table.toString();
}

const observationLines = (observations: readonly Observation[]): string[] =>
  observations.flatMap((observation, index) => [
    ...wrapped(`${index + 1}. ${kindTitles[observation.kind]}: ${observation.title}; ${amountOf(observation)}.`),
    ...wrapped(observation.facts, '   '),
    ...wrapped(`→ ${observation.remedy}`, '   '),
  ]);

const readingLines = ({ assumptions, unpriced, unsourced, prices, notes }: CostAnalysis): string[] => {
  const dates = prices.map(({ date }) => date).sort();
  return [
    `Prices: us-east-1 and eastus2, on demand, first tier, read ${dates[0]} to ${dates.at(-1)}; no tax, credit or commitment.`,
    '"At rest" is billed though nothing happens; "in use" adds the traffic assumed below.',
    'Amounts are exact decimals, rounded half up to the cent where shown.',
    unpriced.length === 0 ? 'Every type has a price or is free.' : `No price: ${unpriced.join(', ')}.`,
    ...(unsourced.length === 0 ? [] : [`Prices that no source confirms: ${unsourced.map(({ id }) => id).join(', ')}.`]),
    ...notes,
    'Assumptions (settings/usage.ts):',
    ...assumptions.map((line) => `- ${line}`),
  ].flatMap((line) => wrapped(line, line.startsWith('- ') ? '  ' : ''));
};
