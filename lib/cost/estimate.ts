import type Big from 'big.js';
import type { Resource, Tree } from '../review/model';
import { exact, sum, type Usd, zero } from './money';
import { allowances, type Price } from './prices';
import { type Charge, type Priced, priceResource } from './pricing';
import type { UsageAssumptions, UsageMetric } from './usage';

/** A resource with its bill. */
export interface ResourceCost {
  readonly resource: Resource;
  readonly priced: Priced;
  /** At list price: no allowance taken off. */
  readonly total: Usd;
  /** The part that is billed at zero traffic. */
  readonly fixed: Usd;
}

export interface AllowanceTaken {
  readonly what: string;
  readonly quantity: Big;
  readonly unit: string;
  readonly saved: Usd;
  readonly url: string;
}

/** What a tree costs in a month. */
export interface Estimate {
  readonly resources: readonly ResourceCost[];
  /** At list price, at the assumed traffic. */
  readonly list: Usd;
  /** The part of `list` that is billed though nothing happens. */
  readonly fixed: Usd;
  /** What both clouds give the account every month. */
  readonly allowances: readonly AllowanceTaken[];
  /** `list` without the allowances. */
  readonly payable: Usd;
  /** Types, and sizes of a known type, without a price. */
  readonly unpriced: readonly string[];
  readonly metrics: readonly UsageMetric[];
  readonly prices: readonly Price[];
}

export const chargesOf = (cost: ResourceCost | undefined): readonly Charge[] =>
  cost?.priced.kind === 'priced' ? cost.priced.charges : [];

const sorted = <T>(values: Iterable<T>): T[] => [...new Set(values)].sort();

/** Prices every resource of a tree. */
export function estimate(tree: Tree, usage: UsageAssumptions): Estimate {
  const resources = [...tree.stacks.values()].flatMap((stack) =>
    [...stack.resources.values()].map((resource): ResourceCost => {
      const priced = priceResource(resource, { tree, stack, usage });
      const charges = priced.kind === 'priced' ? priced.charges : [];
      return {
        resource,
        priced,
        total: sum(charges.map(({ amount }) => amount)),
        fixed: sum(charges.filter(({ kind }) => kind === 'fixed').map(({ amount }) => amount)),
      };
    }),
  );
  const charges = resources.flatMap(chargesOf);
  const taken = takeAllowances(charges);
  const list = sum(resources.map(({ total }) => total));
  const prices = new Map(charges.map(({ price }) => [price.id, price]));
  return {
    resources,
    list,
    fixed: sum(resources.map(({ fixed }) => fixed)),
    allowances: taken,
    payable: list.minus(sum(taken.map(({ saved }) => saved))),
    unpriced: sorted(resources.flatMap(({ priced }) => (priced.kind === 'unpriced' ? [priced.what] : []))),
    metrics: sorted(resources.flatMap(({ priced }) => (priced.kind === 'priced' ? priced.metrics : []))),
    prices: sorted(prices.keys()).map((id) => prices.get(id) as Price),
  };
}

/** Where an allowance covers several prices, it is taken from each in proportion to its quantity. */
function takeAllowances(charges: readonly Charge[]): AllowanceTaken[] {
  return allowances.flatMap(({ what, quantity, prices, url }) => {
    const covered = charges.filter(({ price }) => prices.includes(price.id));
    const used = covered.reduce((total, charge) => total.plus(charge.quantity), zero);
    if (used.lte(0)) return [];
    const free = exact(quantity);
    const amount = sum(covered.map((charge) => charge.amount));
    const saved = used.lte(free) ? amount : amount.times(free).div(used);
    return [{ what, quantity: used.lte(free) ? used : free, unit: covered[0]?.price.unit ?? '', saved, url }];
  });
}
