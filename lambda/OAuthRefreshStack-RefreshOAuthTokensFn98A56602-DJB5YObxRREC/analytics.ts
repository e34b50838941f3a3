import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Provider } from './providers';
import type { ProviderCounts } from './refresh';

const timeToLiveSeconds = 60 * 24 * 3600;

/** Puts one event per provider and run: `day` and `sk` are the key that the deployed function writes. */
export async function putRefreshEvent(
  client: DynamoDBDocumentClient,
  tableName: string,
  { provider, runId, at, counts }: { provider: Provider; runId: string; at: Date; counts: ProviderCounts },
): Promise<void> {
  const time = at.toISOString();
  await client.send(
    new PutCommand({
      TableName: tableName,
      Item: {
        day: time.slice(0, 10),
        sk: `${time}#oauth-refresh#${provider}#${runId}`,
        type: 'oauth_refresh',
        provider,
        at: time,
        ...counts,
        ttl: Math.floor(at.getTime() / 1000) + timeToLiveSeconds,
      },
    }),
  );
}
