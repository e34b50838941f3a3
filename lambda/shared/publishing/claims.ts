import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { PublishingError } from './failures';
import type { PublisherPlatform } from './post';

/** Seconds that a claim is kept after its last change: longer than any message for it can live. */
const timeToLiveSeconds = 7 * 24 * 3600;
/** Milliseconds that clocks of two invocations may differ. */
const clockSkewMs = 10_000;
/**
 * Milliseconds within which an announced message must have done its part: five receives at the longest visibility
 * timeout of the publisher queues. After that any message for the post may take over.
 */
const announcedForMs = 30 * 60_000;

export interface ClaimKey {
  readonly postId: string;
  readonly platform: PublisherPlatform;
}

export interface PostedResult {
  /** The platform's id of what was published. */
  readonly platformId: string;
  readonly url?: string;
  /** ISO 8601. */
  readonly at: string;
  readonly dryRun?: boolean;
}

/** The right to work on one post for one platform, until the lease ends. */
export interface Claim<Progress> {
  readonly key: ClaimKey;
  readonly owner: string;
  /** What an earlier holder wrote down. */
  readonly progress?: Progress;
}

export type Taken<Progress> =
  | { readonly kind: 'taken'; readonly claim: Claim<Progress> }
  | { readonly kind: 'posted'; readonly result: PostedResult }
  /** Taken by the version before leases, which never came back to a claim. */
  | { readonly kind: 'legacy' }
  /** A later message carries the work on, unless it is overdue in so many seconds. */
  | { readonly kind: 'superseded'; readonly seconds: number }
  /** Somebody works on it, for so many seconds at most. */
  | { readonly kind: 'held'; readonly seconds: number };

/** The lease ended before the work did: somebody else may have it by now. */
export class LeaseLost extends PublishingError {
  override readonly name = 'LeaseLost';
}

interface ClaimItem {
  readonly state?: 'claimed' | 'submitted' | 'posted';
  /** Milliseconds since 1970; absent while nobody works on it. */
  readonly leaseUntil?: number;
  readonly turn?: number;
  /** Milliseconds since 1970 until which only messages of `turn` or later may work. */
  readonly turnUntil?: number;
  readonly progress?: unknown;
  readonly result?: PostedResult;
}

/**
 * Claims on posts, one item `{postId}#{platform}` each: claimed → submitted (with what is needed to ask the platform) →
 * posted. The lease on top says who works on it now; it ends by itself when its holder dies.
 */
export class ClaimsTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes the lease.
   *
   * @param turn of the message in hand: 0 for the dispatcher's, one more for each delayed message that follows it.
   * @param workMs until the holder is surely dead, which is when its invocation times out.
   */
  async take<Progress>(key: ClaimKey, turn: number, workMs: number): Promise<Taken<Progress>> {
    const owner = randomUUID();
    const now = this.now();
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { pk: partitionKey(key) },
          UpdateExpression:
            'SET leaseOwner = :owner, leaseUntil = :until, #state = if_not_exists(#state, :claimed), #ttl = :ttl',
          ConditionExpression:
            'attribute_not_exists(pk) OR (attribute_exists(#state) AND #state <> :posted ' +
            'AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now) ' +
            'AND (attribute_not_exists(turn) OR turn <= :turn OR turnUntil < :now))',
          ExpressionAttributeNames: { '#state': 'state', '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':owner': owner,
            ':until': now + workMs + clockSkewMs,
            ':claimed': 'claimed',
            ':posted': 'posted',
            ':now': now,
            ':turn': turn,
            ':ttl': this.timeToLive(),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { kind: 'taken', claim: { key, owner, progress: Attributes?.progress as Progress | undefined } };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return this.whyNot(key, turn);
    }
  }

  private async whyNot(key: ClaimKey, turn: number): Promise<Exclude<Taken<never>, { kind: 'taken' }>> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { pk: partitionKey(key) }, ConsistentRead: true }),
    );
    const item = (Item ?? { state: 'claimed' }) as ClaimItem;
    if (!item.state) return { kind: 'legacy' };
    if (item.state === 'posted' && item.result) return { kind: 'posted', result: item.result };
    const now = this.now();
    if (item.leaseUntil !== undefined && item.leaseUntil >= now) {
      return { kind: 'held', seconds: Math.ceil((item.leaseUntil - now) / 1000) + 1 };
    }
    if (item.turn !== undefined && item.turn > turn && (item.turnUntil ?? 0) >= now) {
      return { kind: 'superseded', seconds: Math.ceil(((item.turnUntil ?? 0) - now) / 1000) + 1 };
    }
    // It was let go between the two calls.
    return { kind: 'held', seconds: 1 };
  }

  /** Writes down what a later holder needs to know, before or after a step that has an effect; undefined: nothing. */
  async save<Progress>({ key, owner }: Claim<Progress>, progress: Progress | undefined): Promise<void> {
    await this.whileHeld(
      key,
      owner,
      progress === undefined
        ? { expression: 'SET #state = :claimed, #ttl = :ttl REMOVE progress', values: { ':claimed': 'claimed' } }
        : {
            expression: 'SET #state = :submitted, progress = :progress, #ttl = :ttl',
            values: { ':submitted': 'submitted', ':progress': progress },
          },
    );
  }

  /** Ends the claim for good. */
  async complete({ key, owner }: Claim<unknown>, result: PostedResult): Promise<void> {
    await this.whileHeld(key, owner, {
      expression: 'SET #state = :posted, #result = :result, #ttl = :ttl REMOVE leaseOwner, leaseUntil, progress',
      values: { ':posted': 'posted', ':result': result },
      names: { '#result': 'result' },
    });
  }

  /**
   * Lets go of the lease, so that the next delivery need not wait for its end.
   *
   * @param announced the message that carries the work on, once it is sent: earlier ones then find nothing to do.
   */
  async release(
    { key, owner }: Claim<unknown>,
    announced?: { readonly turn: number; readonly dueInSeconds: number },
  ): Promise<void> {
    await this.whileHeld(key, owner, {
      expression: `SET #state = if_not_exists(#state, :claimed), #ttl = :ttl${
        announced ? ', turn = :turn, turnUntil = :turnUntil' : ''
      } REMOVE leaseOwner, leaseUntil`,
      values: {
        ':claimed': 'claimed',
        ...(announced && {
          ':turn': announced.turn,
          ':turnUntil': this.now() + announced.dueInSeconds * 1000 + announcedForMs,
        }),
      },
    });
  }

  /**
   * Notes that something published belongs to this post.
   * @returns false when it belongs to another one, which has the same words.
   */
  async own({ postId, platform }: ClaimKey, platformId: string): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { pk: `${platformId}#${platform}#owner` },
          UpdateExpression: 'SET postId = :postId, #ttl = :ttl',
          ConditionExpression: 'attribute_not_exists(pk) OR postId = :postId',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':postId': postId, ':ttl': this.timeToLive() },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  private async whileHeld(
    key: ClaimKey,
    owner: string,
    {
      expression,
      values,
      names = {},
    }: {
      readonly expression: string;
      readonly values: Record<string, unknown>;
      readonly names?: Record<string, string>;
    },
  ): Promise<void> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { pk: partitionKey(key) },
          UpdateExpression: expression,
          ConditionExpression: 'leaseOwner = :owner',
          ExpressionAttributeNames: { '#state': 'state', '#ttl': 'ttl', ...names },
          ExpressionAttributeValues: { ':owner': owner, ':ttl': this.timeToLive(), ...values },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      throw new LeaseLost(
        `The lease on ${partitionKey(key)} is another's, got: no item of owner ${owner}. Let the other one finish.`,
      );
    }
  }

  private timeToLive(): number {
    return Math.floor(this.now() / 1000) + timeToLiveSeconds;
  }
}

function partitionKey({ postId, platform }: ClaimKey): string {
  return `${postId}#${platform}`;
}

function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
