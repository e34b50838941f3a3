import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretTarget } from '../aws/secret-document';
import { readSecret } from './control';
import { embeddedOptions } from './embedded/options';

/** Where the applications of a rehearsal read which server to use: a file, or a secret of the embedded AWS. */
export type SecretPlace =
  | { readonly file: string }
  | { readonly awsUrl: string; readonly account: string; readonly region: string; readonly name: string };

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** How an application finds its server. Callers of one moment share one request. */
export function locator(place: SecretPlace): () => Promise<ServerAddress> {
  if ('file' in place) return async () => readSecret(place.file);
  let client: SecretsManagerClient | undefined;
  let asked: Promise<ServerAddress> | undefined;
  const ask = async (): Promise<ServerAddress> => {
    // Loaded here alone: most rehearsals read a file, and start a process for each load.
    const sdk = require('@aws-sdk/client-secrets-manager') as typeof import('@aws-sdk/client-secrets-manager');
    client ??= new sdk.SecretsManagerClient(embeddedOptions(place));
    const { SecretString = '' } = await client.send(new sdk.GetSecretValueCommand({ SecretId: place.name }));
    return secretTarget(SecretString, place.name);
  };
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}
