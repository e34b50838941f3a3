import type { SimpleFetcher } from 'aws-jwt-verify/https';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { captureOutput, contextWith } from '../support/invocation';
import { createPool, idClaims, secondsFromNow, type TestPool, userPoolClientId, userPoolId } from './pool';

type Handler = typeof import('../../../../lambda/huntaze-jwt-authorizer/handler').handler;

const realEnvironment = process.env;
let pool: TestPool;
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  pool = await createPool();
});
beforeEach(() => {
  process.env = { ...realEnvironment, USER_POOL_ID: userPoolId, USER_POOL_CLIENT_ID: userPoolClientId };
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  jest.restoreAllMocks();
  process.env = realEnvironment;
});

/** The handler as a fresh container loads it, with Cognito's answer in the place of the network. */
function load(fetch: (uri: string) => Promise<ArrayBuffer> = async () => asBytes(pool.keySet)): Handler {
  jest.resetModules();
  const https = jest.requireActual<{ SimpleFetcher: typeof SimpleFetcher }>('aws-jwt-verify/https');
  jest.spyOn(https.SimpleFetcher.prototype, 'fetch').mockImplementation(fetch);
  return jest.requireActual<{ handler: Handler }>('../../../../lambda/huntaze-jwt-authorizer/handler').handler;
}

const asBytes = (value: unknown): ArrayBuffer => new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer;
const eventWith = (token: string) =>
  ({
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/users',
    headers: { Authorization: `Bearer ${token}` },
    requestContext: { requestId: 'gateway-1' },
  }) as unknown as APIGatewayRequestAuthorizerEvent;

test('allows, and keeps the key set for the next invocation', async () => {
  const uris: string[] = [];
  const handler = load(async (uri) => {
    uris.push(uri);
    return asBytes(pool.keySet);
  });
  expect((await handler(eventWith(await pool.sign()), contextWith())).principalId).toBe('sub-1');
  expect((await handler(eventWith(await pool.sign(idClaims)), contextWith())).principalId).toBe('sub-1');
  expect(uris).toHaveLength(1);
});

describe('throws the one error that API Gateway turns into a 401 when', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['the token is expired', () => pool.sign({ exp: secondsFromNow(-1) }), 'JwtExpiredError'],
    ['the token is for another client', () => pool.sign({ client_id: 'other' }), 'CognitoJwtInvalidClientIdError'],
    ['there is no token', async () => '', 'MissingTokenError'],
  ])('%s', async (_, make, reason) => {
    const token = await make();
    await expect(load()(eventWith(token), contextWith())).rejects.toThrow(/^Unauthorized$/);
    expect(output.lines()).toMatchObject([{ level: 'INFO', correlation_id: 'gateway-1', reason }]);
    if (token) for (const part of token.split('.')) expect(output.text()).not.toContain(part);
  });

  test('the key set cannot be had: that is no fault of the caller, and logged as ours', async () => {
    const handler = load(() => Promise.reject(new Error('network')));
    await expect(handler(eventWith(await pool.sign()), contextWith())).rejects.toThrow(/^Unauthorized$/);
    expect(output.lines()).toMatchObject([{ level: 'ERROR', correlation_id: 'gateway-1' }]);
  });
});

describe('fails at load when', () => {
  test.each([
    ['the pool is missing', { USER_POOL_ID: '' }, /USER_POOL_ID/],
    ['the client is missing', { USER_POOL_CLIENT_ID: undefined }, /USER_POOL_CLIENT_ID/],
    ['the pool is malformed', { USER_POOL_ID: 'pool' }, /User Pool ID/],
  ])('%s', (_, change, message) => {
    process.env = { ...process.env, ...change };
    expect(() => load()).toThrow(message);
  });
});
