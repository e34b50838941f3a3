import { types } from 'node:util';
import type * as z from 'zod/mini';
import { errorName } from '../error-name';
import { AnswerLost, NotSent } from './failures';

export interface PlatformCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | ReadableStream<Uint8Array>;
  /** Most milliseconds until the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface PlatformAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Causes of a failed fetch that arise before the first byte of the request leaves. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * One HTTP call with an end. Redirects are answers, not followed: none of the interfaces used here sends one, and a
 * followed one could repeat a request.
 *
 * @throws NotSent when the platform cannot have seen the request; AnswerLost when it may have, and no whole answer came.
 * Neither message repeats the address or the cause's text: both can hold a token.
 */
export async function callPlatform({ method, url, headers, body, timeoutMs }: PlatformCall): Promise<PlatformAnswer> {
  const what = `${method} ${url.origin}${url.pathname}`;
  if (timeoutMs <= 0) throw new NotSent(`No time is left for ${what}, got: ${timeoutMs} ms.`);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
      // Node asks for it with a streamed body; the types of the browser's fetch do not know it.
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    } as RequestInit);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    const code = causeOf(error);
    if (beforeSending.has(code)) throw new NotSent(`${what} did not reach the platform, got: ${code}.`);
    throw new AnswerLost(`${what} got no whole answer, got: ${code}.`);
  }
}

/** Code of what made a fetch fail: of the first address tried, where there were several. */
function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  if (!types.isNativeError(cause)) return errorName(error);
  const [first] = 'errors' in cause && Array.isArray(cause.errors) ? (cause.errors as unknown[]) : [];
  const inner = first ?? cause;
  const { code } = inner as { readonly code?: unknown };
  return typeof code === 'string' ? code : errorName(inner);
}

/**
 * The answer's body in the form that the platform documents.
 * @throws AnswerLost when it has another one: a proxy spoke, or the body was cut, and what the platform did is not known.
 */
export function bodyOf<T>(schema: z.ZodMiniType<T>, answer: PlatformAnswer, what: string): T {
  const parsed = schema.safeParse(parsedJson(answer.text));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole body').join(', ');
  throw new AnswerLost(
    `${what} was answered in an unknown form, got: status ${answer.status}, ${answer.text.length} characters, ` +
      `wrong at ${where}.`,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Takes secrets out of a text that a platform wrote: some repeat a bad token in the message about it. */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .filter((secret): secret is string => Boolean(secret))
    .reduce((clean, secret) => clean.split(secret).join('[redacted]'), text)
    .slice(0, 300);
}
