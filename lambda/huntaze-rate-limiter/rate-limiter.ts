import { errorName } from '../shared/error-name';
import type { Journey, LimitedMessage } from './message';
import type { Decision, TokenBuckets } from './token-buckets';

/** Takes a message that was let through to where it has its effect. It may be given the same message twice. */
export type Sender = (message: LimitedMessage) => Promise<void>;

export interface RateLimiterParts {
  readonly buckets: Pick<TokenBuckets, 'take' | 'complete' | 'release'>;
  readonly send: Sender;
  readonly sendAgain: (message: LimitedMessage, journey: Journey, delaySeconds: number) => Promise<void>;
  readonly logger: Readonly<Record<'warn' | 'error', (message: string, detail: Record<string, unknown>) => void>>;
}

export type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'deferred'; readonly seconds: number };

/**
 * Handles one delivery of a message. When it returns, the delivery may be deleted; when it throws, SQS must show it again.
 *
 * A refused message goes back to the queue as a copy that knows the original's id, and only then is the delivery deleted: a
 * crash in between leaves both, and the claim in Redis lets one of them through. A message waits as long as those
 * before it in its lines need: with `n` of them, about `n` × window ÷ tokens per window, and no longer than its lines are;
 * no wait ends in the dead-letter queue.
 *
 * The effect is at least once, and once unless a run dies between effect and mark; then the sender's own deduplication by
 * the original id decides.
 *
 * @param requestId tells one run from another.
 * @throws the sender's, SQS's or Redis's error.
 */
export async function limit(message: LimitedMessage, requestId: string, parts: RateLimiterParts): Promise<Outcome> {
  const { record, userId, journey } = message;
  const { originalMessageId: originalId, turnAt, waited } = journey;
  const owner = `${requestId}:${record.messageId}`;
  const decision = await parts.buckets.take({ originalId, owner, userId, turnAt, waited });
  if (decision.kind === 'done') return { kind: 'duplicate' };
  if (decision.kind === 'wait') return defer(message, decision, parts);

  try {
    await parts.send(message);
  } catch (error) {
    await parts.buckets.release(originalId, owner).catch((failure: unknown) => {
      parts.logger.warn('the claim was not released and ends by itself', { reason: errorName(failure) });
    });
    throw error;
  }
  await parts.buckets.complete(originalId).catch((error: unknown) => {
    // Failing now would repeat the effect, which is the worse of the two.
    parts.logger.error('the message was sent but not marked as sent', { reason: errorName(error) });
  });
  return { kind: 'sent' };
}

async function defer(
  message: LimitedMessage,
  { milliseconds, turnAt, line }: Extract<Decision, { kind: 'wait' }>,
  { sendAgain }: RateLimiterParts,
): Promise<Outcome> {
  const { journey } = message;
  const seconds = Math.ceil(milliseconds / 1000);
  await sendAgain(
    message,
    {
      ...journey,
      attempt: journey.attempt + 1,
      turnAt,
      waited: line && !journey.waited.includes(line) ? [...journey.waited, line] : journey.waited,
    },
    seconds,
  );
  return { kind: 'deferred', seconds };
}
