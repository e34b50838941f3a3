import { type Jwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createAuthorizer } from '../../../../lambda/huntaze-jwt-authorizer/authorizer';
import { createPool, idClaims, secondsFromNow, type TestPool, userPoolClientId, userPoolId } from './pool';

let pool: TestPool;
let stranger: TestPool;
let fetched: string[];
let keySet: Jwks;
beforeAll(async () => {
  [pool, stranger] = await Promise.all([createPool(), createPool()]);
});
beforeEach(() => {
  fetched = [];
  keySet = pool.keySet;
});

const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:mmctt4ftb5/prod/GET/users';

function authorizer() {
  const cache = new SimpleJwksCache({
    fetcher: {
      fetch: async (uri: string) => {
        fetched.push(uri);
        return new TextEncoder().encode(JSON.stringify(keySet)).buffer;
      },
    },
  });
  return createAuthorizer({ userPoolId, userPoolClientId }, cache);
}

const eventWith = (headers: Record<string, string> | null): APIGatewayRequestAuthorizerEvent =>
  ({ type: 'REQUEST', methodArn, headers }) as APIGatewayRequestAuthorizerEvent;
const bearer = (token: string) => eventWith({ Authorization: `Bearer ${token}` });

test('an access token opens the called method', async () => {
  expect(await authorizer()(bearer(await pool.sign()))).toEqual({
    principalId: 'sub-1',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: {
      sub: 'sub-1',
      username: 'user-1',
      scope: 'openid profile',
      groups: 'creators,beta',
      token_use: 'access',
    },
  });
});

test('an id token does too, with what it knows', async () => {
  const { context } = await authorizer()(bearer(await pool.sign(idClaims)));
  expect(context).toEqual({
    sub: 'sub-1',
    username: 'user-1',
    email: 'user-1@example.com',
    groups: 'creators,beta',
    token_use: 'id',
  });
});

test('without sub, the user name is the principal; what is absent stays out of the context', async () => {
  const token = await pool.sign({ sub: undefined, scope: undefined, 'cognito:groups': undefined });
  expect(await authorizer()(bearer(token))).toMatchObject({
    principalId: 'user-1',
    context: { username: 'user-1', token_use: 'access' },
  });
});

test.each([
  ['authorization', 'bearer'],
  ['AUTHORIZATION', 'BEARER'],
  ['Authorization', 'Bearer  '],
])('the header is taken in any letter case: %s: %s …', async (name, scheme) => {
  const event = eventWith({ [name]: `${scheme} ${await pool.sign()}` });
  expect((await authorizer()(event)).principalId).toBe('sub-1');
});

describe('throws when', () => {
  const tampered = async () => {
    const [header, , signature] = (await pool.sign()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...JSON.parse(payloadOf(await pool.sign())), sub: 'admin' }));
    return [header, payload.toString('base64url'), signature].join('.');
  };
  const unsigned = async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    return `${header}.${(await pool.sign()).split('.')[1]}.`;
  };
  const hmac = async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'key-1' })).toString('base64url');
    return [header, ...(await pool.sign()).split('.').slice(1)].join('.');
  };

  test.each<[string, () => Promise<string>, string]>([
    ['the issuer is another pool', () => pool.sign({ iss: issuerOf('us-east-1_Other') }), 'ParameterValidationError'],
    ['the issuer is missing', () => pool.sign({ iss: undefined }), 'ParameterValidationError'],
    [
      'an access token is for another client',
      () => pool.sign({ client_id: 'other' }),
      'CognitoJwtInvalidClientIdError',
    ],
    [
      'an id token is for another audience',
      () => pool.sign({ ...idClaims, aud: 'other' }),
      'CognitoJwtInvalidClientIdError',
    ],
    ['its use is neither of both', () => pool.sign({ token_use: 'refresh' }), 'CognitoJwtInvalidTokenUseError'],
    ['its use is missing', () => pool.sign({ token_use: undefined }), 'CognitoJwtInvalidTokenUseError'],
    ['it names no algorithm (alg none)', unsigned, 'JwtParseError'],
    ['it names a symmetric algorithm', hmac, 'JwtInvalidSignatureAlgorithmError'],
    ['it is expired', () => pool.sign({ exp: secondsFromNow(-1) }), 'JwtExpiredError'],
    ['it is not yet valid', () => pool.sign({ nbf: secondsFromNow(60) }), 'JwtNotBeforeError'],
    ['its key is unknown', () => pool.sign({}, { kid: 'key-2' }), 'KidNotFoundInJwksError'],
    ['its payload was tampered with', tampered, 'JwtInvalidSignatureError'],
    ['it was signed by a stranger with the same key id', () => stranger.sign(), 'JwtInvalidSignatureError'],
    ['it is no token', async () => 'abc', 'JwtParseError'],
  ])('%s', async (_, make, error) => {
    const refusal = await authorizer()(bearer(await make())).catch((reason: Error) => reason.constructor.name);
    expect(refusal).toBe(error);
  });

  test.each([
    ['there are no headers', null],
    ['there is no Authorization header', { Accept: '*/*' }],
    ['it is empty', { Authorization: '' }],
    ['it holds no token', { Authorization: 'Bearer ' }],
    ['its scheme is another one', { Authorization: 'Basic dXNlcjpwYXNz' }],
    ['it holds more than a token', { Authorization: 'Bearer a b' }],
  ])('%s', async (_, headers) => {
    await expect(authorizer()(eventWith(headers))).rejects.toThrow('no bearer token');
    expect(fetched).toEqual([]);
  });
});

describe('the key set', () => {
  test('is fetched once for many invocations', async () => {
    const authorize = authorizer();
    for (let n = 0; n < 5; n += 1) await authorize(bearer(await pool.sign()));
    expect(fetched).toEqual([`${issuerOf(userPoolId)}/.well-known/jwks.json`]);
  });

  test('is fetched again for a new key of the pool', async () => {
    const authorize = authorizer();
    await authorize(bearer(await pool.sign()));
    const rotated = await createPool('key-2');
    keySet = { keys: [...pool.keySet.keys, ...rotated.keySet.keys] };
    expect((await authorize(bearer(await rotated.sign()))).principalId).toBe('sub-1');
    expect(fetched).toHaveLength(2);
  });

  test('is not fetched for each of many tokens with made-up key ids', async () => {
    const authorize = authorizer();
    await authorize(bearer(await pool.sign()));
    for (let n = 0; n < 20; n += 1) {
      await expect(authorize(bearer(await stranger.sign({}, { kid: `made-up-${n}` })))).rejects.toThrow();
    }
    expect(fetched.length).toBeLessThanOrEqual(2);
  });
});

const issuerOf = (pool: string) => `https://cognito-idp.us-east-1.amazonaws.com/${pool}`;
const payloadOf = (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
