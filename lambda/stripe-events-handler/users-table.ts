import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { BillingAttributes, BillingItem, BillingState } from './billing';

const customerIndex = 'ByStripeCustomerId';

/** Attribute that holds the state which the plain attributes follow from. Inferred name, new with this version. */
const stateAttribute = 'stripeBilling';
/** Counts the writes of this function: the condition of each write is that nobody wrote in between. */
const revisionAttribute = 'stripeBillingRevision';

const readAttributes = [
  'subscriptionStatus',
  'subscriptionTier',
  'stripeSubscriptionId',
  'stripeCustomerId',
  stateAttribute,
  revisionAttribute,
] as const;

export interface VersionedItem extends BillingItem {
  readonly revision?: number;
}

export class UsersTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** Users that have this customer id: none, one, or two where the table holds more than one. */
  async usersOfCustomer(customerId: string): Promise<string[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        IndexName: customerIndex,
        KeyConditionExpression: 'stripeCustomerId = :customer',
        ProjectionExpression: 'userId',
        ExpressionAttributeValues: { ':customer': customerId },
        Limit: 2,
      }),
    );
    return Items.map(({ userId }) => userId as string);
  }

  async read(userId: string): Promise<VersionedItem> {
    const { Item = {} } = await this.client.send(
      new GetCommand({
        TableName: this.tableName,
        Key: { userId },
        ConsistentRead: true,
        ProjectionExpression: readAttributes.join(', '),
      }),
    );
    const { [stateAttribute]: state, [revisionAttribute]: revision, ...attributes } = Item;
    return { ...attributes, state, revision };
  }

  /** @returns false when another event of the same user was written since `revision` was read. */
  async write(
    userId: string,
    revision: number | undefined,
    state: BillingState,
    attributes: BillingAttributes,
  ): Promise<boolean> {
    const values: Record<string, unknown> = {
      ...attributes,
      [stateAttribute]: state,
      [revisionAttribute]: (revision ?? 0) + 1,
    };
    const present = Object.keys(values).filter((name) => values[name] !== undefined);
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { userId },
          UpdateExpression: `SET ${present.map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression:
            revision === undefined ? `attribute_not_exists(#${revisionAttribute})` : `#${revisionAttribute} = :read`,
          ExpressionAttributeNames: Object.fromEntries(present.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(present.map((name) => [`:${name}`, values[name]])),
            ...(revision === undefined ? {} : { ':read': revision }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}
