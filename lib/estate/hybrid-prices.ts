/** Price of a model. */
export interface ModelPrice {
  /** Start of the model's name as answers give it, such as `gpt-4o-mini-2024-07-18`. The longest match counts. */
  readonly model: string;
  /** USD for a million tokens of the question. */
  readonly prompt: number;
  /** USD for a million tokens of the question that came from the provider's cache. */
  readonly cached: number;
  /** USD for a million tokens of the answer. */
  readonly completion: number;
  readonly source: string;
  /** ISO date on which the source was read. */
  readonly date: string;
}

const strategy = { source: 'US East 2 migration strategy of 1 December 2025', date: '2025-12-01' } as const;
const openAi = { source: 'https://openai.com/api/pricing/', date: '2025-12-01' } as const;
const google = { source: 'https://ai.google.dev/gemini-api/docs/pricing', date: '2025-12-01' } as const;
const anthropic = { source: 'https://docs.claude.com/en/docs/about-claude/pricing', date: '2025-12-01' } as const;

/**
 * List prices, GlobalStandard for Azure, without tax or discount. They serve the daily and weekly caps: the invoice is
 * Azure's.
 */
const modelPrices: readonly ModelPrice[] = [
  { model: 'gpt-4o', prompt: 2.5, cached: 1.25, completion: 10, ...strategy },
  { model: 'gpt-4o-mini', prompt: 0.15, cached: 0.075, completion: 0.6, ...strategy },
  { model: 'gpt-5.1', prompt: 1.25, cached: 0.125, completion: 10, ...openAi },
  { model: 'gpt-5-mini', prompt: 0.25, cached: 0.025, completion: 2, ...openAi },
  { model: 'gemini-1.5-pro', prompt: 1.25, cached: 0.3125, completion: 5, ...google },
  { model: 'gemini-2.0-flash', prompt: 0.1, cached: 0.025, completion: 0.4, ...google },
  { model: 'claude-3-5-sonnet', prompt: 3, cached: 0.3, completion: 15, ...anthropic },
  { model: 'claude-3-haiku', prompt: 0.25, cached: 0.03, completion: 1.25, ...anthropic },
];

/** @returns the price, or undefined for a model that has no row */
export const priceOf = (model: string): ModelPrice | undefined =>
  modelPrices
    .filter((row) => model === row.model || model.startsWith(`${row.model}-`))
    .toSorted((a, b) => b.model.length - a.model.length)[0];
