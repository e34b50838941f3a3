import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSRecord } from 'aws-lambda';
import { type Claim, type ClaimsTable, LeaseLost, type PostedResult } from './claims';
import { deadlineOf } from './deadline';
import { describe, RateLimited } from './failures';
import { type PublishMessage, readMessage } from './message';
import type { OwnQueue } from './own-queue';
import { contentFor } from './post';
import type { PublicationsTable } from './publications-table';
import type { Publisher, PublishOutcome } from './publisher';
import type { Token } from './tokens';

/** Failed receives after which a chain of messages does no more work; the queues' maxReceiveCount. */
const mostFailures = 5;
/** Messages in one chain; a 4 GB upload takes some fifteen. */
const mostTurns = 200;
/** Seconds of the longest pause; quotas of the platforms count over a day at most. */
const longestPauseSeconds = 24 * 3600;
/** Seconds after which a chain fails whatever it waits for. */
const longestChainSeconds = longestPauseSeconds + 3600;
/** Seconds that the dispatcher may need to write down what it sent: its timeout and a margin. */
const dispatcherSeconds = 45;
/** Seconds after which a post that no dispatcher concludes is left as it is. */
const longestConclusionSeconds = 15 * 60;

export interface WorkerParts<Progress> {
  readonly publisher: Publisher<Progress>;
  readonly claims: ClaimsTable;
  readonly posts: PublicationsTable;
  readonly queue: OwnQueue;
  readonly readToken: (userId: string) => Promise<Token>;
  /** False: a dry run. */
  readonly publish: boolean;
  readonly now: () => number;
}

export interface Delivery {
  readonly record: SQSRecord;
  readonly context: Context;
  readonly correlationId: string;
  readonly logger: Logger;
}

/** What became of one message, for logs and metrics. */
export type WorkOutcome = 'posted' | 'dry-run' | 'already-posted' | 'waiting' | 'superseded' | 'legacy-claim';

/**
 * Works off one message. The effect on the platform is once, however often the message comes and whoever else has it.
 *
 * @throws when the message has to come back: what went wrong is on the post by then, and after as many failures as the
 * queue allows it goes to the dead-letter queue.
 */
export async function work<Progress>(parts: WorkerParts<Progress>, delivery: Delivery): Promise<WorkOutcome> {
  const { publisher, claims, now } = parts;
  const { record, context, logger } = delivery;
  const message = readMessage(record.body, publisher.platform);
  logger.appendKeys({ postId: message.postId, userId: message.userId, turn: message.continuation?.turn ?? 0 });

  const early = (message.continuation?.notBefore ?? 0) - Math.floor(now() / 1000);
  if (early > 0) {
    await parts.queue.sendLater(record, message, { seconds: early, correlationId: delivery.correlationId });
    return 'waiting';
  }

  const key = { postId: message.postId, platform: publisher.platform };
  const taken = await claims.take<Progress>(key, message.continuation?.turn ?? 0, context.getRemainingTimeInMillis());
  switch (taken.kind) {
    case 'legacy':
      return 'legacy-claim';
    case 'superseded':
      // A message of the dispatcher may be a fresh order for a post whose chain has ended in the dead-letter queue.
      if (!message.continuation) {
        const { correlationId } = delivery;
        await parts.queue.sendLater(record, message, { seconds: taken.seconds, correlationId });
      }
      return 'superseded';
    case 'posted':
      await conclude(parts, delivery, message, { result: taken.result, again: mayStillBeConcluded(message, now()) });
      return 'already-posted';
    case 'held':
      await parts.queue.hide(record, taken.seconds);
      throw new Error(
        `Post ${key.postId} is being published by another run, got a lease for ${taken.seconds} s more. ` +
          'Let the queue deliver the message again.',
      );
    case 'taken':
      return workOnClaim(parts, delivery, message, taken.claim);
  }
}

async function workOnClaim<Progress>(
  parts: WorkerParts<Progress>,
  delivery: Delivery,
  message: PublishMessage,
  claim: Claim<Progress>,
): Promise<WorkOutcome> {
  const { claims, posts, publisher, now } = parts;
  const at = (): string => new Date(now()).toISOString();
  let outcome: PublishOutcome & { readonly dryRun?: boolean };
  try {
    assertWithinBounds(message, delivery.record, now());
    outcome = await attempt(parts, delivery, message, claim).catch((error: unknown) => {
      if (error instanceof RateLimited) return { kind: 'wait', seconds: error.seconds, why: error.message } as const;
      throw error;
    });
    if (outcome.kind === 'wait') {
      const turn = await continueLater(parts, delivery, message, outcome.seconds);
      await claims.release(claim, { turn, dueInSeconds: outcome.seconds });
      delivery.logger.info('goes on later', { seconds: outcome.seconds, why: outcome.why });
      return 'waiting';
    }
  } catch (error) {
    await bestEffort(delivery.logger, 'release the claim', () => claims.release(claim));
    // Whoever has the lease now reports for itself.
    if (!(error instanceof LeaseLost)) {
      await bestEffort(delivery.logger, 'record the error', () =>
        posts.recordError(message, { platform: publisher.platform, at: at(), message: describe(error) }),
      );
    }
    throw error;
  }

  const { platformId, url, dryRun } = outcome;
  const result: PostedResult = { platformId, url, at: at(), dryRun };
  await claims.complete(claim, result);
  await conclude(parts, delivery, message, { result, again: true });
  return dryRun ? 'dry-run' : 'posted';
}

/** A chain of delayed messages ends as a failed message, so that somebody sees it. */
function assertWithinBounds({ continuation }: PublishMessage, record: SQSRecord, now: number): void {
  if (!continuation) return;
  const failures = failuresOf(continuation, record);
  const seconds = Math.floor(now / 1000) - continuation.startedAt;
  if (failures >= mostFailures || continuation.turn > mostTurns || seconds > longestChainSeconds) {
    throw new Error(
      `The post did not get out, got: ${failures} failures, ${continuation.turn} messages, ${seconds} s ` +
        `(at most ${mostFailures}, ${mostTurns}, ${longestChainSeconds}). Mend the cause, then move it from the ` +
        'dead-letter queue, or queue the post again.',
    );
  }
}

function failuresOf(continuation: PublishMessage['continuation'], { attributes }: SQSRecord): number {
  return (continuation?.failures ?? 0) + Number(attributes.ApproximateReceiveCount) - 1;
}

async function attempt<Progress>(
  parts: WorkerParts<Progress>,
  { context, correlationId, logger }: Delivery,
  message: PublishMessage,
  claim: Claim<Progress>,
): Promise<PublishOutcome & { readonly dryRun?: boolean }> {
  const { publisher, claims, posts, publish, readToken } = parts;
  const item = await posts.load(message);
  if (!item) {
    throw new Error(
      `There is no post ${message.postId} of user ${message.userId}, got no item. ` +
        'Drop the message if its author has deleted it.',
    );
  }
  const content = contentFor(publisher.platform, item);
  if (!publish) return { kind: 'posted', platformId: `dry-run-${message.postId}`, dryRun: true };
  return publisher.publish({
    content,
    token: await readToken(message.userId),
    progress: claim.progress,
    save: (progress) => claims.save(claim, progress),
    own: (platformId) => claims.own(claim.key, platformId),
    correlationId,
    deadline: deadlineOf(context),
    logger,
  });
}

/** @returns the turn of the message that carries the work on. */
async function continueLater<Progress>(
  { queue, now }: WorkerParts<Progress>,
  { record, correlationId }: Delivery,
  { userId, postId, platform, continuation }: PublishMessage,
  seconds: number,
): Promise<number> {
  const nowSeconds = Math.floor(now() / 1000);
  const delay = Math.min(Math.max(0, seconds), longestPauseSeconds);
  const turn = (continuation?.turn ?? 0) + 1;
  const next: PublishMessage = {
    userId,
    postId,
    platform,
    continuation: {
      turn,
      startedAt: continuation?.startedAt ?? nowSeconds,
      // Rounded down, so that a message which comes in time is not early by the clock of another machine.
      notBefore: nowSeconds + Math.max(0, Math.floor(delay) - 1),
      failures: failuresOf(continuation, record),
    },
  };
  await queue.sendLater(record, next, { seconds: delay, correlationId });
  return turn;
}

/** @param again whether to look once more when the dispatcher has not yet written down what it sent. */
async function conclude<Progress>(
  parts: WorkerParts<Progress>,
  delivery: Delivery,
  message: PublishMessage,
  { result, again }: { readonly result: PostedResult; readonly again: boolean },
): Promise<void> {
  const conclusion = await parts.posts.recordPosted(message, parts.publisher.platform, result);
  if (conclusion === 'undecided' && again) await continueLater(parts, delivery, message, dispatcherSeconds);
}

function mayStillBeConcluded({ continuation }: PublishMessage, now: number): boolean {
  return continuation !== undefined && Math.floor(now / 1000) - continuation.startedAt <= longestConclusionSeconds;
}

async function bestEffort(logger: Logger, what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    logger.warn(`could not ${what}`, { reason: describe(error) });
  }
}
