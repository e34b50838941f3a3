import { type ChatRequest, defaultMaxTokens, type FinishReason, type Provider, type ProviderEvent } from '../chat';
import { ProviderError } from '../errors';
import { type EventData, openEventStream } from './event-stream';
import type { KeyedProviderOptions } from './options';

/** Source: https://docs.claude.com/en/api/versioning */
const version = '2023-06-01';

/**
 * Anthropic's Claude, the alternative of today, over its own interface: its SDK brings tracing along, which can carry
 * what was said to wherever a process traces to.
 */
export function claudeProvider({
  key,
  models,
  fetch,
  baseUrl = 'https://api.anthropic.com',
}: KeyedProviderOptions): Provider {
  return {
    name: 'claude',
    async *stream(request, signal): AsyncGenerator<ProviderEvent> {
      const events = await openEventStream({
        provider: 'claude',
        url: `${baseUrl}/v1/messages`,
        headers: { 'x-api-key': await key(), 'anthropic-version': version },
        body: claudeParameters(request, models[request.tier]),
        signal,
        fetch,
        failure: (_, body) => ({ code: (body as { error?: { type?: unknown } }).error?.type }),
      });
      yield { type: 'start' };
      yield* claudeEvents(events as AsyncIterable<ClaudeEvent>);
    },
  };
}

/** System messages stand apart, and there is no JSON mode: the wish is said in words. */
function claudeParameters(request: ChatRequest, model: string) {
  const { messages, maxTokens = defaultMaxTokens, temperature, json } = request;
  const system = [
    ...messages.filter(({ role }) => role === 'system').map(({ content }) => content),
    ...(json ? ['Answer with one JSON object and nothing else.'] : []),
  ].join('\n\n');
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    messages: messages.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
    ...(system && { system }),
    // Anthropic's scale ends at 1, OpenAI's at 2.
    ...(temperature !== undefined && { temperature: Math.min(temperature, 1) }),
  };
}

/** Source: https://docs.claude.com/en/docs/build-with-claude/streaming */
type ClaudeEvent = EventData &
  (
    | {
        readonly type: 'message_start';
        readonly message: {
          readonly model: string;
          readonly usage: {
            readonly input_tokens: number;
            readonly cache_read_input_tokens?: number | null;
            readonly cache_creation_input_tokens?: number | null;
          };
        };
      }
    | { readonly type: 'content_block_delta'; readonly delta: { readonly type: string; readonly text?: string } }
    | {
        readonly type: 'message_delta';
        readonly delta: { readonly stop_reason?: string | null };
        readonly usage: { readonly output_tokens: number };
      }
    | { readonly type: 'message_stop' }
    | { readonly type: 'error'; readonly error?: { readonly type?: string } }
  );

async function* claudeEvents(events: AsyncIterable<ClaudeEvent>): AsyncGenerator<ProviderEvent> {
  let start: Extract<ClaudeEvent, { type: 'message_start' }>['message'] | undefined;
  let end: Extract<ClaudeEvent, { type: 'message_delta' }> | undefined;
  let stopped = false;
  for await (const event of events) {
    if (event.type === 'error') throw new ProviderError('claude', 'unavailable');
    if (event.type === 'message_start') start = event.message;
    else if (event.type === 'message_delta') end = event;
    else if (event.type === 'message_stop') stopped = true;
    else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta' && event.delta.text) {
      yield { type: 'text', text: event.delta.text };
    }
  }
  if (!start || !end || !stopped) throw new ProviderError('claude', 'cut');
  // What came from the cache and what went into it is not part of the input tokens here.
  const cachedTokens = start.usage.cache_read_input_tokens ?? 0;
  const written = start.usage.cache_creation_input_tokens ?? 0;
  yield {
    type: 'end',
    finishReason: finishReasons[end.delta.stop_reason ?? ''] ?? 'stop',
    model: start.model,
    usage: {
      promptTokens: start.usage.input_tokens + cachedTokens + written,
      cachedTokens,
      completionTokens: end.usage.output_tokens,
    },
  };
}

const finishReasons: Readonly<Record<string, FinishReason>> = { max_tokens: 'length', refusal: 'content-filter' };
