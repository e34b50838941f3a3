import { type ChatRequest, defaultMaxTokens, type FinishReason, type Provider, type ProviderEvent } from '../chat';
import { ProviderError } from '../errors';
import { openEventStream } from './event-stream';
import type { KeyedProviderOptions } from './options';

/**
 * Google Gemini, the primary of today, over its own interface: its SDK brings a WebSocket client and a second
 * authentication stack along, and this one call needs neither.
 */
export function geminiProvider({
  key,
  models,
  fetch,
  baseUrl = 'https://generativelanguage.googleapis.com',
}: KeyedProviderOptions): Provider {
  return {
    name: 'gemini',
    async *stream(request, signal): AsyncGenerator<ProviderEvent> {
      const model = models[request.tier];
      const events = await openEventStream({
        provider: 'gemini',
        url: `${baseUrl}/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
        headers: { 'x-goog-api-key': await key() },
        body: geminiParameters(request),
        signal,
        fetch,
        failure: geminiFailure,
      });
      yield { type: 'start' };
      yield* geminiEvents(events, model);
    },
  };
}

/** System messages stand apart, and the assistant is called model. */
function geminiParameters(request: ChatRequest) {
  const { messages, maxTokens = defaultMaxTokens, temperature, json } = request;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => ({ text: content }));
  return {
    contents: messages
      .filter(({ role }) => role !== 'system')
      .map(({ role, content }) => ({ role: role === 'assistant' ? 'model' : 'user', parts: [{ text: content }] })),
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    generationConfig: {
      maxOutputTokens: maxTokens,
      ...(temperature !== undefined && { temperature }),
      ...(json && { responseMimeType: 'application/json' }),
    },
  };
}

/** Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
interface GeminiChunk {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[] };
    readonly finishReason?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: {
    readonly promptTokenCount?: number;
    readonly cachedContentTokenCount?: number;
    readonly candidatesTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
  readonly modelVersion?: string;
}

async function* geminiEvents(chunks: AsyncIterable<GeminiChunk>, model: string): AsyncGenerator<ProviderEvent> {
  let finishReason: FinishReason | undefined;
  let last: GeminiChunk = {};
  for await (const chunk of chunks) {
    last = { ...last, ...chunk };
    if (chunk.promptFeedback?.blockReason) throw new ProviderError('gemini', 'content-filter');
    const [candidate] = chunk.candidates ?? [];
    const parts = candidate?.content?.parts ?? [];
    const text = parts.flatMap((part) => (part.text && !part.thought ? [part.text] : [])).join('');
    if (text) yield { type: 'text', text };
    if (candidate?.finishReason) finishReason = finishReasonOf(candidate.finishReason);
  }
  if (finishReason === undefined || !last.usageMetadata) throw new ProviderError('gemini', 'cut');
  const { promptTokenCount = 0, cachedContentTokenCount = 0, ...answered } = last.usageMetadata;
  yield {
    type: 'end',
    finishReason,
    model: last.modelVersion ?? model,
    usage: {
      promptTokens: promptTokenCount,
      cachedTokens: cachedContentTokenCount,
      // What it thinks is billed like what it says.
      completionTokens: (answered.candidatesTokenCount ?? 0) + (answered.thoughtsTokenCount ?? 0),
    },
  };
}

/** Source: https://ai.google.dev/api/generate-content#FinishReason */
function finishReasonOf(reason: string): FinishReason {
  if (reason === 'MAX_TOKENS') return 'length';
  return reason === 'STOP' ? 'stop' : 'content-filter';
}

/** A wrong key answers 400 here, with a reason that only the details tell. */
function geminiFailure(status: number, body: unknown) {
  const { error } = body as { error?: { status?: unknown; details?: readonly { reason?: unknown }[] } };
  const wrongKey = status === 400 && error?.details?.some(({ reason }) => reason === 'API_KEY_INVALID');
  return { ...(wrongKey && { kind: 'refused' as const }), code: error?.status };
}
