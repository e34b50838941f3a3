import { audited, type Evidence, evidence, type OwnerId, type Row } from './evidence';

/** A dead-letter queue, with the settings that listings and templates give it. */
export interface DeadLetterQueueRow {
  readonly name: string;
  /** Days that a message is kept, 1 to 14. */
  readonly retentionDays: number;
  /** Seconds that a received message stays hidden. @default 30 (SQS) */
  readonly visibilitySeconds?: number;
  readonly evidence: readonly Evidence[];
}

/** A queue and the dead-letter queue that takes what its consumer cannot work off. */
export interface QueueRow extends Row {
  readonly purpose: string;
  /** Seconds that a received message stays hidden. */
  readonly visibilitySeconds: number;
  /** Days that a message is kept, 1 to 14. */
  readonly retentionDays: number;
  /** Seconds that a receive waits for a message (long polling). @default 0 */
  readonly waitSeconds?: number;
  /** Receives after which a message moves to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** FIFO only: SQS derives the deduplication id from the body. */
  readonly contentBasedDeduplication?: boolean;
  /** FIFO only: deduplication and throughput per message group (high throughput). */
  readonly highThroughput?: boolean;
  /** Encryption in the audited posture; hardened is always SSE-SQS at least. */
  readonly auditedEncryption: 'sse-sqs' | 'not-set';
  readonly deadLetterQueue: DeadLetterQueueRow;
}

/** A dead-letter queue that serves rules or functions instead of a queue. */
export interface StandaloneDeadLetterQueueRow extends DeadLetterQueueRow {
  readonly owner: OwnerId;
  readonly purpose: string;
  /**
   * Rules of EventBridge that write here, as ARN patterns behind `rule/`: the queue policy must admit them, and the
   * encryption must be SSE-SQS. A rule on a bus of its own has the bus name before it; a generated name ends in `*`.
   */
  readonly eventRules?: readonly string[];
}

const dlq = (
  name: string,
  retentionDays: number,
  proof: readonly Evidence[],
  visibilitySeconds?: number,
): DeadLetterQueueRow => ({
  name,
  retentionDays,
  evidence: proof,
  ...(visibilitySeconds ? { visibilitySeconds } : {}),
});

const core = evidence('coreQueuesTemplate', 'inferred', 'settings');
const seenInNovember = evidence(
  'statusNovember',
  'listed',
  'the audit shows dead-letter queues only as "one for each"',
);
const publish = evidence('publishQueuesTemplate', 'inferred', 'settings');
const listing = evidence('costListing', 'listed', 'seen on 28 October and 19 December 2025');
const hardening = evidence('hardeningTerraform', 'inferred', 'settings');

/** Audit section 5: every queue with its dead-letter queue. A new queue is one row here. */
export const queues: readonly QueueRow[] = [
  {
    name: 'huntaze-analytics',
    purpose: 'Analytics events',
    owner: 'huntaze-sqs-core-queues',
    visibilitySeconds: 300,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('huntaze-analytics-dlq', 14, [seenInNovember]),
    evidence: [audited(), core],
  },
  {
    name: 'huntaze-email',
    purpose: 'Outgoing e-mail',
    owner: 'huntaze-sqs-core-queues',
    visibilitySeconds: 60,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('huntaze-email-dlq', 14, [seenInNovember]),
    evidence: [audited(), core],
  },
  {
    name: 'huntaze-webhooks',
    purpose: 'Incoming webhooks',
    owner: 'huntaze-sqs-core-queues',
    visibilitySeconds: 120,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('huntaze-webhooks-dlq', 14, [seenInNovember]),
    evidence: [audited(), core],
  },
  {
    name: 'huntaze-notifications-production',
    purpose: 'Push notifications',
    owner: 'huntaze-ai-services',
    visibilitySeconds: 300,
    retentionDays: 14,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('huntaze-notifications-dlq-production', 14, [
      evidence('aiServicesTemplate', 'inferred', 'a second template gives it a generated name'),
    ]),
    evidence: [audited(), evidence('aiServicesTemplate', 'inferred', 'settings; two templates differ')],
  },
  {
    name: 'huntaze-rate-limiter-queue',
    purpose: 'OnlyFans messages that wait for a token',
    owner: 'production-hardening',
    visibilitySeconds: 90,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'not-set',
    deadLetterQueue: dlq('huntaze-rate-limiter-queue-dlq', 14, [seenInNovember]),
    evidence: [audited(), evidence('hardeningTerraform', 'inferred', 'settings; another page says 30 s of visibility')],
  },
  {
    name: 'huntaze-hybrid-workflows.fifo',
    purpose: 'Hybrid workflows',
    owner: 'production-hardening',
    visibilitySeconds: 120,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    contentBasedDeduplication: true,
    highThroughput: true,
    auditedEncryption: 'not-set',
    deadLetterQueue: dlq('huntaze-hybrid-workflows-dlq.fifo', 14, [seenInNovember]),
    evidence: [audited(), hardening],
  },
  {
    name: 'onlyfans-send.fifo',
    purpose: 'OnlyFans messages to send',
    owner: 'scripts or console',
    visibilitySeconds: 900,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'not-set',
    deadLetterQueue: dlq('autogen-send-dlq.fifo', 4, [listing]),
    evidence: [audited(), evidence('setupScript', 'inferred', 'settings and the link to its dead-letter queue')],
  },
  {
    name: 'HuntazeOfSendQueue.fifo',
    purpose: 'OnlyFans main send queue',
    owner: 'HuntazeOfStack',
    visibilitySeconds: 120,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'not-set',
    deadLetterQueue: dlq('HuntazeOfSendDLQ.fifo', 14, [evidence('ofCdk', 'inferred', 'never seen in a listing')]),
    evidence: [audited(), evidence('ofCdk', 'inferred', 'settings; an older template has a standard queue')],
  },
  {
    name: 'publisher-instagram-production',
    purpose: 'Posts for Instagram',
    owner: 'huntaze-publish-queues',
    visibilitySeconds: 180,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('publisher-instagram-dlq-production', 4, [listing]),
    evidence: [listing, publish],
  },
  {
    name: 'publisher-reddit-production',
    purpose: 'Posts for Reddit',
    owner: 'huntaze-publish-queues',
    visibilitySeconds: 120,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('publisher-reddit-dlq-production', 4, [listing]),
    evidence: [listing, publish],
  },
  {
    name: 'publisher-tiktok-production',
    purpose: 'Posts for TikTok',
    owner: 'huntaze-publish-queues',
    visibilitySeconds: 300,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('publisher-tiktok-dlq-production', 4, [listing]),
    evidence: [listing, publish],
  },
  {
    name: 'huntaze-ai-processing',
    purpose: 'AI jobs',
    owner: 'huntaze-sqs-core-queues',
    visibilitySeconds: 120,
    retentionDays: 4,
    waitSeconds: 20,
    maxReceiveCount: 5,
    auditedEncryption: 'sse-sqs',
    deadLetterQueue: dlq('huntaze-ai-processing-dlq', 14, [
      evidence('auditOctober', 'inferred', 'listed on 28 October, not on 2 November'),
    ]),
    evidence: [evidence('coreQueuesTemplate', 'inferred', 'absent from the October list although its DLQ is there')],
  },
  {
    name: 'huntaze-enrichment-production',
    purpose: 'Media enrichment',
    owner: 'huntaze-media-processing-production',
    visibilitySeconds: 60,
    retentionDays: 4,
    maxReceiveCount: 5,
    auditedEncryption: 'not-set',
    deadLetterQueue: dlq('huntaze-dlq-production', 14, [
      evidence('mediaTemplate', 'inferred', 'its template; no listing shows it'),
    ]),
    evidence: [
      evidence(
        'statusNovember',
        'inferred',
        "stated on 28 October and 2 November; its template has no redrive policy although the audit says that every queue has one: maxReceiveCount 5 is the neighbours' value",
      ),
      evidence('mediaTemplate', 'inferred', 'settings'),
    ],
  },
];

/** The five dead-letter queues that serve rules or functions. */
export const standaloneDeadLetterQueues: readonly StandaloneDeadLetterQueueRow[] = [
  {
    name: 'stripe-events-dlq',
    purpose: 'Stripe events that the handler did not take',
    owner: 'stripe-eventbridge',
    retentionDays: 14,
    eventRules: ['*/stripe-billing-v1'],
    evidence: [listing, evidence('stripeTemplate', 'inferred', 'settings')],
  },
  {
    name: 'monthly-billing-dlq-production',
    purpose: 'Monthly billing calls that failed',
    owner: 'huntaze-monthly-billing',
    retentionDays: 4,
    eventRules: ['huntaze-monthly-billing-production'],
    evidence: [listing, evidence('billingTemplate', 'inferred', 'settings; its rule is not modelled')],
  },
  {
    name: 'ai-team-eventbridge-dlq',
    purpose: 'Starts of ai-summarizer that failed',
    owner: 'ai-team',
    retentionDays: 14,
    eventRules: ['ai-insights-ready'],
    evidence: [listing, evidence('aiTeamTerraform', 'inferred', 'settings; a twin exists in eu-west-1')],
  },
  {
    name: 'huntaze-lambda-dlq',
    purpose: 'Asynchronous invocations that failed',
    owner: 'huntaze-prisma-skeleton',
    retentionDays: 14,
    visibilitySeconds: 60,
    evidence: [
      evidence(
        'samTemplate',
        'listed',
        'its stack was reported deployed; no function named it as its DLQ on 19 December',
      ),
    ],
  },
  {
    name: 'OAuthRefreshStack-OAuthRefreshDLQprod397A8CBB-CW8uajPk4646',
    purpose: 'OAuth refresh runs that failed',
    owner: 'OAuthRefreshStack',
    retentionDays: 4,
    eventRules: ['OAuthRefreshStack-RefreshOAuthRate15mprod*', 'OAuthRefreshStack-RefreshOAuthIGprod*'],
    evidence: [listing, evidence('oauthCdk', 'inferred', 'settings')],
  },
];

/** Every queue name of the account, dead-letter queues included. */
export const queueNames: readonly string[] = [
  ...queues.flatMap((queue) => [queue.name, queue.deadLetterQueue.name]),
  ...standaloneDeadLetterQueues.map((queue) => queue.name),
];
