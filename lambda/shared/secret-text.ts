import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorName } from './error-name';

/**
 * Text of a secret, read at run time.
 *
 * Neither the name nor the service's message is repeated in an error: where the variable still holds the value itself, as
 * it did before the port, both would put it into the log.
 *
 * @param variable environment variable that names the secret.
 * @throws Error when the secret cannot be read or holds no text.
 */
export async function readSecretText(
  client: SecretsManagerClient,
  secretName: string,
  variable: string,
): Promise<string> {
  const text = await client.send(new GetSecretValueCommand({ SecretId: secretName })).then(
    ({ SecretString }) => SecretString?.trim(),
    (error: unknown) => {
      throw new Error(
        `The secret that ${variable} names cannot be read, got: ${errorName(error)}. ` +
          'Set the variable to the name of an existing secret, and let the function read it.',
      );
    },
  );
  if (!text) {
    throw new Error(
      `The secret that ${variable} names holds no text, got an empty value. Put the value into the secret.`,
    );
  }
  return text;
}
