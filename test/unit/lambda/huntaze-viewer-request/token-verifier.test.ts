import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { SignJWT } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../../../../lambda/huntaze-viewer-request/token-verifier';
import { clientId, createUserPool, issuer, jwksUri, type UserPool, userPoolId } from '../support/user-pool';

const configuration = { region: 'us-east-1', userPoolId, clientId };
const now = Math.floor(Date.now() / 1000);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let pool: UserPool;
let verify: TokenVerifier;

beforeAll(async () => {
  pool = await createUserPool();
  const cache = new SimpleJwksCache();
  cache.addJwks(jwksUri, pool.jwks);
  verify = verifierWith(cache);
});

function verifierWith(cache: SimpleJwksCache): TokenVerifier {
  const verifier = createTokenVerifier(configuration, cache);
  if (!verifier) throw new Error('no verifier');
  return verifier;
}

test.each([
  ['access token', {}],
  ['id token', { token_use: 'id', aud: clientId, client_id: undefined }],
  ['not valid before a moment ago', { nbf: now - 5 }],
])('accepts: %s', async (_, claims) => {
  expect(await verify(await pool.token({ claims }))).toBe(true);
});

describe('refuses', () => {
  test.each([
    ['wrong issuer', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_OtherPool' }],
    ['no issuer', { iss: undefined }],
    ['wrong client of an access token', { client_id: 'other-client' }],
    ['wrong audience of an id token', { token_use: 'id', aud: 'other-client', client_id: undefined }],
    ['no audience', { token_use: 'id', client_id: undefined }],
    ['an id token that is told off as access token', { aud: 'other-client', client_id: 'other-client' }],
    ['another use', { token_use: 'refresh' }],
    ['expired', { exp: now - 1 }],
    ['not valid yet', { nbf: now + 300 }],
  ])('%s', async (_, claims) => {
    expect(await verify(await pool.token({ claims }))).toBe(false);
  });

  test('unknown key id', async () => {
    const cache = new SimpleJwksCache({
      fetcher: { fetch: async () => new TextEncoder().encode(JSON.stringify(pool.jwks)).buffer as ArrayBuffer },
    });
    expect(await verifierWith(cache)(await pool.token({ keyId: 'key-2' }))).toBe(false);
  });

  test('a signature by another key under a known key id', async () => {
    expect(await verify(await pool.token({ foreignKey: true }))).toBe(false);
  });

  test('tampered payload', async () => {
    const [header, payload = '', signature] = (await pool.token()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(await verify([header, base64({ ...claims, sub: 'admin' }), signature].join('.'))).toBe(false);
  });

  test('algorithm none, with and without a signature', async () => {
    const [, payload, signature] = (await pool.token()).split('.');
    const header = base64({ alg: 'none', kid: 'key-1' });
    expect(await verify(`${header}.${payload}.`)).toBe(false);
    expect(await verify(`${header}.${payload}.${signature}`)).toBe(false);
  });

  test('HS256 with the public key as secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(pool.jwks.keys[0]));
    const token = await new SignJWT({
      sub: 'user-1',
      token_use: 'access',
      client_id: clientId,
      iss: issuer,
      exp: now + 300,
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(secret);
    expect(await verify(token)).toBe(false);
  });

  test.each([
    ['ten characters, which used to be enough', '0123456789'],
    ['three parts of nothing', 'a.b.c'],
    ['empty parts', '..'],
    ['JSON that is no object', `${base64(null)}.${base64(null)}.x`],
  ])('%s', async (_, token) => {
    expect(await verify(token)).toBe(false);
  });
});

test.each([
  ['nothing', { region: 'us-east-1' }],
  ['no client', { region: 'us-east-1', userPoolId }],
  ['no pool', { region: 'us-east-1', clientId }],
])('there is no verifier with %s configured', (_, given) => {
  expect(createTokenVerifier(given)).toBeUndefined();
});

describe('key set', () => {
  let server: Server;
  let requests = 0;
  let status = 200;

  beforeAll(async () => {
    server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(pool.jwks));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(() => {
    requests = 0;
    status = 200;
  });

  /** A cache whose fetcher asks the local server instead of Cognito, of the same answers and errors. */
  const localCache = (): SimpleJwksCache =>
    new SimpleJwksCache({
      fetcher: {
        fetch: () =>
          new Promise((resolve, reject) => {
            get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, async (response) => {
              const chunks: Buffer[] = [];
              for await (const chunk of response) chunks.push(chunk);
              if (response.statusCode !== 200) reject(new TypeError(`status ${response.statusCode}`));
              else resolve(new Uint8Array(Buffer.concat(chunks)).buffer);
            }).on('error', reject);
          }),
      },
    });

  test('is fetched once for many tokens, also at the same time', async () => {
    const verifyFresh = verifierWith(localCache());
    const tokens = await Promise.all(Array.from({ length: 20 }, () => pool.token()));
    expect(await Promise.all(tokens.map(verifyFresh))).toEqual(tokens.map(() => true));
    expect(await verifyFresh(await pool.token())).toBe(true);
    expect(requests).toBe(1);
  });

  test('is not fetched again and again for unknown key ids', async () => {
    const verifyFresh = verifierWith(localCache());
    for (const keyId of ['x', 'y', 'z']) expect(await verifyFresh(await pool.token({ keyId }))).toBe(false);
    expect(requests).toBe(1);
    expect(await verifyFresh(await pool.token())).toBe(true);
  });

  test('that cannot be had is an error, not a refusal', async () => {
    status = 503;
    const verifyFresh = verifierWith(localCache());
    await expect(verifyFresh(await pool.token())).rejects.toThrow('status 503');
    status = 200;
    expect(await verifyFresh(await pool.token())).toBe(true);
  });
});
