import { Logger } from '@aws-lambda-powertools/logger';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { environment as names } from '../../lib/estate/environment';
import { callLimits } from '../shared/clients';
import { beginInvocation } from '../shared/invocation';
import { readConfiguration } from './configuration';
import { signToken } from './token';

/** Bytes below which an HS256 key is weaker than its hash (RFC 7518, section 3.2). */
const soundKeyBytes = 32;

export interface RotationResult {
  readonly status: 'ok';
  /** Seconds since 1970. */
  readonly rotatedAt: number;
}

const logger = new Logger({ serviceName: 'rotate-ws-token' });
const secrets = new SecretsManagerClient(callLimits);
const ecs = new ECSClient(callLimits);

/**
 * Writes a fresh socket token to its secret and restarts the service that reads it at start-up.
 *
 * When the restart fails the secret already holds the new token: the error goes up, Lambda and EventBridge try again, and
 * a repetition writes one more token and asks for one more deployment, both harmless. Until one succeeds, the running
 * tasks go on with the token that they have.
 *
 * @throws Error when configuration or signing key is missing, before anything is written.
 */
export async function handler(event: { readonly id?: string } | undefined, context: Context): Promise<RotationResult> {
  beginInvocation(logger, event, context);
  const { cluster, service, secretId, signingSecretName, ...claims } = readConfiguration(process.env);
  const signingKey = await readSigningKey(signingSecretName);

  const rotatedAt = Math.floor(Date.now() / 1000);
  const token = await signToken({ ...claims, issuedAt: rotatedAt }, signingKey);
  const { VersionId } = await secrets.send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify({ token }) }),
  );
  logger.info('wrote token', { secretId, versionId: VersionId, expiresAt: rotatedAt + claims.ttlSeconds });

  await ecs.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
  logger.info('forced a new deployment', { deployment: `${cluster}/${service}` });
  return { status: 'ok', rotatedAt };
}

/**
 * Neither the variable's value nor the service's message is repeated in an error: where the variable still holds the key
 * itself, as it did before the port, both would put it into the log.
 */
async function readSigningKey(secretName: string): Promise<string> {
  const variable = names.rotateWsToken.signingSecretName;
  const signingKey = await secrets.send(new GetSecretValueCommand({ SecretId: secretName })).then(
    ({ SecretString }) => SecretString,
    (error: unknown) => {
      throw new Error(
        `The secret that ${variable} names cannot be read, got: ${error instanceof Error ? error.name : 'unknown error'}. ` +
          'Set the variable to the name of an existing secret, and let the function read it.',
      );
    },
  );
  if (!signingKey) {
    throw new Error(
      `The secret that ${variable} names holds no text, got an empty value. Put the signing key into it.`,
    );
  }
  if (Buffer.byteLength(signingKey) < soundKeyBytes) {
    logger.warn('the signing key is short for HS256: put one of at least 32 bytes into the secret', { variable });
  }
  return signingKey;
}
