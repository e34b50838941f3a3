/**
 * What the audit of 1 December 2025 states in its tables, transcribed. The inventory is held against it by a test: every
 * claim is a row, or an explained difference.
 */
export const auditClaims = {
  account: '317805897534',
  region: 'us-east-1',
  clusters: ['ai-team', 'huntaze-cluster', 'huntaze-of-fargate'],
  databases: [
    {
      name: 'huntaze-postgres-production',
      status: 'available',
      endpoint: 'huntaze-postgres-production.c2ryoow8c5m4.us-east-1.rds.amazonaws.com',
    },
    {
      name: 'huntaze-postgres-production-encrypted',
      status: 'available',
      endpoint: 'huntaze-postgres-production-encrypted.c2ryoow8c5m4.us-east-1.rds.amazonaws.com',
    },
  ],
  cache: { name: 'huntaze-redis-production', type: 'cache.t3.micro', status: 'available' },
  buckets: {
    total: 14,
    /** `exact: false`: the audit cuts the name short. */
    named: [
      { name: 'huntaze-beta-assets', exact: true },
      { name: 'huntaze-assets', exact: true },
      { name: 'huntaze-cloudtrail-logs-317805897534', exact: true },
      { name: 'huntaze-of-traces-317805897534', exact: false },
      { name: 'huntaze-playwright-artifacts-', exact: false },
      { name: 'huntaze-synthetics-artifacts-', exact: false },
    ],
  },
  functions: {
    atLeast: 15,
    named: [
      { name: 'huntaze-flag-cleanup', runtime: 'nodejs20.x' },
      { name: 'huntaze-rate-limiter', runtime: 'nodejs20.x' },
      { name: 'huntaze-jwt-authorizer', runtime: 'nodejs20.x' },
      { name: 'huntaze-viewer-request', runtime: 'nodejs18.x' },
      { name: 'huntaze-origin-response', runtime: 'nodejs18.x' },
      { name: 'publisher-instagram', runtime: 'nodejs20.x' },
      { name: 'publisher-reddit', runtime: 'nodejs20.x' },
      { name: 'publisher-tiktok', runtime: 'nodejs20.x' },
      { name: 'content-dispatcher', runtime: 'nodejs20.x' },
      { name: 'stripe-events-handler', runtime: 'nodejs18.x' },
      { name: 'rotate-ws-token', runtime: 'python3.11' },
    ],
  },
  queues: {
    atLeast: 20,
    named: [
      'huntaze-analytics',
      'huntaze-email',
      'huntaze-webhooks',
      'huntaze-notifications-production',
      'huntaze-rate-limiter-queue',
      'huntaze-hybrid-workflows.fifo',
      'onlyfans-send.fifo',
      'HuntazeOfSendQueue.fifo',
    ],
  },
  distribution: { id: 'E21VMD5A9KDBOO', domain: 'dc825q4u11mxr.cloudfront.net', status: 'Deployed' },
  azure: { endpoint: 'huntaze-ai-api.openai.azure.com', premium: 'gpt-4o', standard: 'gpt-4o-mini' },
} as const;

/** Where the model departs from the audit on purpose. */
export const explainedDifferences: Readonly<Record<string, string>> = {
  'huntaze-viewer-request.runtime': 'the audit recommends to move nodejs18.x to nodejs20.x',
  'huntaze-origin-response.runtime': 'the audit recommends to move nodejs18.x to nodejs20.x',
  'stripe-events-handler.runtime': 'the audit recommends to move nodejs18.x to nodejs20.x',
  'rotate-ws-token.runtime': 'ported from Python, so that one runtime and one tool chain serve every function',
  'queues.dead-letter':
    'the audit gives every queue a dead-letter queue; the template of huntaze-enrichment-production has none, so the model adds it',
  'clusters.main-application': 'the audit runs the main application on ECS Fargate; no listing shows such a service',
};
