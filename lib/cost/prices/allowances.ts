/**
 * What both clouds give away every month for good (not in the first year only), to the account as a whole. It cannot
 * be laid at one resource's door: a resource is shown at its list price, and the allowance comes off the total.
 */
export interface Allowance {
  readonly id: string;
  readonly what: string;
  /** Units of the prices, for the account, in a month. */
  readonly quantity: string;
  /** Prices that it covers. */
  readonly prices: readonly string[];
  readonly url: string;
}

const freeTier = 'https://aws.amazon.com/free/';

export const allowances: readonly Allowance[] = [
  { id: 'lambda-requests', what: 'Lambda, requests', quantity: '1', prices: ['lambda.request'], url: freeTier },
  {
    id: 'lambda-duration',
    what: 'Lambda, GB-seconds',
    quantity: '400000',
    prices: ['lambda.duration.x86', 'lambda.duration.arm'],
    url: freeTier,
  },
  { id: 'sqs-requests', what: 'SQS, requests', quantity: '1', prices: ['sqs.standard', 'sqs.fifo'], url: freeTier },
  { id: 'sns-publishes', what: 'SNS, publishes', quantity: '1', prices: ['sns.publish'], url: freeTier },
  { id: 'dynamodb-storage', what: 'DynamoDB, storage', quantity: '25', prices: ['dynamodb.storage'], url: freeTier },
  { id: 'alarms', what: 'CloudWatch, alarms', quantity: '10', prices: ['cloudwatch.alarm'], url: freeTier },
  {
    id: 'dashboards',
    what: 'CloudWatch, dashboards of up to 50 metrics',
    quantity: '3',
    prices: ['cloudwatch.dashboard'],
    url: freeTier,
  },
  { id: 'metrics', what: 'CloudWatch, custom metrics', quantity: '10', prices: ['cloudwatch.metric'], url: freeTier },
  {
    id: 'logs',
    what: 'CloudWatch Logs, ingested and stored',
    quantity: '5',
    prices: ['logs.ingested', 'logs.stored'],
    url: freeTier,
  },
  {
    id: 'cloudfront-transfer',
    what: 'CloudFront, transfer',
    quantity: '1024',
    prices: ['cloudfront.transfer'],
    url: freeTier,
  },
  {
    id: 'cloudfront-requests',
    what: 'CloudFront, requests',
    quantity: '10',
    prices: ['cloudfront.https'],
    url: freeTier,
  },
  { id: 'kms-requests', what: 'KMS, requests', quantity: '0.02', prices: ['kms.request'], url: freeTier },
  {
    id: 'scheduler',
    what: 'EventBridge Scheduler, invocations',
    quantity: '14',
    prices: ['scheduler.invocation'],
    url: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  {
    id: 'azure-logs',
    what: 'Log Analytics, ingested',
    quantity: '5',
    prices: ['azure.logs.ingested'],
    url: 'https://azure.microsoft.com/pricing/details/monitor/',
  },
];
