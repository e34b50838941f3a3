import { type AiReply, type AiRequest, AiServer, sse, sseHeaders } from '../../../../lib/rehearsal/ai/ai-server';
import { echo, type LedgerEntry, piecesOf, questionTokens, tokensOf } from '../../../../lib/rehearsal/ai/model';
import type { KeyedServerOptions } from './openai';

/** Google's generateContent, streamed as server-sent events. */
export class GeminiServer extends AiServer {
  readonly ledger: LedgerEntry[] = [];

  constructor(private readonly options: KeyedServerOptions) {
    super(options);
  }

  protected reply({ url, headers, body }: AiRequest): AiReply {
    const model = /^\/v1beta\/models\/([^/:]+):streamGenerateContent$/.exec(url.pathname)?.[1];
    if (model === undefined || url.searchParams.get('alt') !== 'sse') return failure(404, 'NOT_FOUND');
    if (headers['x-goog-api-key'] !== this.options.key) return failure(400, 'INVALID_ARGUMENT', 'API_KEY_INVALID');
    const asked = JSON.parse(body) as {
      contents: { role: 'user' | 'model'; parts: { text: string }[] }[];
      systemInstruction?: { parts: { text: string }[] };
      generationConfig?: { maxOutputTokens?: number; temperature?: number; responseMimeType?: string };
    };
    const textOf = (parts: { text: string }[]) => parts.map((part) => part.text).join('\n\n');
    const question = {
      model,
      system: textOf(asked.systemInstruction?.parts ?? []),
      turns: asked.contents.map(({ role, parts }) => ({
        role: role === 'model' ? ('assistant' as const) : ('user' as const),
        content: textOf(parts),
      })),
      maxTokens: asked.generationConfig?.maxOutputTokens,
      temperature: asked.generationConfig?.temperature,
      json: asked.generationConfig?.responseMimeType === 'application/json',
      stream: true,
    };
    const { text, finish } = (this.options.model ?? echo)(question);
    const words = piecesOf(text);
    const prompt = questionTokens(question);
    const chunk = (parts: readonly object[], finishReason?: string) =>
      sse({
        candidates: [{ content: { role: 'model', parts }, index: 0, ...(finishReason && { finishReason }) }],
        usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: finishReason ? tokensOf(text) : 0 },
        modelVersion: model,
      });
    const pieces = [...words.map((part) => chunk([{ text: part }])), chunk([{ text: '' }], finishReasons[finish])];
    const sent = (count: number) =>
      this.ledger.push({
        question,
        promptTokens: prompt,
        cachedTokens: 0,
        completionTokens: tokensOf(words.slice(0, count).join('')),
        whole: count === pieces.length,
      });
    return { headers: sseHeaders, pieces, sent };
  }
}

const finishReasons = { stop: 'STOP', length: 'MAX_TOKENS', 'content-filter': 'SAFETY' } as const;

const failure = (code: number, status: string, reason?: string): AiReply => ({
  status: code,
  body: { error: { code, status, message: 'as the local server has it', details: reason ? [{ reason }] : [] } },
});
