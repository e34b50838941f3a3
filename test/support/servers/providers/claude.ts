import { type AiReply, type AiRequest, AiServer, sse, sseHeaders } from '../../../../lib/rehearsal/ai/ai-server';
import { echo, type LedgerEntry, piecesOf, questionTokens, tokensOf } from '../../../../lib/rehearsal/ai/model';
import type { KeyedServerOptions } from './openai';

/** Anthropic's messages, streamed. */
export class ClaudeServer extends AiServer {
  readonly ledger: LedgerEntry[] = [];

  constructor(private readonly options: KeyedServerOptions) {
    super(options);
  }

  protected reply({ url, headers, body }: AiRequest): AiReply {
    if (url.pathname !== '/v1/messages') return failure(404, 'not_found_error');
    if (headers['x-api-key'] !== this.options.key) return failure(401, 'authentication_error');
    if (!headers['anthropic-version']) return failure(400, 'invalid_request_error');
    const asked = JSON.parse(body) as {
      model: string;
      system?: string;
      messages: { role: 'user' | 'assistant'; content: string }[];
      max_tokens: number;
      temperature?: number;
      stream?: boolean;
    };
    if (asked.messages.some(({ role }) => role !== 'user' && role !== 'assistant')) {
      return failure(400, 'invalid_request_error');
    }
    const jsonWish = 'Answer with one JSON object and nothing else.';
    const system = asked.system ?? '';
    const question = {
      model: asked.model,
      system: system.replace(jsonWish, '').trim(),
      turns: asked.messages,
      maxTokens: asked.max_tokens,
      temperature: asked.temperature,
      json: system.endsWith(jsonWish),
      stream: asked.stream === true,
    };
    const { text, finish } = (this.options.model ?? echo)(question);
    const words = piecesOf(text);
    const prompt = questionTokens(question);
    const event = (type: string, rest: object) => sse({ type, ...rest }, type);
    const pieces = [
      event('message_start', {
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: question.model,
          content: [],
          stop_reason: null,
          usage: { input_tokens: prompt, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
        },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...words.map((part) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: part } })),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: stopReasons[finish] }, usage: { output_tokens: tokensOf(text) } }),
      event('message_stop', {}),
    ];
    const sent = (count: number) =>
      this.ledger.push({
        question,
        promptTokens: prompt,
        cachedTokens: 0,
        completionTokens: tokensOf(words.slice(0, Math.max(0, count - 2)).join('')),
        whole: count === pieces.length,
      });
    return { headers: sseHeaders, pieces, sent };
  }
}

const stopReasons = { stop: 'end_turn', length: 'max_tokens', 'content-filter': 'refusal' } as const;

const failure = (status: number, type: string): AiReply => ({
  status,
  body: { type: 'error', error: { type, message: 'as the local server has it' } },
});
