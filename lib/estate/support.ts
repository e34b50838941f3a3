import { evidence, proposed, type Row } from './evidence';
import { probeFunction, providerKeySecrets } from './hybrid';

/** A DynamoDB attribute that is part of a key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

export interface TableRow extends Row {
  /** Create-only. `settings`: the evidence conflicts or is silent, so the account's settings file decides. */
  readonly key: KeySchema | 'settings';
  readonly indexes: readonly ({ readonly name: string } & KeySchema)[];
  /** Attribute that holds the expiry, in epoch seconds. */
  readonly timeToLive?: string;
  /** Point-in-time recovery in the audited posture; hardened has it everywhere. */
  readonly auditedPointInTimeRecovery: boolean;
}

const text = (name: string): KeyAttribute => ({ name, type: 'S' });
const number = (name: string): KeyAttribute => ({ name, type: 'N' });
const listing = evidence('auditOctober', 'listed', 'one of 21 tables; the audit of 1 December does not mention tables');
const keys = evidence('postsTableTemplate', 'inferred', 'keys and indexes');

/** Tables that the audited functions cannot run without. */
export const tables: readonly TableRow[] = [
  {
    name: 'huntaze-posts',
    owner: 'huntaze-posts',
    key: { partition: text('userId'), sort: text('postId') },
    indexes: [{ name: 'ByStatusScheduledAt', partition: text('status'), sort: text('scheduledAt') }],
    auditedPointInTimeRecovery: false,
    evidence: [listing, keys],
  },
  {
    name: 'huntaze-pubkeys',
    owner: 'huntaze-posts',
    key: { partition: text('pk') },
    indexes: [],
    timeToLive: 'ttl',
    auditedPointInTimeRecovery: false,
    evidence: [listing, keys],
  },
  {
    name: 'huntaze-users',
    owner: 'huntaze-users',
    key: { partition: text('userId') },
    indexes: [{ name: 'ByStripeCustomerId', partition: text('stripeCustomerId') }],
    timeToLive: 'ttl',
    auditedPointInTimeRecovery: true,
    evidence: [listing, keys],
  },
  {
    name: 'huntaze-oauth-tokens',
    owner: 'scripts or console',
    key: 'settings',
    indexes: [{ name: 'byExpiry', partition: text('provider'), sort: number('expiresAt') }],
    auditedPointInTimeRecovery: false,
    evidence: [
      listing,
      evidence('oauthCdk', 'inferred', "index byExpiry; its keys and the table's are in no document"),
    ],
  },
  {
    name: 'huntaze-analytics-events',
    owner: 'scripts or console',
    key: 'settings',
    indexes: [],
    timeToLive: 'ttl',
    auditedPointInTimeRecovery: false,
    evidence: [
      listing,
      evidence('oauthCdk', 'inferred', 'day and sk in the function that writes, eventId in a script'),
    ],
  },
  {
    name: 'huntaze-consolidation-state',
    owner: 'this repository',
    key: { partition: text('pair') },
    indexes: [],
    auditedPointInTimeRecovery: true,
    evidence: [proposed('state of the consolidation: it outlives its runs, so it stands in every phase')],
  },
];

/** A secret. Its value is never in a template: a later edit would write a new password over a live one. */
export interface SecretRow extends Row {
  readonly purpose: string;
}

/** Holds the URL with which applications reach the database; the consolidation switches its host. */
export const databaseSecret = 'huntaze/database';

/** Holds the master password of both PostgreSQL instances as its whole value. */
export const masterPasswordSecret = 'huntaze-db-password-production';

const secretListing = evidence('costListing', 'listed', 'name only');

export const secrets: readonly SecretRow[] = [
  {
    name: 'onlyfans-ws',
    purpose: 'WebSocket token of the scraper; rotate-ws-token writes it',
    owner: 'scripts or console',
    evidence: [secretListing],
  },
  {
    name: databaseSecret,
    purpose: 'Database URL of huntaze-prisma-read',
    owner: 'huntaze-prisma-skeleton',
    evidence: [secretListing],
  },
  {
    name: masterPasswordSecret,
    purpose: 'Master password of the PostgreSQL instances',
    owner: 'scripts or console',
    evidence: [secretListing],
  },
  {
    name: 'huntaze/ws-token-signing-key',
    purpose: 'Key that signs WebSocket tokens; it stood in an environment variable',
    owner: 'this repository',
    evidence: [proposed('WS_JWT_SECRET of rotate-ws-token held the key itself')],
  },
  {
    name: 'huntaze/oauth/reddit',
    purpose: 'Client of Reddit: clientId, clientSecret',
    owner: 'this repository',
    evidence: [proposed('the deployed refresher has no client secret, so it cannot refresh')],
  },
  {
    name: 'huntaze/oauth/tiktok',
    purpose: 'Client of TikTok: clientKey, clientSecret',
    owner: 'this repository',
    evidence: [proposed('the deployed refresher has no client secret, so it cannot refresh')],
  },
  ...Object.entries(providerKeySecrets).map(
    ([provider, name]): SecretRow => ({
      name,
      purpose: `Key of the provider of today: ${provider}. Callers read it when Azure does not answer`,
      owner: 'this repository',
      evidence: [proposed('the keys are in the application; which secret holds them is in no document')],
    }),
  ),
];

/** Secrets that tasks read and other owners keep. */
export const referencedSecrets: readonly string[] = ['ai-team/database-url', 'of/creds/huntaze'];

/** A value that only the account knows: an SSM parameter that must exist before the stack that reads it deploys. */
export interface RequiredParameter {
  /** Below `/huntaze/settings/`. */
  readonly key: string;
  readonly purpose: string;
  readonly stack: 'compute' | 'functions';
}

export const requiredParameters: readonly RequiredParameter[] = [
  { key: 'scraper/ws-url', purpose: 'WS_URL of the scraper task', stack: 'compute' },
  { key: 'scraper/result-bucket', purpose: 'RESULT_BUCKET of the scraper task', stack: 'compute' },
  { key: 'ai-summarizer/llm-provider', purpose: 'LLM_PROVIDER of the summarizer task', stack: 'compute' },
  { key: 'rotate-ws-token/agent-id', purpose: 'AGENT_ID of rotate-ws-token', stack: 'functions' },
  { key: 'stripe/event-bus-name', purpose: 'name of the Stripe partner event bus', stack: 'functions' },
  {
    key: 'publishers/enabled',
    purpose: 'ENABLE_PUBLISH of the publishers: true, or false for a dry run',
    stack: 'functions',
  },
  { key: 'publishers/upload-bucket', purpose: 'UPLOAD_BUCKET of the publishers', stack: 'functions' },
  { key: 'publishers/reddit-default-subreddit', purpose: 'REDDIT_DEFAULT_SR of publisher-reddit', stack: 'functions' },
  { key: 'publishers/tiktok-base', purpose: 'TIKTOK_BASE of publisher-tiktok', stack: 'functions' },
  { key: 'publishers/tiktok-mode', purpose: 'TIKTOK_MODE of publisher-tiktok: upload or pull', stack: 'functions' },
  { key: 'oauth/reddit-user-agent', purpose: 'REDDIT_USER_AGENT of the OAuth refresher', stack: 'functions' },
  { key: 'authorizer/user-pool-id', purpose: 'USER_POOL_ID of huntaze-jwt-authorizer', stack: 'functions' },
  { key: 'authorizer/client-id', purpose: 'USER_POOL_CLIENT_ID of huntaze-jwt-authorizer', stack: 'functions' },
  { key: 'authorizer/api-id', purpose: 'id of the REST API that huntaze-jwt-authorizer serves', stack: 'functions' },
];

export const requiredParameterName = (key: string): string => {
  if (!requiredParameters.some((parameter) => parameter.key === key)) {
    throw new Error(
      `Deploy-time parameter is not in requiredParameters, got: ${key}. Add a row to lib/estate/support.ts.`,
    );
  }
  return `/huntaze/settings/${key}`;
};

export interface RuleRow extends Row {
  readonly state: 'ENABLED' | 'DISABLED';
  readonly trigger:
    | { readonly schedule: string }
    | {
        readonly pattern: Readonly<Record<string, readonly string[]>>;
        /** Deploy-time parameter with the bus name. @default the account's default bus */
        readonly busParameter?: string;
      };
  /** `input`: the event that the function gets. @default the event of the rule */
  readonly target:
    | { readonly function: string; readonly input?: Readonly<Record<string, unknown>> }
    | { readonly task: string };
  readonly deadLetterQueue?: string;
  /** How often EventBridge tries a delivery again, and for how long. @default 185 times, 24 hours */
  readonly retry?: { readonly attempts: number; readonly maximumAgeSeconds: number };
}

/** Event types that the Stripe handler takes. */
const stripeEventTypes: readonly string[] = [
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.paid',
  'invoice.payment_failed',
];

/** Rules of EventBridge whose targets this repository holds. */
export const rules: readonly RuleRow[] = [
  {
    name: 'content-dispatcher-production',
    owner: 'scripts or console',
    state: 'ENABLED',
    trigger: { schedule: 'rate(2 minutes)' },
    target: { function: 'content-dispatcher' },
    evidence: [evidence('costListing', 'listed', 'rule, schedule and state')],
  },
  {
    name: 'rotate-ws-token-hourly',
    owner: 'scripts or console',
    state: 'DISABLED',
    trigger: { schedule: 'rate(1 hour)' },
    target: { function: 'rotate-ws-token' },
    evidence: [evidence('costListing', 'listed', 'rule, schedule and state: disabled on 19 December')],
  },
  {
    name: 'huntaze-flag-cleanup-7days',
    owner: 'huntaze-prisma-skeleton',
    state: 'ENABLED',
    trigger: { schedule: 'rate(7 days)' },
    target: { function: 'huntaze-flag-cleanup' },
    evidence: [evidence('costListing', 'listed', 'rule, schedule and state')],
  },
  {
    name: 'stripe-billing-v1',
    owner: 'stripe-eventbridge',
    state: 'ENABLED',
    trigger: { pattern: { 'detail-type': stripeEventTypes }, busParameter: 'stripe/event-bus-name' },
    target: { function: 'stripe-events-handler' },
    deadLetterQueue: 'stripe-events-dlq',
    evidence: [evidence('stripeTemplate', 'inferred', 'rule, event types and dead-letter queue')],
  },
  {
    name: 'OAuthRefreshStack-RefreshOAuthRate15mprod',
    owner: 'OAuthRefreshStack',
    state: 'ENABLED',
    trigger: { schedule: 'rate(15 minutes)' },
    target: {
      function: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
      input: { providers: ['tiktok', 'reddit'] },
    },
    deadLetterQueue: 'OAuthRefreshStack-OAuthRefreshDLQprod397A8CBB-CW8uajPk4646',
    retry: { attempts: 2, maximumAgeSeconds: 7200 },
    evidence: [
      evidence('costListing', 'listed', 'schedule and state; the listing cuts the generated end of the name'),
      evidence('oauthCdk', 'inferred', 'target, retries and dead-letter queue'),
    ],
  },
  {
    name: 'OAuthRefreshStack-RefreshOAuthIGprod',
    owner: 'OAuthRefreshStack',
    state: 'ENABLED',
    trigger: { schedule: 'cron(0 9 */3 * ? *)' },
    target: {
      function: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
      input: { providers: ['instagram'] },
    },
    deadLetterQueue: 'OAuthRefreshStack-OAuthRefreshDLQprod397A8CBB-CW8uajPk4646',
    retry: { attempts: 2, maximumAgeSeconds: 7200 },
    evidence: [
      evidence('costListing', 'listed', 'schedule and state; the listing cuts the generated end of the name'),
      evidence('oauthCdk', 'inferred', 'target, retries and dead-letter queue'),
    ],
  },
  {
    name: 'huntaze-azure-probe-5min',
    owner: 'this repository',
    state: 'ENABLED',
    trigger: { schedule: 'rate(5 minutes)' },
    target: { function: probeFunction },
    evidence: [proposed('every five minutes: the alert rules of 1 December look at five minutes')],
  },
  {
    name: 'ai-insights-ready',
    owner: 'ai-team',
    state: 'DISABLED',
    trigger: { pattern: { source: ['app.ai-team'] } },
    target: { task: 'ai-summarizer' },
    deadLetterQueue: 'ai-team-eventbridge-dlq',
    evidence: [evidence('costListing', 'listed', 'rule and state'), evidence('aiTeamTerraform', 'inferred', 'target')],
  },
];

/** The schedule of ai-summarizer. */
export const summarizerSchedule = {
  name: 'ai-summarizer-every-15min',
  owner: 'ai-team',
  expression: 'cron(0/15 * * * ? *)',
  timezone: 'Europe/Paris',
  state: 'DISABLED',
  task: 'ai-summarizer',
  deadLetterQueue: 'ai-team-eventbridge-dlq',
  role: 'events-to-ecs-role-use1',
  evidence: [evidence('aiTeamTerraform', 'inferred', 'modelled disabled: no listing shows it')],
} as const;

/** AppConfig of the feature flags. */
export const appConfig = {
  name: 'huntaze-flags',
  owner: 'huntaze-prisma-skeleton',
  environment: 'production',
  profile: 'feature-flags',
  strategy: {
    name: 'Canary1Percent5Minutes',
    /** Minutes. */
    deploymentDurationMinutes: 5,
    /** Per cent of the targets in the first step. */
    growthFactor: 1,
    /** Minutes. */
    finalBakeTimeMinutes: 5,
  },
  evidence: [evidence('samTemplate', 'inferred', "names; the strategy's figures follow from its name")],
} as const;

/** Alarm topics, one for each severity. */
export const alarmTopics = {
  critical: 'huntaze-alarms-critical',
  warning: 'huntaze-alarms-warning',
  notice: 'huntaze-alarms-notice',
} as const;

export type Severity = keyof typeof alarmTopics;
