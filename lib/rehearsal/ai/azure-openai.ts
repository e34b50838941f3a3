import {
  type AiReply,
  type AiRequest,
  AiServer,
  type AiServerOptions,
  sse,
  sseHeaders,
  type WholeReply,
} from './ai-server';
import type { EntraServer } from './entra';
import { echo, type LedgerEntry, type Model, piecesOf, type Question, questionTokens, tokensOf } from './model';

export interface AzureOpenAiOptions extends AiServerOptions {
  readonly entra: Pick<EntraServer, 'accepts'>;
  /** Model and version behind each deployment, such as `gpt-4o-2024-11-20`. */
  readonly deployments: Readonly<Record<string, string>>;
  readonly model?: Model;
}

interface ChatBody {
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly response_format?: { readonly type: string };
}

/** Tokens from which Azure reads a question that it knows from its cache, in steps of so many. */
const cachedFrom = 1024;
const cachedStep = 128;

const isReasoning = (model: string): boolean => /^(gpt-5|o\d)/.test(model);

/**
 * An Azure OpenAI account as far as chat completions go: tokens of Entra and no keys, deployments, answers whole and
 * streamed, its errors in its words, and a ledger of what it would bill.
 */
export class AzureOpenAiServer extends AiServer {
  readonly ledger: LedgerEntry[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly options: AzureOpenAiOptions) {
    super(options);
  }

  protected reply(request: AiRequest): AiReply {
    const deployment = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(request.url.pathname)?.[1];
    if (request.method !== 'POST' || deployment === undefined) return failure(404, '404', 'Resource not found');
    if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(request.url.searchParams.get('api-version') ?? '')) {
      return failure(404, '404', 'Resource not found');
    }
    if (request.headers['api-key']) {
      return failure(403, 'AuthenticationTypeDisabled', 'Key based authentication is disabled for this resource.');
    }
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!token || !this.options.entra.accepts(token)) {
      return failure(401, '401', 'Access denied due to missing, invalid or expired token.');
    }
    const model = this.options.deployments[deployment];
    if (!model) {
      return failure(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.');
    }
    const body = JSON.parse(request.body) as ChatBody;
    const refusal = isReasoning(model) ? reasoningRefusal(body) : undefined;
    return refusal ?? this.answer(questionOf(body, model), body.stream_options?.include_usage === true);
  }

  private answer(question: Question, includeUsage: boolean): AiReply {
    const { text, finish } = (this.options.model ?? echo)(question);
    const promptTokens = questionTokens(question);
    const cachedTokens = this.cachedTokens(question, promptTokens);
    const bill = (completionTokens: number, whole: boolean) =>
      this.ledger.push({ question, promptTokens, cachedTokens, completionTokens, whole });
    const finish_reason = finish === 'content-filter' ? 'content_filter' : finish;
    const common = {
      id: `chatcmpl-${this.ledger.length}`,
      created: Math.floor(this.time.now() / 1000),
      model: question.model,
    };
    const usage = (completion: number) => ({
      prompt_tokens: promptTokens,
      completion_tokens: completion,
      total_tokens: promptTokens + completion,
      prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    });

    if (!question.stream) {
      const completion = tokensOf(text);
      bill(completion, true);
      const message = { role: 'assistant', content: text };
      const choices = [{ index: 0, message, finish_reason, content_filter_results: {} }];
      return { status: 200, body: { ...common, object: 'chat.completion', choices, usage: usage(completion) } };
    }
    const words = piecesOf(text);
    const chunk = (choices: readonly object[], more: object = {}) =>
      sse({ ...common, object: 'chat.completion.chunk', choices, ...more });
    const delta = (content: object, finished: string | null = null) => [
      { index: 0, delta: content, finish_reason: finished, content_filter_results: {} },
    ];
    const pieces = [
      // Azure sends what its filter thinks of the question first, in a chunk without a model and without a choice.
      sse({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }),
      chunk(delta({ role: 'assistant', content: '' })),
      ...words.map((content) => chunk(delta({ content }))),
      chunk(delta({}, finish_reason)),
      ...(includeUsage ? [chunk([], { usage: usage(tokensOf(text)) })] : []),
      sse('[DONE]'),
    ];
    const sent = (count: number) => {
      const given = words.slice(0, Math.max(0, count - 2)).join('');
      bill(tokensOf(given), count === pieces.length);
    };
    return { headers: sseHeaders, pieces, sent };
  }

  private cachedTokens(question: Question, promptTokens: number): number {
    const key = JSON.stringify([question.system, question.turns]);
    const known = this.seen.has(key);
    this.seen.add(key);
    return known && promptTokens >= cachedFrom ? Math.floor(promptTokens / cachedStep) * cachedStep : 0;
  }
}

function questionOf(body: ChatBody, model: string): Question {
  const { messages } = body;
  return {
    model,
    system: messages.flatMap(({ role, content }) => (role === 'system' ? [content] : [])).join('\n\n'),
    turns: messages.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    temperature: body.temperature,
    json: body.response_format?.type === 'json_object',
    stream: body.stream === true,
  };
}

function reasoningRefusal({ max_tokens, temperature }: ChatBody): WholeReply | undefined {
  if (max_tokens !== undefined) {
    return failure(400, 'unsupported_parameter', "Use 'max_completion_tokens' with this model.", 'max_tokens');
  }
  if (temperature !== undefined && temperature !== 1) {
    return failure(400, 'unsupported_value', 'Only the default (1) value is supported.', 'temperature');
  }
  return undefined;
}

const failure = (status: number, code: string, message: string, param?: string): WholeReply => ({
  status,
  body: { error: { code, message, ...(param && { param, type: 'invalid_request_error' }) } },
});

/** Too many requests. @param seconds that the answer asks to wait */
export const throttled = (seconds: number): WholeReply => ({
  status: 429,
  headers: { 'retry-after': String(seconds), 'retry-after-ms': String(seconds * 1000) },
  body: { error: { code: '429', message: `Requests have exceeded the rate limit. Retry after ${seconds} seconds.` } },
});

export const serverError = (status = 503): WholeReply =>
  failure(status, 'InternalServerError', 'The server had an error.');

/** The filter does not let the question through. Azure's message quotes nothing; this one does, to see who passes it on. */
export const contentFiltered = (quote: string): WholeReply => ({
  status: 400,
  body: {
    error: {
      message: `The response was filtered due to the prompt triggering the content management policy: ${quote}`,
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { sexual: { filtered: true } } },
    },
  },
});
