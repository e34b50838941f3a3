import { randomBytes } from 'node:crypto';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { tasks } from '../estate/compute';
import { providerKeySecrets } from '../estate/hybrid';
import { buckets } from '../estate/storage';
import { referencedSecrets, requiredParameterName, requiredParameters, secrets } from '../estate/support';
import type { Emulator } from './emulator';

type ClientOptions = ReturnType<Emulator['clientOptions']>;

/** Values that only an account knows, made up for one rehearsal. */
export interface RehearsalValues {
  /** By the key of `requiredParameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By the name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
}

export const stripeBusKey = 'stripe/event-bus-name';
export const userPoolKey = 'authorizer/user-pool-id';
export const userPoolClientKey = 'authorizer/client-id';
export const authorizedApiKey = 'authorizer/api-id';
export const uploadBucketKey = 'publishers/upload-bucket';
export const agentIdKey = 'rotate-ws-token/agent-id';
export const signingKeySecret = 'huntaze/ws-token-signing-key';

const password = () => randomBytes(24).toString('base64url');

/** Fresh values: none of them is worth anything outside the rehearsal. */
export const makeRehearsalValues = (): RehearsalValues => ({
  parameters: {
    'scraper/ws-url': 'wss://rehearsal.invalid/socket',
    'scraper/result-bucket': 'rehearsal-results',
    'ai-summarizer/llm-provider': 'azure',
    [agentIdKey]: 'rehearsal-agent',
    'publishers/enabled': 'true',
    [uploadBucketKey]: 'rehearsal-uploads',
    'publishers/reddit-default-subreddit': 'rehearsal',
    // Nothing listens there: the traffic points the function at a local server, until then it reaches nobody.
    'publishers/tiktok-base': 'http://127.0.0.1:9',
    'publishers/tiktok-mode': 'upload',
    'oauth/reddit-user-agent': 'rehearsal',
    [userPoolKey]: 'us-east-1_Rehearsal',
    [userPoolClientKey]: 'rehearsalclientid0000000000',
    [authorizedApiKey]: 'rehearsal1',
    // Partner buses are named after their partner; only such a name shows that rule and policy cope with its slashes.
    [stripeBusKey]: 'aws.partner/stripe.com/ed_test_rehearsal',
  },
  secrets: {
    'onlyfans-ws': JSON.stringify({ token: 'not rotated yet' }),
    'huntaze/database': `postgresql://postgres:${password()}@rehearsal.invalid:5432/huntaze`,
    'huntaze-db-password-production': password(),
    'huntaze/oauth/reddit': JSON.stringify({ clientId: 'rehearsal', clientSecret: password() }),
    'huntaze/oauth/tiktok': JSON.stringify({ clientKey: 'rehearsal', clientSecret: password() }),
    [signingKeySecret]: randomBytes(32).toString('base64url'),
    ...Object.fromEntries(Object.values(providerKeySecrets).map((name) => [name, password()])),
  },
});

/**
 * Makes what the stacks find in a real account: parameters, the partner bus, secrets and the key of other owners.
 *
 * @throws when the inventory requires a parameter that the rehearsal has no value for
 */
export async function seedPrerequisites(options: ClientOptions, values: RehearsalValues): Promise<void> {
  const ssm = new SSMClient(options);
  for (const { key } of requiredParameters) {
    const Value = neededValue(values.parameters, key, 'Deploy-time parameter');
    await ssm.send(new PutParameterCommand({ Name: requiredParameterName(key), Value, Type: 'String' }));
  }
  const bus = neededValue(values.parameters, stripeBusKey, 'Deploy-time parameter');
  await new EventBridgeClient(options).send(new CreateEventBusCommand({ Name: bus, EventSourceName: bus }));
  await seedReferencedSecrets(options);
  await seedKeyAliases(options);
}

/**
 * Puts values into the secrets that the secrets stack made empty, before another stack reads them.
 *
 * @throws when the inventory has a secret that the rehearsal has no value for
 */
export async function seedSecretValues(options: ClientOptions, values: RehearsalValues): Promise<void> {
  const client = new SecretsManagerClient(options);
  for (const { name } of secrets) {
    const SecretString = neededValue(values.secrets, name, 'Secret');
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
  }
}

async function seedReferencedSecrets(options: ClientOptions): Promise<void> {
  const client = new SecretsManagerClient(options);
  const sources = tasks.flatMap((task) => Object.values(task.variables));
  for (const name of referencedSecrets) {
    const keys = sources.flatMap((source) =>
      source.from === 'secret' && source.secret === name && source.jsonKey ? [source.jsonKey] : [],
    );
    const SecretString = JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'rehearsal'])));
    await client.send(new CreateSecretCommand({ Name: name, SecretString }));
  }
}

async function seedKeyAliases(options: ClientOptions): Promise<void> {
  const kms = new KMSClient(options);
  const aliases = new Set(
    buckets.flatMap(({ encryption }) => (encryption?.kind === 'sse-kms' ? [encryption.alias] : [])),
  );
  for (const AliasName of aliases) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: `Rehearsal: ${AliasName}` }));
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  }
}

function neededValue(values: Readonly<Record<string, string>>, key: string, kind: string): string {
  const value = values[key];
  if (value === undefined) {
    throw new Error(`${kind} has no value for a rehearsal, got: ${key}. Add it to lib/rehearsal/seed.ts.`);
  }
  return value;
}
