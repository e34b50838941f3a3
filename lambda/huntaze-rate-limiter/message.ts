import type { SQSRecord } from 'aws-lambda';
import { type Line, lines } from './token-buckets';

/** Message attribute that a message carries once it was sent again; one, because SQS takes ten in all. */
export const journeyAttribute = 'RateLimiterJourney';
/** Longest user id that becomes part of a key. */
const longestUserId = 256;

/** What a message has behind it. */
export interface Journey {
  /** Id of the message when it was first sent: what its copies are told apart from other messages by. */
  readonly originalMessageId: string;
  /** Times that it was sent again. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly firstSentAt: number;
  /** Time of its turn, in ms of Redis's clock; 0 before the first refusal. */
  readonly turnAt: number;
  /** Lines that it waited in. */
  readonly waited: readonly Line[];
}

export interface LimitedMessage {
  readonly record: SQSRecord;
  readonly journey: Journey;
  readonly userId?: string;
  readonly correlationId: string;
}

/** A message that no repetition mends: it fails until SQS moves it to the dead-letter queue. */
export class PoisonMessageError extends Error {
  override readonly name = 'PoisonMessageError';
}

/** @throws PoisonMessageError when the body is no JSON object, or the journey or the user id is malformed. */
export function readMessage(record: SQSRecord): LimitedMessage {
  const payload = parse(record.body);
  if (!payload) {
    throw new PoisonMessageError(
      `The body must be a JSON object, got ${record.body.length} characters of something else. Mend the sender.`,
    );
  }
  const userId = record.messageAttributes.userId?.stringValue ?? payload.userId;
  if (userId !== undefined && !isUserId(userId)) {
    throw new PoisonMessageError(
      `userId must be a text or number of 1 to ${longestUserId} characters, got: ${typeof userId}. Mend the sender.`,
    );
  }
  const journey = readJourney(record);
  return {
    record,
    journey,
    userId: userId === undefined ? undefined : String(userId),
    correlationId: record.messageAttributes.correlationId?.stringValue ?? journey.originalMessageId,
  };
}

function readJourney(record: SQSRecord): Journey {
  const text = record.messageAttributes[journeyAttribute]?.stringValue;
  if (text === undefined) {
    return {
      originalMessageId: record.messageId,
      attempt: 0,
      firstSentAt: Number(record.attributes.SentTimestamp),
      turnAt: 0,
      waited: [],
    };
  }
  const journey = parse(text) as Partial<Journey> | undefined;
  const { originalMessageId, attempt, firstSentAt, turnAt, waited } = journey ?? {};
  if (
    typeof originalMessageId !== 'string' ||
    !/^[\w-]{1,100}$/.test(originalMessageId) ||
    ![attempt, firstSentAt, turnAt].every((figure) => Number.isSafeInteger(figure) && Number(figure) >= 0) ||
    !Array.isArray(waited) ||
    !waited.every((line) => lines.includes(line))
  ) {
    throw new PoisonMessageError(
      `The attribute ${journeyAttribute} is not one that this function wrote. Send the message without it.`,
    );
  }
  return journey as Journey;
}

/** The object that a text holds; undefined for anything else. The parser's own message would quote the text. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isUserId(value: unknown): value is string | number {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.length > 0 && text.length <= longestUserId;
}
