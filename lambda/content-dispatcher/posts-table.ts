import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Conclusion, type DuePost, statuses } from './plan';

/** Most keys that one BatchGetItem takes (DynamoDB quota). */
export const batchGetLimit = 100;

const dueIndex = 'ByStatusScheduledAt';
const pageSize = 200;
const readAttempts = 5;

export interface PostKey {
  readonly userId: string;
  readonly postId: string;
}

/** The table's items as far as this function reads them; the two sets of this function's own are described at `record`. */
interface PostItem extends PostKey {
  readonly status?: string;
  /** ISO 8601 in UTC, such as 2025-12-01T09:30:00.000Z, so that text order is time order. */
  readonly scheduledAt?: string;
  readonly platformTargets?: unknown;
  readonly dispatchProgress?: ReadonlySet<string>;
}

export class PostsTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    /** Aborted shortly before the function's timeout, so that a slow call ends as a failure that the run reports. */
    private readonly deadline: AbortSignal,
  ) {}

  /** Keys of the posts that are due at `now`, oldest first, in pages of 200. */
  async *dueKeys(now: string): AsyncGenerator<PostKey[]> {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          IndexName: dueIndex,
          KeyConditionExpression: '#status = :queued AND #scheduledAt <= :now',
          ProjectionExpression: 'userId, postId',
          ExpressionAttributeNames: { '#status': 'status', '#scheduledAt': 'scheduledAt' },
          ExpressionAttributeValues: { ':queued': statuses.queued, ':now': now },
          Limit: pageSize,
          ExclusiveStartKey: start,
        }),
        { abortSignal: this.deadline },
      );
      yield distinct((page.Items ?? []) as PostKey[]);
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /**
   * Loads at most 100 posts, and drops those that are no longer due: the index may lag behind the table, and another run
   * or the author may have been faster.
   * @returns the due posts, and the keys that DynamoDB left unprocessed after five attempts.
   */
  async load(keys: readonly PostKey[], now: string): Promise<{ posts: DuePost[]; unread: PostKey[] }> {
    const items: PostItem[] = [];
    let pending: PostKey[] = [...keys];
    for (let attempt = 0; pending.length > 0 && attempt < readAttempts; attempt += 1) {
      if (attempt > 0) await sleep(50 * 2 ** attempt);
      const answer = await this.client.send(
        new BatchGetCommand({
          RequestItems: {
            [this.tableName]: {
              Keys: pending.map(({ userId, postId }) => ({ userId, postId })),
              ConsistentRead: true,
              ProjectionExpression: 'userId, postId, #status, scheduledAt, platformTargets, dispatchProgress',
              ExpressionAttributeNames: { '#status': 'status' },
            },
          },
        }),
        { abortSignal: this.deadline },
      );
      items.push(...((answer.Responses?.[this.tableName] ?? []) as PostItem[]));
      pending = (answer.UnprocessedKeys?.[this.tableName]?.Keys ?? []) as PostKey[];
    }
    return { posts: items.filter((item) => isDue(item, now)).map(asDuePost), unread: pending };
  }

  /**
   * Records what was sent, provided that the post is still queued.
   *
   * `dispatchProgress` (string set) lives only while a post is sent in part: ADD merges what overlapping runs record, and
   * its removal at the end lets the application queue the post again later. `dispatchedPlatforms`, `skippedPlatforms`
   * and `dispatchedAt` are left for the reader of a finished post.
   * @returns false when the post was moved on meanwhile, by another run or by its author.
   */
  async record(
    { userId, postId }: PostKey,
    conclusion: Exclude<Conclusion, { kind: 'unchanged' }>,
    now: string,
  ): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { userId, postId },
          ConditionExpression: '#status = :queued',
          ...(conclusion.kind === 'progress'
            ? {
                UpdateExpression: 'ADD dispatchProgress :sent',
                ExpressionAttributeNames: { '#status': 'status' },
                ExpressionAttributeValues: { ':queued': statuses.queued, ':sent': new Set(conclusion.sent) },
              }
            : {
                UpdateExpression:
                  'SET #status = :status, statusUpdatedAt = :now, dispatchedAt = :now, ' +
                  'dispatchedPlatforms = :sent, skippedPlatforms = :skipped REMOVE dispatchProgress',
                ExpressionAttributeNames: { '#status': 'status' },
                ExpressionAttributeValues: {
                  ':queued': statuses.queued,
                  ':status': conclusion.status,
                  ':now': now,
                  ':sent': conclusion.sent,
                  ':skipped': conclusion.skipped,
                },
              }),
        }),
        { abortSignal: this.deadline },
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

function isDue({ status, scheduledAt }: PostItem, now: string): boolean {
  return status === statuses.queued && typeof scheduledAt === 'string' && scheduledAt <= now;
}

function asDuePost({ userId, postId, platformTargets, dispatchProgress }: PostItem): DuePost {
  const targets = platformTargets instanceof Set ? [...platformTargets] : platformTargets;
  return {
    userId,
    postId,
    targets: Array.isArray(targets) ? targets.filter((target): target is string => typeof target === 'string') : [],
    alreadySent: [...(dispatchProgress ?? [])],
  };
}

/** BatchGetItem refuses a key that occurs twice; an index page holds one twice when the post changed while it was read. */
function distinct(keys: readonly PostKey[]): PostKey[] {
  return [...new Map(keys.map((key) => [JSON.stringify([key.userId, key.postId]), key])).values()];
}
