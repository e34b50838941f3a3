import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** The candidate function gave no answer that can be passed on. */
class CandidateError extends Error {
  override readonly name = 'CandidateError';
}

export interface CandidateLimits {
  readonly deadline: AbortSignal;
  /** Bytes of the answer. @default - what Lambda lets through, 6 MB */
  readonly largestAnswer?: number;
}

/** An answer in the shape of the reads. */
export interface CandidateAnswer {
  readonly statusCode: number;
  readonly body?: unknown;
}

/**
 * Asks the candidate function and gives its answer as it is.
 * @throws CandidateError when the function failed, or its answer is too large or has no status; the client's error when the
 * call did not come about.
 */
export async function askCandidate(
  client: Pick<LambdaClient, 'send'>,
  functionArn: string,
  event: unknown,
  { deadline, largestAnswer = Number.POSITIVE_INFINITY }: CandidateLimits,
): Promise<CandidateAnswer> {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
    { abortSignal: deadline },
  );
  if (FunctionError) throw new CandidateError(`The candidate function failed, got: ${FunctionError}. Read its log.`);
  const size = Payload?.length ?? 0;
  if (size > largestAnswer) {
    throw new CandidateError(`The candidate's answer must be at most ${largestAnswer} bytes, got: ${size}.`);
  }
  const value = parsed(Buffer.from(Payload ?? []).toString('utf8'));
  if (!isAnswer(value)) {
    throw new CandidateError(`The candidate's answer must hold a statusCode, got ${size} bytes without one.`);
  }
  return value;
}

/** The parser's own message would quote the answer. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is CandidateAnswer {
  return typeof value === 'object' && value !== null && Number.isInteger((value as CandidateAnswer).statusCode);
}
