import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { providerKeySecrets } from '../estate/hybrid';
import type { FallbackProvider } from '../estate/hybrid-settings';
import type { Clock } from './clock';
import { ProviderError } from './errors';

/** Milliseconds for which a key is kept: a rotated one is in use everywhere after that. */
const lifetime = 300_000;

/** Keys of the providers of today, read from their secrets when they are needed and never before. */
export function providerKeys(
  client: SecretsManagerClient,
  clock: Clock,
): (provider: FallbackProvider) => Promise<string> {
  const known = new Map<FallbackProvider, { readonly key: string; readonly until: number }>();
  return async (provider) => {
    const kept = known.get(provider);
    if (kept && clock.now() < kept.until) return kept.key;
    const key = await read(client, provider);
    known.set(provider, { key, until: clock.now() + lifetime });
    return key;
  };
}

async function read(client: SecretsManagerClient, provider: FallbackProvider): Promise<string> {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: providerKeySecrets[provider] }))
    .catch(() => ({ SecretString: undefined }));
  const key = SecretString?.trim();
  // To the caller, a key that cannot be read is a provider that does not answer: the next one is asked.
  if (!key) throw new ProviderError(provider, 'refused', { code: 'no-key' });
  return key;
}
