import { refOf } from '../review/findings/ref';
import type { Comparison, CostComparison, CostLine } from '../review/model';
import { chargesOf, type Estimate, estimate, type ResourceCost } from './estimate';
import { exact, formatCount, formatUsd, toJsonNumber, type Usd, zero } from './money';
import { type UsageAssumptions, usageMetrics } from './usage';

/** Sentences on what the amounts are, whatever the tree. */
const terms = [
  'On-demand list prices, first tier, 730 hours a month, without tax, credit, commitment or free allowance.',
  'Exact decimals throughout; rounded half up to the cent where shown.',
];

/**
 * What a change does to the monthly bill, resource by resource.
 *
 * A resource that a change renames or moves is one line; everything else is paired by its address, so that an
 * unchanged service whose task definition grew shows too.
 */
export function compareCost(comparison: Comparison, usage: UsageAssumptions): CostComparison {
  const base = estimate(comparison.base, usage);
  const head = estimate(comparison.head, usage);
  const differing = pair(comparison, base, head).filter(({ before, after }) => !totalOf(before).eq(totalOf(after)));
  const lines = differing
    .map(({ before, after }): CostLine => {
      const shown = (after ?? before) as ResourceCost;
      return {
        resource: refOf(shown.resource),
        base: toJsonNumber(totalOf(before)),
        head: toJsonNumber(totalOf(after)),
        detail: explain(before, after),
      };
    })
    .sort(
      (a, b) => Math.abs(b.head - b.base) - Math.abs(a.head - a.base) || order(a.resource.address, b.resource.address),
    );
  const prices = [...base.prices, ...head.prices];
  const dates = prices.map(({ date }) => date).sort();
  const unsourced = [...new Set(prices.filter(({ basis }) => basis === 'unsourced').map(({ id }) => id))].sort();
  return {
    currency: 'USD',
    base: toJsonNumber(base.list),
    head: toJsonNumber(head.list),
    delta: toJsonNumber(head.list.minus(base.list)),
    lines,
    unpricedTypes: [...new Set([...base.unpriced, ...head.unpriced])].sort(),
    assumptions: [
      ...terms,
      ...assumptionLines(
        differing.flatMap(({ before, after }) => [before, after].filter((cost) => cost !== undefined)),
        usage,
      ),
      ...(unsourced.length === 0 ? [] : [`Prices not confirmed by a source: ${unsourced.join(', ')}.`]),
    ],
    pricesOf: [dates[0] ?? '-', dates.at(-1) ?? '-'],
  };
}

/** One line per assumption that the amounts of these resources rest on. */
export function assumptionLines(costs: readonly ResourceCost[], usage: UsageAssumptions): string[] {
  const used = new Set(costs.flatMap(({ priced }) => (priced.kind === 'priced' ? priced.metrics : [])));
  const named = new Set(costs.flatMap(({ resource }) => resource.physicalName ?? []));
  return [...used].sort().map((metric) => {
    const { quantity, confidence, why } = usage.defaults[metric];
    const exceptions = Object.entries(usage.resources).flatMap(([name, metrics]) => {
      const own = metrics[metric];
      return own === undefined || !named.has(name) ? [] : [`${name} ${own.quantity} (${own.confidence}: ${own.why})`];
    });
    const except = exceptions.length === 0 ? '' : `; except ${exceptions.join(', ')}`;
    return `${usageMetrics[metric]}: ${formatCount(exact(quantity))} a month (${confidence}: ${why})${except}`;
  });
}

interface Pair {
  readonly before?: ResourceCost;
  readonly after?: ResourceCost;
}

function pair({ changes }: Comparison, base: Estimate, head: Estimate): Pair[] {
  const byAddress = ({ resources }: Estimate) => new Map(resources.map((item) => [item.resource.address, item]));
  const before = byAddress(base);
  const after = byAddress(head);
  const moved = new Map(
    changes.flatMap((change) =>
      change.base !== undefined && change.head !== undefined
        ? [[change.head.address, change.base.address] as const]
        : [],
    ),
  );
  const taken = new Set<string>();
  const pairs = [...after.values()].map((item): Pair => {
    const from = moved.get(item.resource.address) ?? item.resource.address;
    taken.add(from);
    return { before: before.get(from), after: item };
  });
  return [...pairs, ...[...before].filter(([address]) => !taken.has(address)).map(([, item]) => ({ before: item }))];
}

const totalOf = (cost: ResourceCost | undefined): Usd => cost?.total ?? zero;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What differs, charge by charge: `NAT gateway x 730 hours at $0.045 per hour = $32.85`, `…, was $2.30`. */
function explain(before: ResourceCost | undefined, after: ResourceCost | undefined): string {
  const shown = (after ?? before) as ResourceCost;
  if (shown.priced.kind === 'free') return `free: ${shown.priced.why}`;
  if (shown.priced.kind === 'unpriced') return `no price: ${shown.priced.what}`;
  const was = amounts(before);
  const is = amounts(after);
  const charges = chargesOf(shown).flatMap(({ what, price, amount }) => {
    const [earlier, now] = [was.get(price.id), is.get(price.id)];
    if (before !== undefined && after !== undefined && earlier?.eq(now ?? zero)) return [];
    const then = earlier === undefined || after === undefined ? '' : `, was ${formatUsd(earlier)}`;
    return [`${what} at $${price.usd} per ${price.unit} = ${formatUsd(amount)}${then}`];
  });
  const gone =
    after === undefined
      ? []
      : chargesOf(before).flatMap(({ what, price, amount }) =>
          is.has(price.id) ? [] : [`no longer ${what} = ${formatUsd(amount)}`],
        );
  return [...charges, ...gone, ...shown.priced.notes].join('; ');
}

/** Amounts by price: a resource may have two charges of one price. */
function amounts(cost: ResourceCost | undefined): ReadonlyMap<string, Usd> {
  const totals = new Map<string, Usd>();
  for (const { price, amount } of chargesOf(cost)) totals.set(price.id, (totals.get(price.id) ?? zero).plus(amount));
  return totals;
}
