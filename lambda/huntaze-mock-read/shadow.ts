import { isDeepStrictEqual } from 'node:util';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { UserReadAnswer } from '../shared/user-read';
import { askCandidate, type CandidateAnswer } from './candidate';

/** Tells a shadow request from a read: a caller's event has no such field. */
const shadowSource = 'huntaze-mock-read.shadow';

/**
 * Milliseconds and bytes. The hand-over takes some 20 ms and is given up after `handOver`; the comparison has an invocation
 * of its own and stays far below its 30 s.
 */
export const shadowLimits = { handOver: 250, slow: 500, comparison: 3_000, largestAnswer: 64 * 1024 } as const;

/** What one invocation leaves for another to compare. */
export interface ShadowRequest {
  readonly source: typeof shadowSource;
  readonly event: unknown;
  /** What the caller was answered. */
  readonly answered: UserReadAnswer;
  readonly correlationId: string;
}

export interface ShadowReport {
  readonly outcome: 'same' | 'different' | 'failed';
  /** Milliseconds that the candidate took. */
  readonly took: number;
  readonly status?: { readonly mock: number; readonly candidate: number };
  /** Names, never values, of the body's fields that differ. */
  readonly fields?: readonly string[];
  readonly error?: unknown;
}

export function isShadowRequest(event: unknown): event is ShadowRequest {
  return typeof event === 'object' && event !== null && (event as ShadowRequest).source === shadowSource;
}

/**
 * Leaves the comparison to an invocation of this function's own, which Lambda queues.
 *
 * Work that is only started would not do: Lambda freezes the container as soon as the answer is out, and the work would go
 * on, if ever, in the time of a later caller. So the hand-over is waited for, briefly, and nothing else is.
 *
 * @param functionArn this function, with the alias by which it was called.
 * @throws the client's error when Lambda did not take it in time.
 */
export async function requestShadow(
  client: Pick<LambdaClient, 'send'>,
  functionArn: string,
  { event, answered, correlationId }: Omit<ShadowRequest, 'source'>,
): Promise<void> {
  const request: ShadowRequest = { source: shadowSource, event, answered, correlationId };
  await client.send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(request)),
    }),
    { abortSignal: AbortSignal.timeout(shadowLimits.handOver) },
  );
}

/** Asks the candidate what the caller asked and compares the answers. Never throws: Lambda would repeat the comparison. */
export async function compareWithCandidate(
  client: Pick<LambdaClient, 'send'>,
  candidateArn: string,
  { event, answered }: ShadowRequest,
): Promise<ShadowReport> {
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  try {
    const candidate = await askCandidate(client, candidateArn, event, {
      deadline: AbortSignal.timeout(shadowLimits.comparison),
      largestAnswer: shadowLimits.largestAnswer,
    });
    return { ...compare(answered, candidate), took: took() };
  } catch (error) {
    return { outcome: 'failed', took: took(), error };
  }
}

function compare(mock: UserReadAnswer, candidate: CandidateAnswer): Omit<ShadowReport, 'took'> {
  const [left, right] = [fieldsOf(mock.body), fieldsOf(candidate.body)];
  const fields = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((name) => !isDeepStrictEqual(left[name], right[name]))
    .sort();
  const same = mock.statusCode === candidate.statusCode && fields.length === 0;
  return {
    outcome: same ? 'same' : 'different',
    status: { mock: mock.statusCode, candidate: candidate.statusCode },
    fields,
  };
}

/** Fields of a body that is a JSON object; any other body counts as one field. */
function fieldsOf(body: unknown): Record<string, unknown> {
  try {
    const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return { '(body)': value };
  } catch {
    return { '(body)': body };
  }
}
