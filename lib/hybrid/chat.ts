import type { Tier } from '../estate/azure';
import type { FallbackProvider } from '../estate/hybrid-settings';

export type ProviderName = 'azure' | FallbackProvider;

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One question, in the words that every provider understands. */
export interface ChatRequest {
  readonly tier: Tier;
  /** At least one, the last one from the user. */
  readonly messages: readonly ChatMessage[];
  /** Whom the call is for: a user or a job. It decides, for good, on which side of the rollout the call is. Never logged. */
  readonly subject: string;
  /** Tokens of the answer. @default 1000 */
  readonly maxTokens?: number;
  /** @default the model's own */
  readonly temperature?: number;
  /** The answer must be a JSON object. @default false */
  readonly json?: boolean;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** Evidence `tiers.task`. */
export const defaultMaxTokens = 1000;

/** Tokens as the provider counted them. */
export interface Usage {
  /** Of the question, cached ones included. */
  readonly promptTokens: number;
  /** Of the question, read from the provider's cache at a lower price. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export type FinishReason =
  | 'stop'
  /** The answer reached its most tokens. */
  | 'length'
  /** The provider ended the answer for its content. */
  | 'content-filter';

/** A piece of an answer, or its end. Every stream that was not cut ends in an end. */
export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly finishReason: FinishReason; readonly usage: Usage; readonly model: string };

/** What comes from a provider: first of all that it has begun to answer. */
export type ProviderEvent = { readonly type: 'start' } | ChatEvent;

export interface ChatAnswer {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly model: string;
  readonly provider: ProviderName;
}

/** Whoever answers. All of them stream: only a stream tells a slow answer from none. */
export interface Provider {
  readonly name: ProviderName;
  /**
   * @param signal gives the request up
   * @throws ProviderError
   */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
}

/**
 * Tokens of a text whose count nobody told: a cut stream never says what it used, and is billed all the same. Four
 * characters to a token is OpenAI's own rule of thumb for English.
 */
export const estimatedTokens = (characters: number): number => Math.ceil(characters / 4);

export const promptCharacters = ({ messages }: Pick<ChatRequest, 'messages'>): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0);
