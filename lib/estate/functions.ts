import { environment } from './environment';
import { audited, evidence, proposed, type Row } from './evidence';
import { hybridParameterPath, probeFunction, probeRole } from './hybrid';
import type { Permission } from './permissions';
import { publishedCacheHost, publishedFlags } from './published';

/** Where a function's environment variable takes its value. */
export type FunctionVariable =
  | { readonly from: 'literal'; readonly value: string }
  /** Only the account knows it: read at deploy time from `requiredParameters`. */
  | { readonly from: 'parameter'; readonly parameter: string }
  /** URL of a queue of `queues`, which the messaging stack publishes. */
  | { readonly from: 'queue-url'; readonly queue: string }
  /** What the data stack publishes under this name. */
  | { readonly from: 'data'; readonly name: string }
  | { readonly from: 'function-arn'; readonly function: string };

/** AWS services that functions inside the VPC call: there is no NAT gateway, so each needs an interface endpoint. */
export type EndpointService = 'sqs' | 'secretsmanager';

/** A queue as the source of a function's events. */
export interface QueueSource {
  readonly queue: string;
  readonly batchSize: number;
  /** Seconds that Lambda gathers messages. @default 0 */
  readonly batchWindowSeconds?: number;
  /** Most batches at a time, 2 or more. */
  readonly maxConcurrency?: number;
}

interface FunctionFacts extends Row {
  readonly usage: string;
  /** Runtime that the audit found; the estate moves all of them to the one of the settings. */
  readonly auditedRuntime: string;
}

/** A function whose code and stack this repository holds. */
export interface ModelledFunction extends FunctionFacts {
  readonly status: 'modelled';
  readonly kind: 'regional' | 'edge';
  readonly handler: string;
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly role: string;
  readonly variables: Readonly<Record<string, FunctionVariable>>;
  /** Variables of the deployed function that the model leaves out, with the reason. */
  readonly omittedVariables?: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly consumes?: QueueSource;
  /** Metric of `Huntaze/Functions` that counts failures which the function reports and does not raise. */
  readonly failureMetric?: string;
  /** How often Lambda tries an asynchronous call again, and for how long it keeps one. @default twice, six hours */
  readonly asynchronous?: { readonly retries: number; readonly maximumAgeSeconds: number };
  /** API Gateway calls the function as authorizer: the deploy-time parameter with the API's id. */
  readonly authorizes?: { readonly apiParameter: string };
  /** Inside the default VPC, and what it calls there. @default outside */
  readonly vpc?: { readonly endpoints: readonly EndpointService[] };
}

/** A function of the audit whose code is not here yet. */
export interface PendingFunction extends FunctionFacts {
  readonly status: 'pending';
  readonly reason: string;
  /** Seconds; its queue's visibility timeout follows it already. */
  readonly timeout: number;
  readonly consumes?: QueueSource;
}

/** A function that stays with its owner. */
export interface ForeignFunction extends FunctionFacts {
  readonly status: 'inventory-only';
  readonly reason: string;
}

export type FunctionRow = ModelledFunction | PendingFunction | ForeignFunction;

const dump = evidence('costListing', 'listed', 'configuration and names of environment keys');
const names = environment;

/** Variables that the three publishers have in common. */
const publisherVariables = (
  keys: Readonly<Record<'enablePublish' | 'postsTable' | 'pubkeysTable' | 'tokensTable', string>>,
): Record<string, FunctionVariable> => ({
  [keys.enablePublish]: { from: 'parameter', parameter: 'publishers/enabled' },
  [keys.postsTable]: { from: 'literal', value: 'huntaze-posts' },
  [keys.pubkeysTable]: { from: 'literal', value: 'huntaze-pubkeys' },
  [keys.tokensTable]: { from: 'literal', value: 'huntaze-oauth-tokens' },
});

/** What a publisher does with the tables, and with its own queue beside taking messages from it. */
const publisherPermissions = (queue: string): readonly Permission[] => [
  { on: 'table', name: 'huntaze-posts', actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
  { on: 'table', name: 'huntaze-pubkeys', actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
  { on: 'table', name: 'huntaze-oauth-tokens', actions: ['dynamodb:GetItem'] },
  { on: 'queue', name: queue, actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'] },
];

/** Audit section 4: the eleven functions that the audit names, and the four that listings add. */
export const functions: readonly FunctionRow[] = [
  {
    status: 'modelled',
    kind: 'regional',
    name: 'huntaze-flag-cleanup',
    usage: 'Flag clean-up',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    handler: 'cleanup-handler.handler',
    memory: 512,
    timeout: 30,
    tracing: 'Active',
    role: 'huntaze-prisma-skeleton-CleanupFnRole-5D1s4knYYHlN',
    failureMetric: 'CleanupFailures',
    variables: {
      [names.flagCleanup.applicationId]: { from: 'data', name: publishedFlags.application },
      [names.flagCleanup.environmentId]: { from: 'data', name: publishedFlags.environment },
      [names.flagCleanup.profileId]: { from: 'data', name: publishedFlags.profile },
      [names.flagCleanup.strategyId]: { from: 'data', name: publishedFlags.strategy },
      [names.flagCleanup.nodeEnvironment]: { from: 'literal', value: 'production' },
    },
    permissions: [
      {
        on: 'feature-flags',
        parts: ['application', 'profile', 'versions'],
        actions: [
          'appconfig:CreateHostedConfigurationVersion',
          'appconfig:GetHostedConfigurationVersion',
          'appconfig:ListHostedConfigurationVersions',
        ],
      },
      {
        on: 'feature-flags',
        parts: ['application', 'environment', 'deployments', 'profile', 'strategy'],
        actions: ['appconfig:GetDeployment', 'appconfig:ListDeployments', 'appconfig:StartDeployment'],
      },
    ],
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'huntaze-rate-limiter',
    usage: 'Rate limiting',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 256,
    timeout: 30,
    tracing: 'PassThrough',
    role: 'huntaze-rate-limiter-lambda-role',
    variables: {
      [names.rateLimiter.queueUrl]: { from: 'queue-url', queue: 'huntaze-rate-limiter-queue' },
      [names.rateLimiter.redisHost]: { from: 'data', name: publishedCacheHost },
      [names.rateLimiter.redisPort]: { from: 'literal', value: '6379' },
      [names.rateLimiter.region]: { from: 'literal', value: 'us-east-1' },
      [names.rateLimiter.bucketCapacity]: { from: 'literal', value: '10' },
      [names.rateLimiter.tokensPerWindow]: { from: 'literal', value: '10' },
      [names.rateLimiter.windowSeconds]: { from: 'literal', value: '60' },
    },
    permissions: [{ on: 'queue', name: 'huntaze-rate-limiter-queue', actions: ['sqs:SendMessage'] }],
    consumes: { queue: 'huntaze-rate-limiter-queue', batchSize: 5, maxConcurrency: 2 },
    vpc: { endpoints: ['sqs'] },
    evidence: [
      audited(),
      dump,
      evidence('hardeningTerraform', 'inferred', 'event source; bucket and window are the defaults of its source'),
    ],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'huntaze-jwt-authorizer',
    usage: 'JWT authorization',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 128,
    timeout: 10,
    tracing: 'PassThrough',
    role: 'huntaze-jwt-authorizer-role',
    variables: {
      [names.jwtAuthorizer.userPoolId]: { from: 'parameter', parameter: 'authorizer/user-pool-id' },
      [names.jwtAuthorizer.userPoolClientId]: { from: 'parameter', parameter: 'authorizer/client-id' },
    },
    permissions: [],
    authorizes: { apiParameter: 'authorizer/api-id' },
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'edge',
    name: 'huntaze-viewer-request',
    usage: 'CloudFront edge function',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs18.x',
    handler: 'viewer-request.handler',
    memory: 128,
    timeout: 5,
    tracing: 'PassThrough',
    role: 'huntaze-lambda-edge-role',
    variables: {},
    permissions: [],
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'edge',
    name: 'huntaze-origin-response',
    usage: 'CloudFront edge function',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs18.x',
    handler: 'origin-response.handler',
    memory: 128,
    timeout: 5,
    tracing: 'PassThrough',
    role: 'huntaze-lambda-edge-role',
    variables: {},
    permissions: [],
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'publisher-instagram',
    usage: 'Publication on Instagram',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 512,
    timeout: 60,
    tracing: 'PassThrough',
    role: 'huntaze-publishers-InstagramPublisherRole-IjfYdvJCeUqd',
    variables: {
      ...publisherVariables(names.publisherInstagram),
      [names.publisherInstagram.uploadBucket]: { from: 'parameter', parameter: 'publishers/upload-bucket' },
    },
    permissions: [
      ...publisherPermissions('publisher-instagram-production'),
      { on: 'bucket-objects', bucket: { parameter: 'publishers/upload-bucket' }, actions: ['s3:GetObject'] },
    ],
    consumes: { queue: 'publisher-instagram-production', batchSize: 3, batchWindowSeconds: 10, maxConcurrency: 10 },
    evidence: [audited(), dump, evidence('publishersTemplate', 'inferred', 'event source')],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'publisher-reddit',
    usage: 'Publication on Reddit',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 256,
    timeout: 60,
    tracing: 'PassThrough',
    role: 'huntaze-publishers-RedditPublisherRole-O3uQPbgwdSGh',
    variables: {
      ...publisherVariables(names.publisherReddit),
      [names.publisherReddit.defaultSubreddit]: {
        from: 'parameter',
        parameter: 'publishers/reddit-default-subreddit',
      },
    },
    permissions: [...publisherPermissions('publisher-reddit-production')],
    consumes: { queue: 'publisher-reddit-production', batchSize: 5, batchWindowSeconds: 10, maxConcurrency: 10 },
    evidence: [audited(), dump, evidence('publishersTemplate', 'inferred', 'event source')],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'publisher-tiktok',
    usage: 'Publication on TikTok',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 512,
    timeout: 60,
    tracing: 'PassThrough',
    role: 'huntaze-publishers-TikTokPublisherRole-g2uALuDXl4vD',
    variables: {
      ...publisherVariables(names.publisherTiktok),
      [names.publisherTiktok.uploadBucket]: { from: 'parameter', parameter: 'publishers/upload-bucket' },
      [names.publisherTiktok.baseUrl]: { from: 'parameter', parameter: 'publishers/tiktok-base' },
      [names.publisherTiktok.mode]: { from: 'parameter', parameter: 'publishers/tiktok-mode' },
    },
    permissions: [
      ...publisherPermissions('publisher-tiktok-production'),
      { on: 'bucket-objects', bucket: { parameter: 'publishers/upload-bucket' }, actions: ['s3:GetObject'] },
    ],
    consumes: { queue: 'publisher-tiktok-production', batchSize: 3, batchWindowSeconds: 10, maxConcurrency: 10 },
    evidence: [audited(), dump, evidence('publishersTemplate', 'inferred', 'event source')],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'content-dispatcher',
    usage: 'Dispatch of content',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 256,
    timeout: 30,
    tracing: 'PassThrough',
    role: 'ContentDispatcherRole',
    failureMetric: 'DispatchFailures',
    variables: {
      [names.contentDispatcher.postsTable]: { from: 'literal', value: 'huntaze-posts' },
      [names.contentDispatcher.instagramQueueUrl]: { from: 'queue-url', queue: 'publisher-instagram-production' },
      [names.contentDispatcher.redditQueueUrl]: { from: 'queue-url', queue: 'publisher-reddit-production' },
      [names.contentDispatcher.tiktokQueueUrl]: { from: 'queue-url', queue: 'publisher-tiktok-production' },
    },
    omittedVariables: {
      [names.contentDispatcher.twitterQueueUrl]:
        'publisher-twitter-production probably does not exist; the handler skips a platform that has no queue',
    },
    permissions: [
      {
        on: 'table',
        name: 'huntaze-posts',
        indexes: ['ByStatusScheduledAt'],
        actions: ['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      },
      { on: 'queue', name: 'publisher-instagram-production', actions: ['sqs:SendMessage'] },
      { on: 'queue', name: 'publisher-reddit-production', actions: ['sqs:SendMessage'] },
      { on: 'queue', name: 'publisher-tiktok-production', actions: ['sqs:SendMessage'] },
    ],
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'stripe-events-handler',
    usage: 'Stripe webhooks',
    owner: 'stripe-events-handler',
    auditedRuntime: 'nodejs18.x',
    handler: 'index.handler',
    memory: 128,
    timeout: 30,
    tracing: 'PassThrough',
    role: 'stripe-events-handler-StripeEventsRole-Q0VvYTlZPSnu',
    variables: { [names.stripeEventsHandler.usersTable]: { from: 'literal', value: 'huntaze-users' } },
    permissions: [
      {
        on: 'table',
        name: 'huntaze-users',
        indexes: ['ByStripeCustomerId'],
        actions: ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      },
    ],
    evidence: [audited(), dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'rotate-ws-token',
    usage: 'Rotation of WebSocket tokens',
    owner: 'scripts or console',
    auditedRuntime: 'python3.11',
    handler: 'index.handler',
    memory: 128,
    timeout: 30,
    tracing: 'PassThrough',
    role: 'rotateWsTokenRole',
    variables: {
      [names.rotateWsToken.agentId]: { from: 'parameter', parameter: 'rotate-ws-token/agent-id' },
      [names.rotateWsToken.cluster]: { from: 'literal', value: 'huntaze-cluster' },
      [names.rotateWsToken.service]: { from: 'literal', value: 'onlyfans-scraper' },
      [names.rotateWsToken.secretId]: { from: 'literal', value: 'onlyfans-ws' },
      [names.rotateWsToken.ttlSeconds]: { from: 'literal', value: '3600' },
      [names.rotateWsToken.signingSecretName]: { from: 'literal', value: 'huntaze/ws-token-signing-key' },
    },
    omittedVariables: {
      AWS_NODEJS_CONNECTION_REUSE_ENABLED: 'version 3 of the SDK keeps connections open by itself',
    },
    permissions: [
      { on: 'secret', name: 'huntaze/ws-token-signing-key', actions: ['secretsmanager:GetSecretValue'] },
      { on: 'secret', name: 'onlyfans-ws', actions: ['secretsmanager:PutSecretValue'] },
      { on: 'ecs-service', cluster: 'huntaze-cluster', name: 'onlyfans-scraper', actions: ['ecs:UpdateService'] },
    ],
    evidence: [audited('python3.11; ported to TypeScript'), dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'huntaze-mock-read',
    usage: 'Mock read, or the candidate behind a flag',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    handler: 'mock-handler.handler',
    memory: 512,
    timeout: 30,
    tracing: 'Active',
    role: 'huntaze-prisma-skeleton-MockReadFnRole-ytYyq7XpInsl',
    variables: {
      [names.mockRead.applicationId]: { from: 'data', name: publishedFlags.application },
      [names.mockRead.environmentId]: { from: 'data', name: publishedFlags.environment },
      [names.mockRead.profileId]: { from: 'data', name: publishedFlags.profile },
      [names.mockRead.candidateFunctionArn]: { from: 'function-arn', function: 'huntaze-prisma-read' },
      [names.mockRead.nodeEnvironment]: { from: 'literal', value: 'production' },
    },
    permissions: [
      {
        on: 'feature-flags',
        parts: ['configuration'],
        actions: ['appconfig:GetLatestConfiguration', 'appconfig:StartConfigurationSession'],
      },
      { on: 'function', name: 'huntaze-prisma-read', actions: ['lambda:InvokeFunction'] },
      // It hands the shadow comparison to a call of its own, off the caller's path.
      { on: 'function', name: 'huntaze-mock-read', actions: ['lambda:InvokeFunction'] },
    ],
    // A comparison that comes late compares nothing.
    asynchronous: { retries: 0, maximumAgeSeconds: 60 },
    evidence: [dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'huntaze-prisma-read',
    usage: 'Database read',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    handler: 'prisma-handler.handler',
    memory: 512,
    timeout: 30,
    tracing: 'Active',
    role: 'huntaze-prisma-skeleton-PrismaReadFnRole-MCvz5oU7JUx6',
    variables: {
      [names.prismaRead.databaseSecret]: { from: 'literal', value: 'huntaze/database' },
      [names.prismaRead.nodeEnvironment]: { from: 'literal', value: 'production' },
    },
    omittedVariables: {
      [names.prismaRead.applicationId]: 'the function reads no flag',
      [names.prismaRead.environmentId]: 'the function reads no flag',
      [names.prismaRead.profileId]: 'the function reads no flag',
    },
    permissions: [{ on: 'secret', name: 'huntaze/database', actions: ['secretsmanager:GetSecretValue'] }],
    vpc: { endpoints: ['secretsmanager'] },
    evidence: [dump],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
    usage: 'Refresh of OAuth tokens',
    owner: 'OAuthRefreshStack',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 256,
    timeout: 120,
    tracing: 'PassThrough',
    role: 'OAuthRefreshStack-RefreshOAuthTokensFnServiceRoleC5-py9G5zSrzR8K',
    variables: {
      [names.oauthRefresh.tokensTable]: { from: 'literal', value: 'huntaze-oauth-tokens' },
      [names.oauthRefresh.redditUserAgent]: { from: 'parameter', parameter: 'oauth/reddit-user-agent' },
      [names.oauthRefresh.redditCredentialsSecret]: { from: 'literal', value: 'huntaze/oauth/reddit' },
      [names.oauthRefresh.tiktokCredentialsSecret]: { from: 'literal', value: 'huntaze/oauth/tiktok' },
      [names.oauthRefresh.analyticsTable]: { from: 'literal', value: 'huntaze-analytics-events' },
    },
    permissions: [
      {
        on: 'table',
        name: 'huntaze-oauth-tokens',
        indexes: ['byExpiry'],
        actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      },
      { on: 'table', name: 'huntaze-analytics-events', actions: ['dynamodb:PutItem'] },
      { on: 'secret', name: 'huntaze/oauth/reddit', actions: ['secretsmanager:GetSecretValue'] },
      { on: 'secret', name: 'huntaze/oauth/tiktok', actions: ['secretsmanager:GetSecretValue'] },
    ],
    evidence: [
      dump,
      evidence(
        'oauthCdk',
        'inferred',
        'behaviour; the deployed code is older, holds no client secrets and cannot refresh',
      ),
    ],
  },
  {
    status: 'modelled',
    kind: 'regional',
    name: probeFunction,
    usage: 'Probe of the Azure OpenAI deployments',
    owner: 'this repository',
    auditedRuntime: 'nodejs20.x',
    handler: 'index.handler',
    memory: 256,
    // Two questions at the same time, each given up after 30 s.
    timeout: 60,
    tracing: 'PassThrough',
    role: probeRole,
    variables: { [names.azureProbe.settingsPath]: { from: 'literal', value: hybridParameterPath } },
    // The stack of the callers grants the rest: token, settings, latch and keys, to every caller alike.
    permissions: [],
    // A probe that comes late measures another time than it says.
    asynchronous: { retries: 0, maximumAgeSeconds: 60 },
    evidence: [proposed('it did not exist when the account was audited; the runtime is that of its neighbours')],
  },
  {
    status: 'inventory-only',
    name: 'HuntazeOfCiStack-CustomS3AutoDeleteObjectsCustomRe-6csqvMTl32fc',
    usage: 'CDK helper that empties a bucket when its stack is deleted',
    owner: 'HuntazeOfCiStack',
    auditedRuntime: 'nodejs22.x',
    reason: 'a helper of HuntazeOfCiStack, which comes and goes with that stack',
    evidence: [dump],
  },
];

/** Functions with code in this repository. */
export const modelledFunctions: readonly ModelledFunction[] = functions.filter((row) => row.status === 'modelled');

/** The function that reads a queue, with or without code in this repository. */
export function consumerOf(queue: string): ModelledFunction | PendingFunction | undefined {
  return functions.find(
    (row): row is ModelledFunction | PendingFunction =>
      row.status !== 'inventory-only' && row.consumes?.queue === queue,
  );
}

/** Services for which the default VPC needs an interface endpoint, from what the functions inside it call. */
export const endpointServices: readonly EndpointService[] = [
  ...new Set(modelledFunctions.flatMap(({ vpc }) => vpc?.endpoints ?? [])),
].sort();
