import { readConfiguration } from '../../../../lambda/OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC/configuration';
import {
  type Provider,
  providerRules,
} from '../../../../lambda/OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC/providers';
import { RateLimited } from '../../../../lambda/shared/publishing/failures';
import { InstagramServer } from '../../../../lib/rehearsal/platforms/instagram';
import type { Reply } from '../../../../lib/rehearsal/platforms/platform-server';
import { RedditServer } from '../../../../lib/rehearsal/platforms/reddit';
import { TikTokServer } from '../../../../lib/rehearsal/platforms/tiktok';

const secret = 'secret-of-this-test';
const servers = { instagram: new InstagramServer(), reddit: new RedditServer(), tiktok: new TikTokServer() };
const credentials = {
  instagram: undefined,
  reddit: { clientId: 'id', clientSecret: secret },
  tiktok: { clientKey: 'key', clientSecret: secret },
};

beforeAll(() => Promise.all(Object.values(servers).map((server) => server.start())));
beforeEach(() => {
  for (const server of Object.values(servers)) server.reset();
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

function refresh(provider: Provider, refreshToken: string | null = `refresh-${secret}`) {
  const configuration = readConfiguration({
    TOKENS_TABLE: 't',
    REDDIT_USER_AGENT: 'agent',
    INSTAGRAM_BASE: servers.instagram.url,
    REDDIT_BASE: servers.reddit.url,
    TIKTOK_BASE: servers.tiktok.url,
  });
  const token = { userId: 'u', provider, accessToken: `access-${secret}`, refreshToken, expiresAt: 1 };
  const rules = providerRules(configuration, { reddit: 'R', tiktok: 'T' });
  return rules[provider].refresh(token, credentials[provider], 5_000);
}

test.each([
  ['instagram', { accessToken: `access-${secret}-r1`, expiresIn: 5_184_000 }],
  ['reddit', { accessToken: 'reddit-access-1', expiresIn: 86_400, scope: 'submit read' }],
  ['tiktok', { accessToken: 'tiktok-access-1', refreshToken: 'tiktok-refresh-1', refreshExpiresIn: 31_536_000 }],
] as [Provider, object][])('%s: what a refresh gives', async (provider, expected) => {
  expect(await refresh(provider)).toMatchObject(expected);
});

const json = (status: number, body: unknown, headers = {}): Reply => ({ status, body, headers });

test.each([
  ['reddit', 'a revoked grant', json(400, { error: 'invalid_grant' }), 'Refused', 'invalid_grant'],
  ['reddit', 'a wrong client', json(401, { message: 'Unauthorized', error: 401 }), 'Refused', '401'],
  ['reddit', 'a limit', json(429, {}, { 'retry-after': '7' }), 'RateLimited', ''],
  ['reddit', 'a server error', json(500, ''), 'AnswerLost', ''],
  ['reddit', 'a server error with a pause', json(503, '', { 'retry-after': '3' }), 'RateLimited', ''],
  ['reddit', 'an answer of another form', json(200, { access_token: '' }), 'AnswerLost', ''],
  ['reddit', 'a token that never was good', json(200, { access_token: 'a', expires_in: 0 }), 'AnswerLost', ''],
  [
    'tiktok',
    'a refusal with status 200',
    json(200, { error: 'invalid_grant', error_description: secret }),
    'Refused',
    'invalid_grant',
  ],
  ['instagram', 'a bad token', json(400, { error: { code: 190, message: `bad access-${secret}` } }), 'Refused', '190'],
  ['instagram', 'a failure that passes', json(400, { error: { code: 2, is_transient: true } }), 'AnswerLost', ''],
] as [Provider, string, Reply, string, string][])('%s: %s', async (provider, _name, reply, name, code) => {
  servers[provider].fail('refresh', { kind: 'answer', reply });
  const error = await refresh(provider).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name, ...(code && { code }) });
  expect(String(error)).not.toContain(secret);
});

test('a pause is in seconds', async () => {
  servers.reddit.fail('refresh', { kind: 'answer', reply: json(429, {}, { 'retry-after': '7' }) });
  const error = await refresh('reddit').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RateLimited);
  expect((error as RateLimited).seconds).toBe(7);
});

test.each(['reddit', 'tiktok'] as const)('%s: throws when there is no refresh token', async (provider) => {
  await expect(refresh(provider, null)).rejects.toMatchObject({ name: 'Refused', code: 'no_refresh_token' });
  expect(servers[provider].requests).toEqual([]);
});

describe('configuration', () => {
  const required = { TOKENS_TABLE: 't', REDDIT_USER_AGENT: 'a' };

  test('minimal', () => {
    expect(readConfiguration(required)).toEqual({
      tokensTable: 't',
      redditUserAgent: 'a',
      startJitterSeconds: 0,
      secrets: {},
      baseUrls: {
        instagram: 'https://graph.instagram.com',
        reddit: 'https://www.reddit.com',
        tiktok: 'https://open.tiktokapis.com',
      },
    });
  });

  test.each(['61', '120', '-1', '1.5', 'x'])('throws when the jitter is %s', (value) => {
    expect(() => readConfiguration({ ...required, START_JITTER_SECONDS: value })).toThrow(`got: ${value}`);
  });
});
