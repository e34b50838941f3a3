import type { ProviderName } from './chat';

/**
 * How a call can fail, and what follows from it.
 * - `retry`: the same provider may answer a moment later;
 * - `fallBack`: another provider may answer;
 * - `failure`: it counts against the provider, for its breaker and for the rollback.
 */
export const failureKinds = {
  /** Too many requests: HTTP 429. */
  throttled: { retry: true, fallBack: true, failure: true },
  /** HTTP 5xx or 408, or no connection. */
  unavailable: { retry: true, fallBack: true, failure: true },
  /** No first byte, or no end, in time. */
  timeout: { retry: true, fallBack: true, failure: true },
  /** The answer broke off before its end. */
  cut: { retry: true, fallBack: true, failure: true },
  /** No token or key that the provider takes: HTTP 401 or 403. Evidence `retry`: a quota that is used up answers 403. */
  refused: { retry: false, fallBack: true, failure: true },
  /** HTTP 404: deployment or model does not exist, or exists no more. */
  missing: { retry: false, fallBack: true, failure: true },
  /** The breaker is open: nobody was asked. */
  open: { retry: false, fallBack: true, failure: true },
  /** The provider does not answer such content. Asking somebody else would go round its filter. */
  'content-filter': { retry: false, fallBack: false, failure: false },
  /** HTTP 4xx for what the caller asked. */
  'bad-request': { retry: false, fallBack: false, failure: false },
} as const satisfies Record<string, { retry: boolean; fallBack: boolean; failure: boolean }>;

export type FailureKind = keyof typeof failureKinds;

/**
 * A call that a provider did not answer. Neither the provider's message nor the error behind it is kept: both can quote
 * what was asked.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The provider's own code, such as `content_filter` or `AADSTS700016`. */
  readonly code: string | undefined;
  /** Milliseconds that the provider asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly provider: ProviderName,
    readonly kind: FailureKind,
    facts: {
      readonly status?: number | undefined;
      readonly code?: string | undefined;
      readonly retryAfter?: number | undefined;
    } = {},
  ) {
    const details = [facts.status && `HTTP ${facts.status}`, facts.code].filter(Boolean).join(', ');
    super(`${provider} did not answer: ${kind}${details && ` (${details})`}`);
    this.status = facts.status;
    this.code = facts.code;
    this.retryAfter = facts.retryAfter;
  }
}

/** Every provider that could be asked was, and none answered. */
export class NoProviderAnswered extends Error {
  override readonly name = 'NoProviderAnswered';
  constructor(readonly failures: readonly ProviderError[]) {
    super(`No provider answered. ${failures.map(({ message }) => message).join('; ')}.`);
  }
}

/** A streamed answer broke off after its caller had a part of it: only the caller knows whether to ask again. */
export class AnswerInterrupted extends Error {
  override readonly name = 'AnswerInterrupted';
  constructor(readonly failure: ProviderError) {
    super(`The answer broke off. ${failure.message}. Throw the part away before you ask again.`);
  }
}

/** What a code may look like: anything longer or freer could be text of somebody. */
const codePattern = /^[\w.-]{1,64}$/;

export const safeCode = (code: unknown): string | undefined =>
  typeof code === 'string' && codePattern.test(code) ? code : undefined;

/** How an HTTP status of a provider is to be read; content filters are told apart by whoever knows their code. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 429) return 'throttled';
  if (status === 408 || status >= 500) return 'unavailable';
  if (status === 401 || status === 403) return 'refused';
  if (status === 404) return 'missing';
  return 'bad-request';
}

/**
 * Milliseconds that an answer asks to wait.
 *
 * @param headers `retry-after-ms` (Azure OpenAI), or `retry-after` in seconds or as a date (RFC 9110, section 10.2.3)
 */
export function retryAfterOf(headers: Pick<Headers, 'get'> | undefined, now: number): number | undefined {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after');
  if (!text) return undefined;
  const seconds = Number(text);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
