import type { Tree } from '../../review/model';
import { assumptionLines } from '../compare';
import { type AllowanceTaken, type Estimate, estimate, type ResourceCost } from '../estimate';
import { sum, toJsonNumber, type Usd } from '../money';
import type { Price } from '../prices';
import type { UsageAssumptions } from '../usage';
import { type Observation, observe } from './observations';
import { type CostSectionId, costSections, externalAiNote, sectionOf } from './sections';

/** A tree under the name that the report calls it by, such as a posture. */
export interface NamedTree {
  readonly name: string;
  readonly tree: Tree;
}

export interface SectionCost {
  readonly id: CostSectionId;
  readonly title: string;
  readonly resources: number;
  readonly fixed: Usd;
  readonly list: Usd;
}

export interface TreeCost {
  readonly name: string;
  readonly estimate: Estimate;
  readonly sections: readonly SectionCost[];
  /** Dearest first. */
  readonly dearest: readonly ResourceCost[];
  readonly observations: readonly Observation[];
}

/** What one tree or several renderings of it cost, and what to decide. */
export interface CostAnalysis {
  readonly trees: readonly TreeCost[];
  readonly assumptions: readonly string[];
  readonly unpriced: readonly string[];
  /** Prices used that no source confirms. */
  readonly unsourced: readonly Price[];
  readonly prices: readonly Price[];
  readonly notes: readonly string[];
}

const dearestShown = 12;

/** The one amount that was read from a bill, to hold the estimate against. */
const billedFact =
  'The only amount ever read from a bill is $328.08 against a budget of $100 (readiness status, 29 October 2025); ' +
  'nothing says what it was spent on, so the estimate cannot be reconciled with it.';

export function analyseCost(trees: readonly NamedTree[], usage: UsageAssumptions): CostAnalysis {
  const costs = trees.map(({ name, tree }): TreeCost => {
    const priced = estimate(tree, usage);
    return {
      name,
      estimate: priced,
      sections: sectionsOf(priced),
      dearest: [...priced.resources]
        .filter(({ total }) => total.gt(0))
        .sort((a, b) => b.total.cmp(a.total) || (a.resource.address < b.resource.address ? -1 : 1))
        .slice(0, dearestShown),
      observations: observe(tree, priced),
    };
  });
  const estimates = costs.map((cost) => cost.estimate);
  const prices = new Map(estimates.flatMap((item) => item.prices).map((price) => [price.id, price]));
  return {
    trees: costs,
    assumptions: assumptionLines(
      estimates.flatMap(({ resources }) => resources),
      usage,
    ),
    unpriced: [...new Set(estimates.flatMap(({ unpriced }) => unpriced))].sort(),
    unsourced: [...prices.values()].filter(({ basis }) => basis === 'unsourced'),
    prices: [...prices.values()],
    notes: [externalAiNote, billedFact],
  };
}

const sectionsOf = ({ resources }: Estimate): SectionCost[] =>
  costSections.flatMap(({ id, title }) => {
    const own = resources.filter(({ resource }) => sectionOf(resource.type) === id);
    if (own.length === 0) return [];
    return [
      {
        id,
        title,
        resources: own.length,
        fixed: sum(own.map(({ fixed }) => fixed)),
        list: sum(own.map(({ total }) => total)),
      },
    ];
  });

/** The analysis as JSON: amounts as numbers, rounded half up to a micro-dollar. */
export function analysisJson({ trees, assumptions, unpriced, unsourced, prices, notes }: CostAnalysis) {
  return {
    schemaVersion: '1.0.0',
    currency: 'USD',
    period: 'month of 730 hours',
    trees: trees.map(({ name, estimate: costs, sections, observations }) => ({
      name,
      list: toJsonNumber(costs.list),
      fixed: toJsonNumber(costs.fixed),
      payable: toJsonNumber(costs.payable),
      allowances: costs.allowances.map((allowance) => allowanceJson(allowance)),
      sections: sections.map(({ id, title, resources, fixed, list }) => ({
        id,
        title,
        resources,
        fixed: toJsonNumber(fixed),
        list: toJsonNumber(list),
      })),
      resources: costs.resources.map(resourceJson),
      observations: observations.map(({ monthly, saving, ...rest }) => ({
        ...rest,
        monthly: toJsonNumber(monthly),
        ...(saving === undefined ? {} : { saving: toJsonNumber(saving) }),
      })),
    })),
    assumptions,
    unpriced,
    unsourcedPrices: unsourced.map(({ id }) => id),
    prices,
    notes,
  };
}

const allowanceJson = ({ what, quantity, unit, saved, url }: AllowanceTaken) => ({
  what,
  quantity: quantity.toString(),
  unit,
  saved: toJsonNumber(saved),
  url,
});

const resourceJson = ({ resource, priced, total, fixed }: ResourceCost) => ({
  address: resource.address,
  type: resource.type,
  ...(resource.physicalName === undefined ? {} : { physicalName: resource.physicalName }),
  section: sectionOf(resource.type),
  total: toJsonNumber(total),
  fixed: toJsonNumber(fixed),
  ...(priced.kind === 'priced'
    ? {
        charges: priced.charges.map(({ what, price, quantity, amount, kind }) => ({
          what,
          price: price.id,
          quantity: quantity.toString(),
          amount: toJsonNumber(amount),
          kind,
        })),
        notes: priced.notes,
      }
    : priced.kind === 'free'
      ? { free: priced.why }
      : { unpriced: priced.what }),
});
