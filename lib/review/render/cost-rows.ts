import { nameOf } from '../findings/ref';
import { groupBy } from '../group-by';
import type { CostComparison, CostLine } from '../model';
import { dollars } from './view';

/** Dollars; resources of one type that differ by less than this are one row. */
const smallDollars = 1;
const fewRows = 3;

/** A resource whose amount differs, or many of one type that differ by little. */
export interface CostRow {
  /** Of the resource; of several, their type. */
  readonly name: string;
  readonly resources: number;
  readonly base: number;
  readonly head: number;
  readonly detail: string;
}

/** Rows that differ by a cent at least, largest first, and how many resources differ by less. */
export function costRows({ lines }: CostComparison): { readonly rows: readonly CostRow[]; readonly hidden: number } {
  const seen = lines.filter(({ base, head }) => dollars(head - base) !== '$0.00');
  const small = groupBy(
    seen.filter(({ base, head }) => Math.abs(head - base) < smallDollars),
    ({ resource }) => resource.type,
  );
  const groups = [...small.values()].filter(({ length }) => length >= fewRows);
  const grouped = new Set(groups.flat());
  const rows = [
    ...seen
      .filter((line) => !grouped.has(line))
      .map(({ resource, ...amounts }): CostRow => ({ ...amounts, name: nameOf(resource), resources: 1 })),
    ...groups.map(rowOf),
  ];
  return {
    rows: rows.sort((a, b) => Math.abs(b.head - b.base) - Math.abs(a.head - a.base)),
    hidden: lines.length - seen.length,
  };
}

function rowOf(group: readonly CostLine[]): CostRow {
  const sum = (pick: (line: CostLine) => number) => group.reduce((total, line) => total + pick(line), 0);
  const [first] = group;
  return {
    name: first?.resource.type ?? '',
    resources: group.length,
    base: sum(({ base }) => base),
    head: sum(({ head }) => head),
    detail: first === undefined ? '' : `such as ${nameOf(first.resource)}: ${first.detail}`,
  };
}
