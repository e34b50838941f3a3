import {
  type AiReply,
  type AiRequest,
  AiServer,
  type AiServerOptions,
  sse,
  sseHeaders,
} from '../../../../lib/rehearsal/ai/ai-server';
import {
  echo,
  type LedgerEntry,
  type Model,
  piecesOf,
  questionTokens,
  tokensOf,
} from '../../../../lib/rehearsal/ai/model';

export interface KeyedServerOptions extends AiServerOptions {
  readonly key: string;
  readonly model?: Model;
}

/** OpenAI's chat completions, streamed. */
export class OpenAiServer extends AiServer {
  readonly ledger: LedgerEntry[] = [];

  constructor(private readonly options: KeyedServerOptions) {
    super(options);
  }

  protected reply({ url, headers, body }: AiRequest): AiReply {
    if (url.pathname !== '/v1/chat/completions') return { status: 404, body: { error: { code: 'unknown_url' } } };
    if (headers.authorization !== `Bearer ${this.options.key}`) {
      return { status: 401, body: { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } } };
    }
    const asked = JSON.parse(body) as {
      model: string;
      messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
      max_tokens?: number;
      temperature?: number;
      response_format?: { type: string };
      stream?: boolean;
    };
    const question = {
      model: asked.model,
      system: asked.messages.flatMap(({ role, content }) => (role === 'system' ? [content] : [])).join('\n\n'),
      turns: asked.messages.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
      maxTokens: asked.max_tokens,
      temperature: asked.temperature,
      json: asked.response_format?.type === 'json_object',
      stream: asked.stream === true,
    };
    const { text, finish } = (this.options.model ?? echo)(question);
    const words = piecesOf(text);
    const prompt = questionTokens(question);
    const chunk = (choices: readonly object[], more: object = {}) =>
      sse({ id: 'chatcmpl', object: 'chat.completion.chunk', created: 0, model: question.model, choices, ...more });
    const pieces = [
      chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
      ...words.map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }])),
      chunk([{ index: 0, delta: {}, finish_reason: finish === 'content-filter' ? 'content_filter' : finish }]),
      chunk([], {
        usage: { prompt_tokens: prompt, completion_tokens: tokensOf(text), total_tokens: prompt + tokensOf(text) },
      }),
      sse('[DONE]'),
    ];
    const sent = (count: number) =>
      this.ledger.push({
        question,
        promptTokens: prompt,
        cachedTokens: 0,
        completionTokens: tokensOf(words.slice(0, Math.max(0, count - 1)).join('')),
        whole: count === pieces.length,
      });
    return { headers: sseHeaders, pieces, sent };
  }
}
