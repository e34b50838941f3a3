import { GetWebIdentityTokenCommand, type STSClient } from '@aws-sdk/client-sts';
import { tokenExchange } from '../estate/hybrid';

/**
 * A token in which AWS says which role this process runs as. Outbound federation must be on for the account, and the
 * role may call `sts:GetWebIdentityToken` for this audience.
 */
export function webIdentityTokens(client: STSClient): () => Promise<string> {
  const { audience, signingAlgorithm, durationSeconds } = tokenExchange;
  return async () => {
    const { WebIdentityToken } = await client.send(
      new GetWebIdentityTokenCommand({
        Audience: [audience],
        SigningAlgorithm: signingAlgorithm,
        DurationSeconds: durationSeconds,
      }),
    );
    if (!WebIdentityToken) throw new Error('STS gave no web identity token, got an empty answer.');
    return WebIdentityToken;
  };
}
