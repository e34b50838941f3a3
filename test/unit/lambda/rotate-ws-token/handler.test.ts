import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { jwtVerify } from 'jose';
import { handler } from '../../../../lambda/rotate-ws-token/handler';
import { captureOutput, contextWith } from '../support/invocation';

const signingKey = 'a-signing-key-of-at-least-32-bytes!';
const configuration = {
  AGENT_ID: 'huntaze-of-scrap',
  CLUSTER: 'huntaze-cluster',
  SERVICE: 'onlyfans-scraper',
  SECRET_ID: 'onlyfans-ws',
  TTL_SECONDS: '900',
  WS_JWT_SECRET: 'huntaze/ws-signing-key',
};
const event = { id: 'event-1' };
const realEnvironment = process.env;

const secrets = mockClient(SecretsManagerClient);
const ecs = mockClient(ECSClient);
let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  process.env = { ...realEnvironment, ...configuration };
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: signingKey });
  secrets.on(PutSecretValueCommand).resolves({ VersionId: 'version-1' });
  ecs.reset();
  ecs.on(UpdateServiceCommand).resolves({});
  output = captureOutput();
});

afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

const writtenToken = (): string =>
  JSON.parse(secrets.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretString ?? '{}').token;

const expectNothingWritten = (): void => {
  expect(secrets.commandCalls(PutSecretValueCommand)).toHaveLength(0);
  expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(0);
};

test('writes a signed token, then forces a new deployment', async () => {
  const before = Math.floor(Date.now() / 1000);
  const result = await handler(event, contextWith());
  expect(result).toEqual({ status: 'ok', rotatedAt: expect.any(Number) });
  expect(result.rotatedAt - before).toBeLessThan(5);

  expect(secrets.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({ SecretId: 'huntaze/ws-signing-key' });
  expect(secrets.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretId).toBe('onlyfans-ws');
  const { payload, protectedHeader } = await jwtVerify(writtenToken(), new TextEncoder().encode(signingKey));
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(payload).toEqual({ agentId: 'huntaze-of-scrap', iat: result.rotatedAt, exp: result.rotatedAt + 900 });
  expect(ecs.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({
    cluster: 'huntaze-cluster',
    service: 'onlyfans-scraper',
    forceNewDeployment: true,
  });
});

test('a token is valid for an hour by default', async () => {
  process.env = { ...process.env, TTL_SECONDS: undefined };
  const { rotatedAt } = await handler(event, contextWith());
  const { payload } = await jwtVerify(writtenToken(), new TextEncoder().encode(signingKey));
  expect(payload.exp).toBe(rotatedAt + 3600);
});

describe('throws before anything is written when', () => {
  test.each(Object.keys(configuration).filter((name) => name !== 'TTL_SECONDS'))('%s is missing', async (name) => {
    process.env = { ...process.env, [name]: '' };
    await expect(handler(event, contextWith())).rejects.toThrow(name);
    expectNothingWritten();
  });

  test.each(['0', '-5', '1.5', 'an hour', '9999999999'])('the time to live is %s', async (ttl) => {
    process.env = { ...process.env, TTL_SECONDS: ttl };
    await expect(handler(event, contextWith())).rejects.toThrow(`got: ${ttl}`);
    expectNothingWritten();
  });

  test('the signing secret is empty', async () => {
    secrets.on(GetSecretValueCommand).resolves({});
    await expect(handler(event, contextWith())).rejects.toThrow(/WS_JWT_SECRET names holds no text/);
    expectNothingWritten();
  });

  test('the signing secret cannot be read, and neither value nor message of the refusal leaks', async () => {
    process.env = { ...process.env, WS_JWT_SECRET: 'the-key-itself-as-before-the-port' };
    secrets.on(GetSecretValueCommand).rejects(
      Object.assign(new Error('not authorized on the-key-itself-as-before-the-port'), {
        name: 'AccessDeniedException',
      }),
    );
    const error = await handler(event, contextWith()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining('got: AccessDeniedException') });
    expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack} ${output.text()}`).not.toContain(
      'the-key-itself',
    );
    expectNothingWritten();
  });
});

test('a failed deployment raises after the secret was written, and a retry puts all right', async () => {
  ecs
    .on(UpdateServiceCommand)
    .rejectsOnce(Object.assign(new Error('busy'), { name: 'ServerException' }))
    .resolves({});
  await expect(handler(event, contextWith())).rejects.toThrow('busy');
  expect(secrets.commandCalls(PutSecretValueCommand)).toHaveLength(1);
  expect(await handler(event, contextWith())).toMatchObject({ status: 'ok' });
  expect(secrets.commandCalls(PutSecretValueCommand)).toHaveLength(2);
});

test('no service is restarted when the secret cannot be written', async () => {
  secrets.on(PutSecretValueCommand).rejects(new Error('throttled'));
  await expect(handler(event, contextWith())).rejects.toThrow('throttled');
  expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(0);
});

test.each([
  ['short', 'short-key', ['WARN', 'INFO', 'INFO']],
  ['sound', signingKey, ['INFO', 'INFO']],
])('logs of a %s key hold neither key nor token, and carry the correlation id', async (_, key, levels) => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: key });
  await handler(event, contextWith());
  const lines = output.lines();
  expect(lines.map(({ level }) => level)).toEqual(levels);
  expect(lines.every(({ correlation_id }) => correlation_id === 'event-1')).toBe(true);
  expect(output.text()).not.toContain(key);
  for (const part of writtenToken().split('.')) expect(output.text()).not.toContain(part);
});
