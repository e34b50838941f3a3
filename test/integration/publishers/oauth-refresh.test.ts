import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { graphError } from '../../../lib/rehearsal/platforms/instagram';
import { type Fault, gatewayError, type PlatformRequest } from '../../../lib/rehearsal/platforms/platform-server';
import { captureOutput } from '../../unit/lambda/support/invocation';
import { contextWith, loadHandler, World } from './world';

jest.setTimeout(120_000);

interface Counts {
  readonly due: number;
  readonly refreshed: number;
  readonly overtaken: number;
  readonly skipped: number;
  readonly failed: number;
  readonly postponed: number;
  readonly error?: string;
}
type Report = Counts & { readonly providers: Record<string, Counts> };
type Refresh = (event: object, context: Context) => Promise<Report>;

const tokensTable = 'tokens-with-index';
const bareTable = 'tokens-without-index';
const analyticsTable = 'huntaze-analytics-events';
const clientSecret = 'client-secret-that-no-log-may-hold';
const minute = 60;
const hour = 3600;
const day = 86_400;

let world: World;
let refresh: Refresh;
let output: ReturnType<typeof captureOutput>;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  world = await World.create();
  const options = world.emulator.clientOptions();
  secrets = new SecretsManagerClient(options);
  await createTables(new DynamoDBClient(options));
  const credentials = { reddit: { clientId: 'id', clientSecret }, tiktok: { clientKey: 'key', clientSecret } };
  for (const [provider, values] of Object.entries(credentials)) {
    await secrets.send(
      new CreateSecretCommand({ Name: `huntaze/oauth/${provider}`, SecretString: JSON.stringify(values) }),
    );
  }
  refresh = loadHandler('OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC') as unknown as Refresh;
});

afterAll(() => world.destroy());

beforeEach(async () => {
  await world.reset();
  useEnvironment();
  for (const table of [tokensTable, bareTable]) {
    for (const { userId, provider } of await world.everything(table)) {
      // Far in the future: not due in any later test.
      await world.put(table, {
        userId,
        provider,
        accessToken: 'old',
        refreshToken: 'old',
        expiresAt: now() + 3650 * day,
      });
    }
  }
  output = captureOutput();
});

afterEach(() => {
  const text = output.text();
  output.restore();
  expect(text).not.toContain(clientSecret);
  expect(text).not.toMatch(/(access|refresh)-of-/);
  expect(text).not.toMatch(/(reddit|tiktok)-(access|refresh)-\d/);
});

function useEnvironment(overrides: Record<string, string | undefined> = {}): void {
  process.env = {
    ...process.env,
    ...world.environment(),
    TOKENS_TABLE: tokensTable,
    ANALYTICS_TABLE: analyticsTable,
    REDDIT_USER_AGENT: 'huntaze-test',
    REDDIT_CREDENTIALS_SECRET: 'huntaze/oauth/reddit',
    TIKTOK_CREDENTIALS_SECRET: 'huntaze/oauth/tiktok',
    ...overrides,
  };
}

const now = (): number => Math.floor(Date.now() / 1000);

async function token(provider: string, userId: string, seconds: number, table = tokensTable): Promise<void> {
  await world.put(table, {
    userId,
    provider,
    accessToken: `access-of-${userId}`,
    refreshToken: `refresh-of-${userId}`,
    expiresAt: now() + seconds,
    accountId: 'kept',
  });
}

async function stored(provider: string, userId: string, table = tokensTable): Promise<Record<string, unknown>> {
  const command = new GetCommand({ TableName: table, Key: { userId, provider }, ConsistentRead: true });
  return (await world.dynamo.send(command)).Item ?? {};
}

async function createTables(client: DynamoDBClient): Promise<void> {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
  const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });
  const byUser = { BillingMode: 'PAY_PER_REQUEST', KeySchema: [hash('userId'), range('provider')] } as const;
  await client.send(
    new CreateTableCommand({
      ...byUser,
      TableName: tokensTable,
      KeySchema: [...byUser.KeySchema],
      AttributeDefinitions: [text('userId'), text('provider'), { AttributeName: 'expiresAt', AttributeType: 'N' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byExpiry',
          KeySchema: [hash('provider'), range('expiresAt')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      ...byUser,
      TableName: bareTable,
      KeySchema: [...byUser.KeySchema],
      AttributeDefinitions: [text('userId'), text('provider')],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: analyticsTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('day'), text('sk')],
      KeySchema: [hash('day'), range('sk')],
    }),
  );
}

describe('what is due', () => {
  test.each([
    ['reddit', 20 * minute],
    ['tiktok', 12 * hour],
    ['instagram', 7 * day],
  ])('%s: %d seconds before the expiry, and not sooner', async (provider, window) => {
    await token(provider, 'inside', window - 30);
    await token(provider, 'outside', window + 300);
    await token(provider, 'expired', -hour);
    const report = await refresh({ providers: [provider] }, contextWith(120_000));
    expect(report.providers[provider]).toEqual({
      due: 2,
      refreshed: 2,
      overtaken: 0,
      skipped: 0,
      failed: 0,
      postponed: 0,
    });
    expect(await stored(provider, 'outside')).toMatchObject({ accessToken: 'access-of-outside' });
    const { accessToken, expiresAt, accountId } = await stored(provider, 'inside');
    expect(accessToken).not.toBe('access-of-inside');
    expect(expiresAt).toBeGreaterThan(now() + window);
    expect(accountId).toBe('kept');
  });

  test('without an index, by a bounded scan', async () => {
    useEnvironment({ TOKENS_TABLE: bareTable });
    await token('reddit', 'scanned', 60, bareTable);
    await token('tiktok', 'scanned', 60, bareTable);
    expect(await refresh({ providers: ['reddit'] }, contextWith(120_000))).toMatchObject({ due: 1, refreshed: 1 });
    expect((await stored('tiktok', 'scanned', bareTable)).accessToken).toBe('access-of-scanned');
  });

  test('an unknown provider is an error that names it', async () => {
    await expect(refresh({ providers: ['myspace'] }, contextWith(120_000))).rejects.toThrow('got: myspace');
  });
});

describe('what is sent', () => {
  test('Reddit gets the client by Basic authentication and our user agent, TikTok gets it in the form', async () => {
    await token('reddit', 'sent', 60);
    await token('tiktok', 'sent', 60);
    await refresh({ providers: ['tiktok', 'reddit'] }, contextWith(120_000));
    const [reddit] = world.reddit.requestsOf('refresh') as [PlatformRequest];
    expect(reddit.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`id:${clientSecret}`).toString('base64')}`,
      'user-agent': 'huntaze-test',
    });
    expect(Object.fromEntries(new URLSearchParams(world.tiktok.requestsOf('refresh')[0]?.body.toString()))).toEqual({
      client_key: 'key',
      client_secret: clientSecret,
      grant_type: 'refresh_token',
      refresh_token: 'refresh-of-sent',
    });
    expect((await stored('tiktok', 'sent')).refreshToken).toMatch(/^tiktok-refresh-/);
    expect((await stored('reddit', 'sent')).refreshToken).toBe('refresh-of-sent');
  });
});

describe('a late writer does not undo a newer token', () => {
  test('the author connects the account while the refresh is under way', async () => {
    await token('reddit', 'racing', 60);
    world.reddit.fail('refresh', {
      kind: 'slow',
      ms: 500,
    });
    const run = refresh({ providers: ['reddit'] }, contextWith(120_000));
    while (world.reddit.requestsOf('refresh').length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const newer = {
      userId: 'racing',
      provider: 'reddit',
      accessToken: 'newer',
      refreshToken: 'newer',
      expiresAt: now() + day,
    };
    await world.put(tokensTable, newer);
    expect(await run).toMatchObject({ due: 1, refreshed: 0, overtaken: 1 });
    expect(await stored('reddit', 'racing')).toEqual(newer);
  });

  test('ten runs at once refresh each token once', async () => {
    for (let i = 0; i < 8; i += 1) await token('tiktok', `crowd-${i}`, 60);
    const runs = Array.from({ length: 10 }, () => refresh({ providers: ['tiktok'] }, contextWith(120_000)));
    const refreshed = (await Promise.all(runs)).reduce((sum, report) => sum + report.refreshed, 0);
    expect(refreshed).toBe(8);
    expect(world.tiktok.requestsOf('refresh')).toHaveLength(8);
  });
});

describe('failures', () => {
  const answer = (status: number, headers: Record<string, string> = {}): Fault => ({
    kind: 'answer',
    reply: { status, headers, body: {} },
  });

  test.each([
    ['a server error twice', [answer(500), answer(503)], 1],
    ['a limit with a pause', [answer(429, { 'retry-after': '1' })], 1],
    ['a gateway', [{ kind: 'answer', reply: gatewayError }], 1],
    ['a cut connection', [{ kind: 'cut-before' }], 1],
    ['an answer without a token', [{ kind: 'answer', reply: { body: {} } }], 1],
    ['a server error three times', [answer(500), answer(500), answer(500)], 0],
  ] as [string, Fault[], number][])('%s: tried three times at most', async (_name, faults, refreshed) => {
    await token('reddit', 'shaky', 60);
    world.reddit.fail('refresh', ...faults);
    expect(await refresh({ providers: ['reddit'] }, contextWith(120_000))).toMatchObject({
      refreshed,
      failed: 1 - refreshed,
    });
    expect(world.reddit.requestsOf('refresh')).toHaveLength(faults.length + refreshed);
  });

  test('a pause that is kept', async () => {
    await token('reddit', 'patient', 60);
    world.reddit.fail('refresh', answer(429, { 'retry-after': '2' }));
    const start = performance.now();
    await refresh({ providers: ['reddit'] }, contextWith(120_000));
    expect(performance.now() - start).toBeGreaterThan(2_000);
  });

  test('a pause longer than the run: all tokens of the provider wait for the next', async () => {
    for (let i = 0; i < 6; i += 1) await token('reddit', `waiting-${i}`, 60);
    world.reddit.fail('refresh', ...Array<Fault>(6).fill(answer(429, { 'retry-after': '900' })));
    const report = await refresh({ providers: ['reddit'] }, contextWith(120_000));
    expect(report).toMatchObject({ due: 6, refreshed: 0, failed: 0, postponed: 6 });
    expect(world.reddit.requestsOf('refresh').length).toBeLessThanOrEqual(4);
    expect(await stored('reddit', 'waiting-0')).not.toHaveProperty('refreshLeaseUntil');
  });

  test('a revoked grant is asked for once, until the account is connected again', async () => {
    await token('reddit', 'revoked', 60);
    world.reddit.fail('refresh', { kind: 'answer', reply: { status: 400, body: { error: 'invalid_grant' } } });
    expect(await refresh({ providers: ['reddit'] }, contextWith(120_000))).toMatchObject({ failed: 1 });
    expect(await refresh({ providers: ['reddit'] }, contextWith(120_000))).toMatchObject({ failed: 0, skipped: 1 });
    expect(world.reddit.requestsOf('refresh')).toHaveLength(1);
    await token('reddit', 'revoked', 90);
    expect(await refresh({ providers: ['reddit'] }, contextWith(120_000))).toMatchObject({ refreshed: 1 });
  });

  test('a wrong client secret is not held against the tokens', async () => {
    await token('tiktok', 'innocent', 60);
    const reply = { body: { error: 'invalid_client', error_description: 'bad', log_id: '1' } };
    world.tiktok.fail('refresh', { kind: 'answer', reply });
    expect(await refresh({ providers: ['tiktok'] }, contextWith(120_000))).toMatchObject({ failed: 1 });
    expect(await refresh({ providers: ['tiktok'] }, contextWith(120_000))).toMatchObject({ refreshed: 1 });
  });

  test.each([
    ['its secret is missing', { REDDIT_CREDENTIALS_SECRET: 'no/such/secret' }, 'REDDIT_CREDENTIALS_SECRET'],
    ['the name of its secret is missing', { REDDIT_CREDENTIALS_SECRET: '' }, 'REDDIT_CREDENTIALS_SECRET'],
  ])('one provider fails because %s, the others go on', async (_name, overrides, said) => {
    useEnvironment(overrides);
    for (const provider of ['reddit', 'tiktok', 'instagram']) await token(provider, 'isolated', 60);
    const report = await refresh({}, contextWith(120_000));
    expect(report.providers.reddit?.error).toContain(said);
    expect(report.providers).toMatchObject({ tiktok: { refreshed: 1 }, instagram: { refreshed: 1 } });
  });

  test('nothing could be done for anybody: the run fails, so that it is seen', async () => {
    useEnvironment({ TOKENS_TABLE: 'no-such-table' });
    await expect(refresh({}, contextWith(120_000))).rejects.toThrow('No provider');
  });

  test('a token that Instagram repeats in its message is not logged', async () => {
    await token('instagram', 'repeated', 60);
    const reply = graphError(190, 'Malformed access token access-of-repeated');
    world.instagram.fail('refresh', { kind: 'answer', reply });
    await refresh({ providers: ['instagram'] }, contextWith(120_000));
    expect(output.text()).toContain('[redacted]');
  });

  test('a secret that holds no JSON is not logged', async () => {
    await secrets.send(
      new PutSecretValueCommand({ SecretId: 'huntaze/oauth/tiktok', SecretString: `{${clientSecret}` }),
    );
    await token('tiktok', 'unread', 60);
    await expect(refresh({ providers: ['tiktok'] }, contextWith(120_000))).rejects.toThrow('must hold JSON');
  });
});

test('one event per provider and run, kept for 60 days', async () => {
  await token('reddit', 'counted', 60);
  await refresh({ providers: ['reddit', 'instagram'], id: 'event-of-the-rule' }, contextWith(120_000));
  const events = (await world.everything(analyticsTable)).filter(({ sk }) => String(sk).endsWith('event-of-the-rule'));
  expect(events.map(({ provider, refreshed }) => [provider, refreshed]).sort()).toEqual([
    ['instagram', 0],
    ['reddit', 1],
  ]);
  expect(events[0]).toMatchObject({
    day: new Date(Date.now()).toISOString().slice(0, 10),
    ttl: expect.closeTo(now() + 60 * day, -2),
  });
});

test('time that runs out leaves tokens for the next run', async () => {
  for (let i = 0; i < 3; i += 1) await token('reddit', `late-${i}`, 60);
  expect(await refresh({ providers: ['reddit'] }, contextWith(18_000))).toMatchObject({
    due: 3,
    refreshed: 0,
    postponed: 3,
  });
  expect(world.reddit.requestsOf('refresh')).toHaveLength(0);
});
