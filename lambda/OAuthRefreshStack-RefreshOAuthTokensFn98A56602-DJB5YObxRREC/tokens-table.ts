import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Token, tokenSchema } from '../shared/publishing/tokens';
import type { FreshToken, Provider } from './providers';

const expiryIndex = 'byExpiry';
const pageSize = 100;
/** Pages of one run: a run has two minutes, and the next one comes in fifteen. */
const mostPages = 10;
/** Seconds within which nobody else refreshes the same token: longer than the function's timeout. */
const leaseSeconds = 150;

export interface DueTokens {
  readonly userIds: readonly string[];
  /** True when the index is not there and a bounded scan took its place. */
  readonly scanned: boolean;
}

/**
 * The tokens table. New attributes of this version: `refreshLeaseUntil` (seconds since 1970), and `refusedExpiry`, the
 * `expiresAt` of a token that its provider refused to refresh.
 */
export class TokensTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly now: () => number,
  ) {}

  /** Users whose token expires at `before` (seconds since 1970) at the latest, the most urgent first. */
  async due(provider: Provider, before: number): Promise<DueTokens> {
    try {
      return { userIds: await this.query(provider, before), scanned: false };
    } catch (error) {
      // The answer to a query on an index that is not there, or is being built.
      if (error instanceof Error && ['ValidationException', 'ResourceNotFoundException'].includes(error.name)) {
        return { userIds: await this.scan(provider, before), scanned: true };
      }
      throw error;
    }
  }

  /**
   * Takes a due token for refreshing. Two refreshes of one token at a time are worse than none: a provider that hands out
   * a new refresh token takes the old one back.
   * @returns undefined when it is not due any more, was refused as it is, or another run has it.
   */
  async take(provider: Provider, userId: string, before: number): Promise<Token | undefined> {
    const Key = { userId, provider };
    const { Item } = await this.client.send(new GetCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
    const token = tokenSchema.safeParse(Item).data;
    if (!token?.expiresAt || token.expiresAt > before || Item?.refusedExpiry === token.expiresAt) return undefined;
    const now = Math.floor(this.now() / 1000);
    const taken = await this.update(
      token,
      'SET refreshLeaseUntil = :until',
      { ':until': now + leaseSeconds, ':now': now },
      ' AND (attribute_not_exists(refreshLeaseUntil) OR refreshLeaseUntil < :now)',
    );
    return taken ? token : undefined;
  }

  /**
   * Writes a fresh token over the one that it was made from.
   * @returns false when that one is no longer there: what is there instead is newer, and stays.
   */
  async replace(before: Token, fresh: FreshToken): Promise<boolean> {
    const now = Math.floor(this.now() / 1000);
    const values = {
      accessToken: fresh.accessToken,
      expiresAt: now + fresh.expiresIn,
      updatedAt: new Date(this.now()).toISOString(),
      ...(fresh.refreshToken && { refreshToken: fresh.refreshToken }),
      ...(fresh.refreshExpiresIn && { refreshExpiresAt: now + fresh.refreshExpiresIn }),
      ...(fresh.scope && { scope: fresh.scope }),
    };
    const names = Object.keys(values);
    return this.update(
      before,
      `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} REMOVE refreshLeaseUntil, refusedExpiry`,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      '',
      Object.fromEntries(names.map((name) => [`#${name}`, name])),
    );
  }

  /** Lets go of a token; one that its provider refused is left alone until somebody connects the account again. */
  async release(token: Token, refused: boolean): Promise<void> {
    await (refused
      ? this.update(token, 'SET refusedExpiry = :expiry REMOVE refreshLeaseUntil', { ':expiry': token.expiresAt })
      : this.update(token, 'REMOVE refreshLeaseUntil', {}));
  }

  private async query(provider: Provider, before: number): Promise<string[]> {
    const userIds: string[] = [];
    let start: Record<string, unknown> | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          IndexName: expiryIndex,
          KeyConditionExpression: '#provider = :provider AND expiresAt <= :before',
          ProjectionExpression: 'userId',
          ExpressionAttributeNames: { '#provider': 'provider' },
          ExpressionAttributeValues: { ':provider': provider, ':before': before },
          Limit: pageSize,
          ExclusiveStartKey: start,
        }),
      );
      userIds.push(...Items.map(({ userId }) => userId as string));
      start = LastEvaluatedKey;
      if (!start) break;
    }
    return userIds;
  }

  private async scan(provider: Provider, before: number): Promise<string[]> {
    const found: { userId: string; expiresAt: number }[] = [];
    let start: Record<string, unknown> | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new ScanCommand({
          TableName: this.tableName,
          FilterExpression: '#provider = :provider AND expiresAt <= :before',
          ProjectionExpression: 'userId, expiresAt',
          ExpressionAttributeNames: { '#provider': 'provider' },
          ExpressionAttributeValues: { ':provider': provider, ':before': before },
          Limit: pageSize,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...(Items as typeof found));
      start = LastEvaluatedKey;
      if (!start) break;
    }
    return found.sort((a, b) => a.expiresAt - b.expiresAt).map(({ userId }) => userId);
  }

  /** Changes the item on condition that it still holds the token that was read. */
  private async update(
    { userId, provider, accessToken, expiresAt }: Token,
    expression: string,
    values: Record<string, unknown>,
    condition = '',
    names: Record<string, string> = {},
  ): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { userId, provider },
          UpdateExpression: expression,
          ConditionExpression: `accessToken = :readToken AND expiresAt = :readExpiry${condition}`,
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
          ExpressionAttributeValues: { ...values, ':readToken': accessToken, ':readExpiry': expiresAt },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}
