import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { PostedResult } from './claims';
import {
  type Conclusion,
  concludePost,
  mostErrors,
  type PublisherPlatform,
  postAttributes,
  postStatuses,
  resultAttribute,
} from './post';

export interface PostKey {
  readonly userId: string;
  readonly postId: string;
}

/** What publishers read and write of the posts table. Every write touches attributes of its own, so none is lost. */
export class PublicationsTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** @returns undefined when there is no such post. */
  async load({ userId, postId }: PostKey): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { userId, postId }, ConsistentRead: true }),
    );
    return Item;
  }

  /**
   * Writes the result of one platform, and moves the post to `posted` when it was the last one.
   * @returns 'open' as well for a post that its author has deleted.
   */
  async recordPosted(
    { userId, postId }: PostKey,
    platform: PublisherPlatform,
    result: PostedResult,
  ): Promise<Conclusion> {
    const item = await this.unlessConditionFails({
      Key: { userId, postId },
      UpdateExpression: 'SET #result = :result ADD #posted :platform',
      ConditionExpression: 'attribute_exists(postId)',
      ExpressionAttributeNames: { '#result': resultAttribute(platform), '#posted': postAttributes.postedPlatforms },
      ExpressionAttributeValues: { ':result': { status: 'posted', ...result }, ':platform': new Set([platform]) },
      ReturnValues: 'ALL_NEW',
    });
    if (!item) return 'open';
    const conclusion = concludePost(item);
    if (conclusion === 'posted') await this.moveToPosted({ userId, postId }, result.at);
    return conclusion;
  }

  private async moveToPosted({ userId, postId }: PostKey, at: string): Promise<void> {
    await this.unlessConditionFails({
      Key: { userId, postId },
      UpdateExpression: 'SET #status = :posted, statusUpdatedAt = :at, #postedAt = :at',
      // The author may have changed it since, or another platform's publisher was faster.
      ConditionExpression: '#status IN (:queued, :dispatched)',
      ExpressionAttributeNames: { '#status': 'status', '#postedAt': postAttributes.postedAt },
      ExpressionAttributeValues: {
        ':posted': postStatuses.posted,
        ':queued': postStatuses.queued,
        ':dispatched': postStatuses.dispatched,
        ':at': at,
      },
    });
  }

  /** Appends to the post's errors, as long as it exists and has room for one more. */
  async recordError(
    { userId, postId }: PostKey,
    error: { readonly platform: PublisherPlatform; readonly at: string; readonly message: string },
  ): Promise<void> {
    await this.unlessConditionFails({
      Key: { userId, postId },
      UpdateExpression: 'SET #errors = list_append(if_not_exists(#errors, :none), :error)',
      ConditionExpression: 'attribute_exists(postId) AND (attribute_not_exists(#errors) OR size(#errors) < :most)',
      ExpressionAttributeNames: { '#errors': postAttributes.errors },
      ExpressionAttributeValues: { ':none': [], ':error': [error], ':most': mostErrors },
    });
  }

  private async unlessConditionFails(
    input: Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName'>,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const { Attributes = {} } = await this.client.send(new UpdateCommand({ TableName: this.tableName, ...input }));
      return Attributes;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  }
}
