import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { flagNames } from '../lambda/shared/flags/flag-names';
import { environment as names } from '../lib/estate/environment';
import { probeFunction } from '../lib/estate/hybrid';
import type { LocalServices } from './local-services';
import { madeRecord } from './sqs-records';

/** The first thing that a fresh container of a function is asked, and what it needs for that. */
export interface FirstEvent {
  /** What happens, for the reader of the figures. */
  readonly story: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The event of one round, so that each round does the same work. */
  event(round: number): unknown;
  /** In the JSON of the answer, so that no failure is timed for a success. */
  readonly answer: RegExp;
}

/**
 * Prepares a cheap real first event for every function.
 * @param rounds times that each one is asked.
 * @returns by the function's name.
 */
export async function prepareFirstEvents(
  services: LocalServices,
  rounds: number,
): Promise<Readonly<Record<string, FirstEvent>>> {
  const flags = await services.flags(flagNames.prismaAdapter);
  return {
    'huntaze-flag-cleanup': {
      story: 'finds the flag off in AppConfig',
      environment: {
        [names.flagCleanup.applicationId]: flags.application,
        [names.flagCleanup.environmentId]: flags.environment,
        [names.flagCleanup.profileId]: flags.profile,
        [names.flagCleanup.strategyId]: flags.strategy,
      },
      event: () => ({ id: 'first' }),
      answer: /already off/,
    },
    'huntaze-mock-read': {
      story: 'reads flags, answers from memory, has its shadow call refused',
      environment: {
        [names.mockRead.applicationId]: flags.application,
        [names.mockRead.environmentId]: flags.environment,
        [names.mockRead.profileId]: flags.profile,
        [names.mockRead.candidateFunctionArn]: 'huntaze-prisma-read',
      },
      event: () => ({ userId: 'user-1' }),
      answer: /"statusCode":200/,
    },
    'huntaze-prisma-read': await databaseRead(services),
    'huntaze-rate-limiter': await limitedMessage(services),
    'huntaze-jwt-authorizer': {
      story: 'refuses a malformed token',
      environment: {
        [names.jwtAuthorizer.userPoolId]: 'us-east-1_Benchmark',
        [names.jwtAuthorizer.userPoolClientId]: 'benchmark',
      },
      event: () => ({
        headers: { Authorization: 'Bearer not.a.token' },
        methodArn: 'arn:aws:execute-api:us-east-1:123456789012:api/production/GET/posts',
      }),
      answer: /"error":"Unauthorized"/,
    },
    'huntaze-viewer-request': {
      story: 'refuses a malformed token',
      environment: {},
      event: () => cloudFrontEvent({ authorization: [{ key: 'Authorization', value: 'Bearer not.a.token' }] }),
      answer: /"status":"401"/,
    },
    'huntaze-origin-response': {
      story: 'sets the headers of a JSON answer',
      environment: {},
      event: () => cloudFrontEvent({}),
      answer: /Strict-Transport-Security/,
    },
    ...(await publishing(services, rounds)),
    'stripe-events-handler': await billing(services),
    'rotate-ws-token': await rotation(services),
    'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC': {
      story: 'finds no token that is due',
      environment: {
        [names.oauthRefresh.tokensTable]: 'huntaze-oauth-tokens',
        [names.oauthRefresh.redditUserAgent]: 'benchmark',
      },
      event: () => ({ providers: ['instagram'] }),
      answer: /"due":0.*"failed":0/,
    },
    [probeFunction]: {
      story: 'exchanges its role for a token, asks both deployments one tiny question',
      environment: await services.azure(),
      event: () => ({ id: 'first' }),
      answer: /"healthy":true.*"healthy":true/,
    },
  };
}

async function databaseRead(services: LocalServices): Promise<FirstEvent> {
  const postgres = await services.postgres();
  const client = await postgres.connect();
  await client.query(`
    CREATE TABLE "User" (
      "id" text PRIMARY KEY, "email" text NOT NULL, "name" text,
      "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL, "deletedAt" timestamptz);
    INSERT INTO "User" VALUES ('user-1', 'user-1@example.com', NULL, now(), now(), NULL)`);
  await client.end();
  const { user, password, port, database, certificates } = postgres;
  const url = new URL(`postgresql://${user}:${password}@localhost:${port}/${database}`);
  url.searchParams.set('sslrootcert', certificates.authorityFile);
  return {
    story: 'reads the secret, connects over TLS, selects one user',
    environment: { [names.prismaRead.databaseSecret]: await services.secret('huntaze/database', url.href) },
    event: () => ({ userId: 'user-1' }),
    answer: /"statusCode":200/,
  };
}

async function limitedMessage(services: LocalServices): Promise<FirstEvent> {
  const valkey = await services.valkey();
  return {
    story: 'connects to Valkey, grants one message, sends it on',
    environment: {
      [names.rateLimiter.region]: 'us-east-1',
      [names.rateLimiter.queueUrl]: await services.queue('first-limited'),
      [names.rateLimiter.sendQueueUrl]: await services.queue('first-granted'),
      [names.rateLimiter.redisHost]: valkey.host,
      [names.rateLimiter.redisPort]: String(valkey.port),
      [names.rateLimiter.bucketCapacity]: '1000',
    },
    event: (round) => ({ Records: [madeRecord(`first-${round}`, { userId: `user-${round}` }, queueArn('limited'))] }),
    answer: /"result":\{\}/,
  };
}

/** The dispatcher with nothing due, and one post for each publisher and round. */
async function publishing(services: LocalServices, rounds: number): Promise<Readonly<Record<string, FirstEvent>>> {
  const posts = await services.table('huntaze-posts');
  const pubkeys = await services.table('huntaze-pubkeys');
  const tokens = await services.table('huntaze-oauth-tokens');
  const { postsTable, pubkeysTable, tokensTable, enablePublish } = names.publisherReddit;
  const publisher = async (platform: string, own: Readonly<Record<string, string>>): Promise<FirstEvent> => {
    const post = (round: number) => ({ userId: 'user-1', postId: `${platform}-${round}` });
    for (let round = 0; round < rounds; round += 1) {
      const Item = {
        ...post(round),
        status: 'dispatched',
        platformTargets: [platform],
        dispatchedPlatforms: [platform],
      };
      await services.dynamo.send(new PutCommand({ TableName: posts, Item: { ...Item, title: 'Post' } }));
    }
    return {
      story: 'dry run of one post: claim, read, mark as posted',
      environment: {
        [postsTable]: posts,
        [pubkeysTable]: pubkeys,
        [tokensTable]: tokens,
        [enablePublish]: 'false',
        ...own,
      },
      event: (round) => ({
        Records: [madeRecord(`${platform}-${round}`, { ...post(round), platform }, queueArn(platform))],
      }),
      answer: /"batchItemFailures":\[\]/,
    };
  };
  return {
    'publisher-instagram': await publisher('instagram', { [names.publisherInstagram.uploadBucket]: 'uploads' }),
    'publisher-reddit': await publisher('reddit', { [names.publisherReddit.defaultSubreddit]: 'benchmark' }),
    'publisher-tiktok': await publisher('tiktok', {
      [names.publisherTiktok.uploadBucket]: 'uploads',
      [names.publisherTiktok.mode]: 'upload',
    }),
    'content-dispatcher': {
      story: 'finds no post that is due',
      environment: {
        [names.contentDispatcher.postsTable]: posts,
        [names.contentDispatcher.redditQueueUrl]: await services.queue('first-dispatched'),
      },
      event: () => ({ id: 'first' }),
      answer: /"enqueued":0.*"failed":\[\]/,
    },
  };
}

async function billing(services: LocalServices): Promise<FirstEvent> {
  const users = await services.table('huntaze-users');
  return {
    story: "updates a user's subscription",
    environment: { [names.stripeEventsHandler.usersTable]: users },
    event: (round) => ({
      'detail-type': 'customer.subscription.updated',
      detail: {
        id: `evt_${round}`,
        type: 'customer.subscription.updated',
        created: 1_764_547_200 + round,
        data: { object: { id: 'sub_1', status: 'active', created: 1_764_547_200, metadata: { userId: 'user-1' } } },
      },
    }),
    answer: /"changed":true/,
  };
}

async function rotation(services: LocalServices): Promise<FirstEvent> {
  const [cluster, service] = ['huntaze-cluster', 'onlyfans-scraper'];
  await services.ecsService(cluster, service);
  return {
    story: 'signs and stores a token, deploys the service again',
    environment: {
      [names.rotateWsToken.agentId]: 'agent',
      [names.rotateWsToken.cluster]: cluster,
      [names.rotateWsToken.service]: service,
      [names.rotateWsToken.secretId]: await services.secret('onlyfans-ws', '{}'),
      [names.rotateWsToken.signingSecretName]: await services.secret('huntaze/ws-token-signing-key', 'k'.repeat(32)),
    },
    event: () => ({ id: 'first' }),
    answer: /"status":"ok"/,
  };
}

const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:123456789012:${name}`;

function cloudFrontEvent(headers: Readonly<Record<string, unknown>>): unknown {
  const json = [{ key: 'Content-Type', value: 'application/json' }];
  return {
    Records: [
      {
        cf: {
          config: { requestId: 'first' },
          request: { uri: '/api/posts', method: 'GET', clientIp: '127.0.0.1', querystring: '', headers },
          response: { status: '200', statusDescription: 'OK', headers: { 'content-type': json } },
        },
      },
    ],
  };
}
