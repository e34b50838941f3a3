import type Big from 'big.js';
import type { Resource, Stack, Tree } from '../../review/model';
import { exact, type Usd } from '../money';
import { findPrice, hoursPerMonth, type Price, unitPrice } from '../prices';
import { type Assumption, assumed, type UsageAssumptions, type UsageMetric } from '../usage';

/** One line of a resource's bill. */
export interface Charge {
  /** Such as `2 zones x 730 hours`. */
  readonly what: string;
  readonly price: Price;
  /** Of the price's units, in a month. */
  readonly quantity: Big;
  readonly amount: Usd;
  /** `fixed`: billed though nothing happens. `usage`: nothing at zero traffic. */
  readonly kind: 'fixed' | 'usage';
}

/** What pricing a resource came to. */
export type Priced =
  | {
      readonly kind: 'priced';
      readonly charges: readonly Charge[];
      readonly notes: readonly string[];
      readonly metrics: readonly UsageMetric[];
    }
  | { readonly kind: 'free'; readonly why: string }
  /** No price: a type that the table lacks, or a size of a known type. */
  | { readonly kind: 'unpriced'; readonly what: string };

/** Where a resource stands: what it refers to is found here. */
export interface Surroundings {
  readonly tree: Tree;
  readonly stack: Stack;
  readonly usage: UsageAssumptions;
}

export type Pricer = (bill: Bill, resource: Resource) => void;

/** Collects the charges of one resource. */
export class Bill {
  private readonly charges: Charge[] = [];
  private readonly notes = new Set<string>();
  private readonly metrics = new Set<UsageMetric>();
  private missing: string | undefined;

  constructor(
    private readonly resource: Resource,
    readonly surroundings: Surroundings,
  ) {}

  /** A charge that is due whatever happens. */
  fixed(priceId: string, quantity: Big | string, what: string): void {
    this.charge(priceId, quantity, what, 'fixed');
  }

  /** A charge for every hour of the month. */
  hourly(priceId: string, units: Big | string, what: string): void {
    this.fixed(priceId, exact(hoursPerMonth).times(units), `${what} x ${hoursPerMonth} hours`);
  }

  /** A charge that follows from the assumptions. */
  used(priceId: string, quantity: Big | string, what: string): void {
    this.charge(priceId, quantity, what, 'usage');
  }

  /** What is assumed for this resource, noted for the report. */
  assumption(metric: UsageMetric): Big {
    this.metrics.add(metric);
    return exact(this.assumed(metric).quantity);
  }

  assumed(metric: UsageMetric): Assumption {
    return assumed(this.surroundings.usage, this.resource, metric);
  }

  note(text: string): void {
    this.notes.add(text);
  }

  /** The price table has no price for this one, though its type is known. */
  unpriced(what: string): void {
    this.missing ??= what;
  }

  /** What it comes to. */
  total(): Priced {
    if (this.missing !== undefined) return { kind: 'unpriced', what: this.missing };
    return { kind: 'priced', charges: this.charges, notes: [...this.notes], metrics: [...this.metrics] };
  }

  private charge(priceId: string, quantity: Big | string, what: string, kind: Charge['kind']): void {
    const price = findPrice(priceId);
    if (price === undefined) {
      this.unpriced(`${this.resource.type}: ${what} (${priceId})`);
      return;
    }
    const units = typeof quantity === 'string' ? exact(quantity) : quantity;
    this.charges.push({ what, price, quantity: units, amount: unitPrice(price).times(units), kind });
  }
}

/** Units of a price that is per million. */
export const millions = (quantity: Big): Big => quantity.div('1000000');
