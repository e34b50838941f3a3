import { environment } from './environment';
import { audited, evidence, type Row } from './evidence';
import type { Permission } from './permissions';

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
const pendingReason = 'its code is not ported yet';
const names = environment;

/** Audit section 4: the eleven functions that the audit names, and the four that listings add. */
export const functions: readonly FunctionRow[] = [
  {
    status: 'pending',
    name: 'huntaze-flag-cleanup',
    usage: 'Flag clean-up',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    timeout: 30,
    reason: pendingReason,
    evidence: [audited(), dump],
  },
  {
    status: 'pending',
    name: 'huntaze-rate-limiter',
    usage: 'Rate limiting',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs20.x',
    timeout: 30,
    consumes: { queue: 'huntaze-rate-limiter-queue', batchSize: 5 },
    reason: pendingReason,
    evidence: [audited(), dump],
  },
  {
    status: 'pending',
    name: 'huntaze-jwt-authorizer',
    usage: 'JWT authorization',
    owner: 'scripts or console',
    auditedRuntime: 'nodejs20.x',
    timeout: 10,
    reason: pendingReason,
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
    status: 'pending',
    name: 'publisher-instagram',
    usage: 'Publication on Instagram',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    timeout: 60,
    consumes: { queue: 'publisher-instagram-production', batchSize: 3 },
    reason: pendingReason,
    evidence: [audited(), dump],
  },
  {
    status: 'pending',
    name: 'publisher-reddit',
    usage: 'Publication on Reddit',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    timeout: 60,
    consumes: { queue: 'publisher-reddit-production', batchSize: 5 },
    reason: pendingReason,
    evidence: [audited(), dump],
  },
  {
    status: 'pending',
    name: 'publisher-tiktok',
    usage: 'Publication on TikTok',
    owner: 'huntaze-publishers',
    auditedRuntime: 'nodejs20.x',
    timeout: 60,
    consumes: { queue: 'publisher-tiktok-production', batchSize: 3 },
    reason: pendingReason,
    evidence: [audited(), dump],
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
    status: 'pending',
    name: 'huntaze-mock-read',
    usage: 'Mock read, or the candidate behind a flag',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    timeout: 30,
    reason: pendingReason,
    evidence: [dump],
  },
  {
    status: 'pending',
    name: 'huntaze-prisma-read',
    usage: 'Database read',
    owner: 'huntaze-prisma-skeleton',
    auditedRuntime: 'nodejs20.x',
    timeout: 30,
    reason: pendingReason,
    evidence: [dump],
  },
  {
    status: 'pending',
    name: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
    usage: 'Refresh of OAuth tokens',
    owner: 'OAuthRefreshStack',
    auditedRuntime: 'nodejs20.x',
    timeout: 120,
    reason: pendingReason,
    evidence: [dump],
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
