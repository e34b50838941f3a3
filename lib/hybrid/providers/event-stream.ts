import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { ProviderName } from '../chat';
import { type FailureKind, kindOfStatus, ProviderError, retryAfterOf, safeCode } from '../errors';

export interface EventStreamRequest {
  readonly provider: ProviderName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly signal: AbortSignal;
  readonly fetch?: typeof fetch | undefined;
  /** Reads the provider's own words for a failure. */
  readonly failure: (status: number, body: unknown) => { readonly kind?: FailureKind; readonly code?: unknown };
}

/** Data of one server-sent event. */
export type EventData = Readonly<Record<string, unknown>>;

/**
 * Sends a question, and gives the events of the answer once its status is good.
 *
 * @throws ProviderError; reading the events as well
 */
export async function openEventStream(request: EventStreamRequest): Promise<AsyncIterable<EventData>> {
  const { provider, url, headers, body, signal, fetch: send = fetch } = request;
  const response = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  }).catch(() => {
    throw new ProviderError(provider, 'unavailable');
  });
  if (response.ok && response.body) return events(provider, response.body);
  const { status } = response;
  const { kind = kindOfStatus(status), code } = request.failure(status, await response.json().catch(() => ({})));
  const retryAfter = retryAfterOf(response.headers, Date.now());
  throw new ProviderError(provider, kind, { status, code: safeCode(code), retryAfter });
}

async function* events(provider: ProviderName, body: ReadableStream<Uint8Array>): AsyncGenerator<EventData> {
  try {
    // Node's own types and the DOM's disagree on what a decoder takes; both mean bytes.
    const decoder = new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>;
    for await (const { data } of body.pipeThrough(decoder).pipeThrough(new EventSourceParserStream())) {
      yield JSON.parse(data) as EventData;
    }
  } catch {
    throw new ProviderError(provider, 'cut');
  }
}
