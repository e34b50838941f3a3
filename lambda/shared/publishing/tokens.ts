import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Refused } from './failures';
import type { PublisherPlatform } from './post';

/**
 * Schema of the tokens table: one item per user (`userId`) and platform (`provider`). `provider` and `expiresAt` are
 * known from the index byExpiry; the other names are inferred, compare them with a live item.
 */
const text = z.nullish(z.string());

export const tokenSchema = z.object({
  userId: z.string(),
  provider: z.string(),
  accessToken: z.string(),
  refreshToken: text,
  /** Seconds since 1970. */
  expiresAt: z.nullish(z.number()),
  /** The user's id at the platform: of the Instagram business account, say. */
  accountId: text,
  /** The user's name at the platform. */
  username: text,
});

export type Token = z.infer<typeof tokenSchema>;

/** @throws Refused when the user has no token for the platform. */
export async function readToken(
  client: DynamoDBDocumentClient,
  tableName: string,
  { userId, provider }: { readonly userId: string; readonly provider: PublisherPlatform },
): Promise<Token> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { userId, provider }, ConsistentRead: true }),
  );
  if (!Item) {
    throw new Refused(
      `User ${userId} has no token for ${provider}, got no item. Let the user connect the account again.`,
      'no_token',
    );
  }
  return tokenSchema.parse(Item);
}
