import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { environment as names } from '../../../estate/environment';
import { functionRow, invoke, literalOf } from '../functions';
import { until } from '../patience';
import type { Story } from '../scene';

const providers = ['instagram', 'reddit', 'tiktok'] as const;

export const oauthRefresh: Story = {
  title: 'Tokens that expire soon are refreshed at their platforms',
  async tell(scene, fact) {
    const refresh = functionRow('OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC');
    const TableName = literalOf(refresh, names.oauthRefresh.tokensTable);
    const userId = `rehearsal-${randomUUID()}`;
    const expiresAt = Math.floor(Date.now() / 1000) + 300;
    for (const provider of providers) {
      const Item = { userId, provider, accessToken: `old-${provider}`, refreshToken: `refresh-${provider}`, expiresAt };
      await scene.dynamo.send(new PutCommand({ TableName, Item }));
    }

    await invoke(scene, refresh.name, { providers });
    for (const provider of providers) {
      const Key = { userId, provider };
      // The schedule may have been faster, and be at it still.
      const token = await until(`the token for ${provider} is another`, async () => {
        const { Item } = await scene.dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
        return Item?.accessToken !== `old-${provider}` && Item;
      });
      const hours = Math.floor((token.expiresAt - expiresAt) / 3600);
      assert.ok(hours >= 23, `the new token for ${provider} is good for ${hours} hours more`);
      fact(`${provider}: a new token, good for ${hours} hours more`);
    }
  },
};
