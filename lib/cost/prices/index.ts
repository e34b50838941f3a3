import { exact, type Usd } from '../money';
import { awsPrices } from './aws';
import { azurePrices } from './azure';
import type { Price } from './price';

export { allowances } from './allowances';
export { hoursPerMonth, type Price, type PriceBasis } from './price';

export const prices: readonly Price[] = [...awsPrices, ...azurePrices];

const byId = new Map(prices.map((price) => [price.id, price]));

/** A price of the table; `undefined` where it has none, which the report then says. */
export const findPrice = (id: string): Price | undefined => byId.get(id);

/** @throws for an id that the table lacks: a slip in this repository, never in what it reads */
export function priceOf(id: string): Price {
  const price = byId.get(id);
  if (price === undefined) throw new Error(`No such price, got: ${id}. Add it to lib/cost/prices with its source.`);
  return price;
}

export const unitPrice = ({ usd }: Price): Usd => exact(usd);
