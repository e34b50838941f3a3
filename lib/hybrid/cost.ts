import { priceOf } from '../estate/hybrid-prices';
import type { Usage } from './chat';

/**
 * USD that these tokens cost at list price.
 *
 * @returns undefined for a model without a price, so that nobody takes an unknown cost for none
 */
export function costOf(model: string, { promptTokens, cachedTokens, completionTokens }: Usage): number | undefined {
  const price = priceOf(model);
  if (price === undefined) return undefined;
  const full = promptTokens - cachedTokens;
  return (full * price.prompt + cachedTokens * price.cached + completionTokens * price.completion) / 1_000_000;
}
