import Big from 'big.js';

/**
 * US dollars, exact: prices are read from decimal text, and only multiplied and added. Nothing is rounded before it is
 * shown, so that a total is the total of what it is made of. Division happens in one place, the share of an allowance,
 * with twenty decimals.
 */
export type Usd = Big;

Big.DP = 20;
Big.RM = Big.roundHalfUp;

/** Decimals that are kept in JSON: micro-dollars. */
const jsonDecimals = 6;
const cent = new Big('0.01');

/**
 * @param text decimal number; a JavaScript number is refused, since 0.1 + 0.2 is not 0.3
 * @throws when the text is no decimal number
 */
export function exact(text: string): Big {
  try {
    return new Big(text);
  } catch {
    throw new Error(`Not a decimal number, got: ${text}. Write it like '0.0225'.`);
  }
}

export const zero: Usd = new Big(0);

export const sum = (amounts: readonly Usd[]): Usd => amounts.reduce((total, amount) => total.plus(amount), zero);

/** Dollars as JSON has them, rounded half up to a micro-dollar. */
export const toJsonNumber = (amount: Usd): number => amount.round(jsonDecimals).toNumber();

/** `$1,234.50`, rounded half up to the cent; `< $0.01` for what is more than nothing and less than half a cent. */
export function formatUsd(amount: Usd): string {
  const rounded = amount.abs().round(2);
  const sign = amount.lt(0) ? '-' : '';
  if (rounded.eq(0) && !amount.eq(0)) return `${sign}< $${cent.toFixed(2)}`;
  return `${sign}$${grouped(rounded.toFixed(2))}`;
}

/** `+$3.00`, `-$3.00`, `$0.00`, `< $0.01`. */
export const formatDelta = (amount: Usd): string =>
  amount.round(2).gt(0) ? `+${formatUsd(amount)}` : formatUsd(amount);

/** `10,000,000`: a count as people read it; decimals as they are. */
export function formatCount(quantity: Big): string {
  return grouped(quantity.toFixed());
}

function grouped(decimal: string): string {
  const [whole = '0', decimals] = decimal.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}
