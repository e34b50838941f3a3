import type OpenAI from 'openai';
import { APIConnectionError, APIError } from 'openai';
import { type ChatRequest, defaultMaxTokens, type FinishReason, type ProviderEvent, type ProviderName } from '../chat';
import { kindOfStatus, ProviderError, retryAfterOf, safeCode } from '../errors';

/** Options of every client: this library retries, waits and falls back by itself, and no SDK may log a body. */
export const clientOptions = {
  maxRetries: 0,
  /** Milliseconds; only a backstop behind the deadlines of the call. */
  timeout: 120_000,
  logLevel: 'off',
  organization: null,
  project: null,
} as const;

/**
 * Which parameters a model takes. The reasoning models refuse a temperature, and call the most tokens of an answer
 * otherwise, since what they think counts as well.
 */
export type Dialect = 'classic' | 'reasoning';

/** What the name says; a deployment can be called anything, so the first refusal corrects it. */
export const dialectOf = (model: string): Dialect => (/^(gpt-5|o\d)/.test(model) ? 'reasoning' : 'classic');

type Parameters = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

export function chatParameters(request: ChatRequest, model: string, dialect: Dialect): Parameters {
  const { messages, maxTokens = defaultMaxTokens, temperature, json } = request;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    ...(dialect === 'reasoning' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
    ...(dialect === 'classic' && temperature !== undefined && { temperature }),
    ...(json && { response_format: { type: 'json_object' as const } }),
  };
}

/** Answer of Azure OpenAI or of OpenAI itself: they speak the same protocol. */
export async function* openAiEvents(
  provider: ProviderName,
  client: OpenAI,
  parameters: Parameters,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent> {
  let finishReason: FinishReason | undefined;
  let last: OpenAI.Chat.ChatCompletionChunk | undefined;
  try {
    const chunks = await client.chat.completions.create(parameters, { signal });
    yield { type: 'start' };
    for await (const chunk of chunks) {
      if (chunk.model) last = { ...chunk, usage: chunk.usage ?? last?.usage ?? null };
      else if (chunk.usage && last) last = { ...last, usage: chunk.usage };
      const [choice] = chunk.choices;
      if (choice?.delta.content) yield { type: 'text', text: choice.delta.content };
      if (choice?.finish_reason) finishReason = finishReasons[choice.finish_reason] ?? 'stop';
    }
  } catch (error) {
    throw openAiFailure(provider, error);
  }
  // A connection that ends in the middle looks like a stream that is over.
  if (finishReason === undefined || !last?.usage) throw new ProviderError(provider, 'cut');
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = last.usage;
  const cachedTokens = prompt_tokens_details?.cached_tokens ?? 0;
  yield {
    type: 'end',
    finishReason,
    model: last.model,
    usage: { promptTokens: prompt_tokens, cachedTokens, completionTokens: completion_tokens },
  };
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
};

function openAiFailure(provider: ProviderName, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  // The SDK wraps what the token's provider throws.
  if (error instanceof Error && error.cause instanceof ProviderError) return error.cause;
  if (error instanceof APIConnectionError) return new ProviderError(provider, 'unavailable');
  if (error instanceof APIError) {
    const { status, code, headers } = error as { status?: number; code?: string | null; headers?: Headers };
    const kind = status === undefined ? 'unavailable' : kindOfStatus(status);
    const retryAfter = retryAfterOf(headers, Date.now());
    return new ProviderError(provider, code === 'content_filter' ? 'content-filter' : kind, {
      status,
      code: safeCode(code),
      retryAfter,
    });
  }
  // Neither a status nor a connection: the body broke off, or was no event stream.
  return new ProviderError(provider, 'cut');
}

/** Azure says in these words that a model takes other parameters. */
export const wantsOtherDialect = (error: unknown): boolean =>
  error instanceof ProviderError &&
  error.status === 400 &&
  (error.code === 'unsupported_parameter' || error.code === 'unsupported_value');
