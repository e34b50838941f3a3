/**
 * How the figure was come by.
 *
 * - `price list`: read in a public copy of the provider's own price list.
 * - `article`: read in somebody else's page that quotes the provider's.
 * - `unsourced`: known from the provider's page, which could not be read when the table was made. Shown as such.
 */
export type PriceBasis = 'price list' | 'article' | 'unsourced';

const regions = ['us-east-1', 'eastus2', 'global'] as const;
export type PriceRegion = (typeof regions)[number];

export interface PriceSource {
  readonly basis: PriceBasis;
  /** Where the figure was read; for `unsourced`, where it can be checked. */
  readonly url: string;
  /** ISO date of the copy that was read; for `unsourced`, of the entry. */
  readonly date: string;
  /** What a reader must know before trusting the figure. */
  readonly note?: string;
}

/** One price: on demand, first tier, without tax, credit, commitment or free allowance. */
export interface Price extends PriceSource {
  readonly id: string;
  /** US dollars for one unit, as decimal text. */
  readonly usd: string;
  /** What one unit is, such as `hour` or `GB-month`. */
  readonly unit: string;
  readonly region: PriceRegion;
}

/** Hours that a month is counted with, as the providers' own calculators do: 8,760 / 12. */
export const hoursPerMonth = '730';

export type PriceRow = readonly [id: string, usd: string, unit: string, source: PriceSource];

export const pricesIn = (region: PriceRegion, rows: readonly PriceRow[]): Price[] =>
  rows.map(([id, usd, unit, source]) => ({ id, usd, unit, region, ...source }));
