import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { CloudFrontRequestEvent } from 'aws-lambda';
import type * as ViewerRequest from '../../../../lambda/huntaze-viewer-request/handler';
import { createTokenVerifier } from '../../../../lambda/huntaze-viewer-request/token-verifier';
import { plain, viewerRequest } from '../support/cloudfront';
import { captureOutput } from '../support/invocation';
import { clientId, createUserPool, jwksUri, type UserPool, userPoolId } from '../support/user-pool';

let createHandler: typeof ViewerRequest.createHandler;
let unconfigured: ViewerRequest.ViewerRequestHandler;
let handler: ViewerRequest.ViewerRequestHandler;
let pool: UserPool;
let token: string;
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  // The bundler puts this in; here the module is loaded as a build without a user pool.
  Object.assign(globalThis, { EDGE_CONFIGURATION: { region: 'us-east-1' } });
  ({ createHandler, handler: unconfigured } = jest.requireActual<typeof ViewerRequest>(
    '../../../../lambda/huntaze-viewer-request/handler',
  ));
  pool = await createUserPool();
  token = await pool.token();
  const cache = new SimpleJwksCache();
  cache.addJwks(jwksUri, pool.jwks);
  handler = createHandler(createTokenVerifier({ region: 'us-east-1', userPoolId, clientId }, cache));
});

beforeEach(() => {
  output = captureOutput();
});

afterEach(() => output.restore());

const status = async (event: CloudFrontRequestEvent, by = handler): Promise<string> => {
  const result = await by(event);
  return 'status' in result ? result.status : 'passed';
};

describe('token', () => {
  test.each([
    ['bearer', () => ({ Authorization: `Bearer ${token}` })],
    ['cookie', () => ({ Cookie: `theme=dark; auth_token=${token}` })],
  ])('a good one opens the site and goes to the origin: %s', async (_, headers) => {
    const result = await handler(viewerRequest('/dashboard', headers()));
    expect(plain(result.headers)).toMatchObject({ 'x-auth-token': token });
    expect(result).toHaveProperty('uri', '/dashboard');
  });

  test.each([
    ['none', {}, 'Authentication required'],
    ['ten characters', { Authorization: 'Bearer 0123456789' }, 'Invalid token'],
    ['ten characters in the cookie', { Cookie: 'auth_token=0123456789' }, 'Invalid token'],
    ['another scheme', { Authorization: 'Basic dXNlcjpwYXNz' }, 'Authentication required'],
  ])('refused with JSON: %s', async (_, headers, error) => {
    const result = await handler(viewerRequest('/dashboard', headers));
    expect(result).toMatchObject({ status: '401', statusDescription: 'Unauthorized', body: JSON.stringify({ error }) });
    expect(plain(result.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
    });
  });

  test('an expired one is refused', async () => {
    const expired = await pool.token({ claims: { exp: 1 } });
    expect(await status(viewerRequest('/dashboard', { Authorization: `Bearer ${expired}` }))).toBe('401');
  });

  test('what a viewer sends under the names of our own headers does not reach the origin', async () => {
    const forged = { 'X-Auth-Token': 'forged', 'X-Device-Type': 'toaster', 'X-Device': 'toaster', 'X-AB-Variant': 'Z' };
    const publicPage = plain((await handler(viewerRequest('/login', forged))).headers);
    expect(publicPage).toEqual({ 'x-device-type': 'desktop', 'x-ab-variant': expect.stringMatching(/^[AB]$/) });
    const page = plain((await handler(viewerRequest('/', { ...forged, Authorization: `Bearer ${token}` }))).headers);
    expect(page).toMatchObject({ 'x-auth-token': token, 'x-device-type': 'desktop' });
    expect(page).not.toHaveProperty('x-device');
  });

  test('an unverified token is not handed on from a public page', async () => {
    const result = await handler(viewerRequest('/login', { Authorization: 'Bearer 0123456789' }));
    expect(plain(result.headers)).not.toHaveProperty('x-auth-token');
  });
});

describe('paths', () => {
  test.each(['/login', '/register', '/public', '/public/a.png', '/api/health'])('open: %s', async (uri) => {
    expect(await status(viewerRequest(uri))).toBe('passed');
  });

  test.each(['/', '/loginx', '/publicity', '/public/../admin', '/public/%2e%2e/admin', '//login', '/login//'])(
    'closed: %s',
    async (uri) => {
      expect(await status(viewerRequest(uri))).toBe('401');
    },
  );
});

describe('without a user pool', () => {
  test('everything that is not public is refused, whatever the token', async () => {
    expect(await status(viewerRequest('/dashboard', { Authorization: `Bearer ${token}` }), unconfigured)).toBe('401');
    expect(await status(viewerRequest('/dashboard'), unconfigured)).toBe('401');
  });

  test('public paths are open', async () => {
    expect(await status(viewerRequest('/login'), unconfigured)).toBe('passed');
  });
});

test('headers are normalised', async () => {
  const result = await handler(
    viewerRequest('/login', {
      'Accept-Encoding': 'gzip, deflate, br',
      'User-Agent': 'Mozilla/5.0 (iPhone) Mobile/15E148',
      Cookie: 'ab_variant=B',
    }),
  );
  expect(plain(result.headers)).toMatchObject({
    'accept-encoding': 'br',
    'x-device-type': 'mobile',
    'x-ab-variant': 'B',
  });
  const identity = await handler(viewerRequest('/login', { 'Accept-Encoding': 'identity' }));
  expect(plain(identity.headers)).not.toHaveProperty('accept-encoding');
});

test('a key set that cannot be had answers 500 and logs the name of the error alone', async () => {
  const failing = createHandler(async (given) => {
    throw new TypeError(`could not verify ${given}`);
  });
  const result = await failing(viewerRequest('/dashboard', { Authorization: `Bearer ${token}` }));
  expect(result).toMatchObject({ status: '500', body: JSON.stringify({ error: 'Request processing failed' }) });
  expect(output.lines()).toEqual([
    {
      level: 'ERROR',
      service: 'huntaze-viewer-request',
      correlation_id: 'edge-request-1',
      message: 'request could not be processed',
      error: 'TypeError',
    },
  ]);
});

test('no line that is written holds a token, good or bad', async () => {
  const tokens = [
    token,
    await pool.token({ claims: { exp: 1 } }),
    await pool.token({ foreignKey: true }),
    '0123456789',
  ];
  for (const given of tokens) {
    await handler(viewerRequest('/dashboard', { Authorization: `Bearer ${given}` }));
    await unconfigured(viewerRequest('/dashboard', { Cookie: `auth_token=${given}` }));
    await createHandler(() => Promise.reject(new Error(given)))(
      viewerRequest('/', { Authorization: `Bearer ${given}` }),
    );
  }
  expect(output.lines()).toHaveLength(tokens.length);
  for (const part of tokens.flatMap((given) => given.split('.'))) expect(output.text()).not.toContain(part);
});

test('an event without a record is no request', async () => {
  await expect(handler({ Records: [] })).rejects.toThrow('got: none');
});
