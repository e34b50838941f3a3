import { type Assumption, checkUsage, type UsageAssumptions } from '../lib/cost/usage';

const inferred = (quantity: string, why: string): Assumption => ({ quantity, confidence: 'inferred', why });
const proposed = (quantity: string, why: string): Assumption => ({ quantity, confidence: 'proposed', why });
const nothing = (why: string): Assumption => proposed('0', why);

/**
 * What the cost report assumes where a template does not say. Nobody has measured most of it: the one figure that was
 * read from a bill is 328.08 USD against a budget of 100 (readiness status, 29 October 2025), with nothing said of what
 * it was spent on. Replace a figure as soon as somebody reads it in the account.
 */
export const usage: UsageAssumptions = checkUsage({
  defaults: {
    'function.requests': proposed('10000', 'a quiet function; replace with the Invocations metric'),
    'function.milliseconds': proposed('200', 'a call or two to other services; replace with the Duration metric'),
    'edge.milliseconds': proposed('5', 'checks a token or sets headers; no call'),
    'task.hours': nothing('no listing of December 2025 shows a running task'),
    'bucket.gigabytes': inferred(
      '0.404',
      '5.66 GB in 14 buckets (machine audit of S3, 27 November 2025), spread evenly',
    ),
    'bucket.reads': inferred('137000', '2.02 million requests in 14 buckets, 95 % of them taken for reads'),
    'bucket.writes': inferred('7200', '2.02 million requests in 14 buckets, 5 % of them taken for writes'),
    'queue.requests': proposed(
      '150000',
      'a consumer that polls for 20 seconds makes 130,000 requests a month by itself',
    ),
    'table.gigabytes': proposed('0.1', 'no document gives a size'),
    'table.reads': proposed('500000', 'no document gives a rate'),
    'table.writes': proposed('100000', 'no document gives a rate'),
    'log.ingested': proposed('0.1', 'no document gives a rate'),
    'log.stored': proposed('0.1', 'no document gives a size'),
    'distribution.gigabytes': proposed('10', 'the machine audit puts CloudFront at 0 USD: below the free terabyte'),
    'distribution.requests': proposed(
      '500000',
      'the machine audit puts CloudFront at 0 USD: below the free 10 million',
    ),
    'repository.gigabytes': proposed('1', 'a browser image or two'),
    'secret.requests': proposed('5000', 'functions keep what they read'),
    'key.requests': proposed('10000', 'no document gives a rate'),
    'endpoint.gigabytes': proposed('1', 'calls to SQS and Secrets Manager are small'),
    'gateway.gigabytes': proposed('10', 'no document gives a rate'),
    'topic.publishes': proposed('1000', 'alarms and findings'),
    'flags.requests': proposed('100000', 'readers ask every 45 seconds at most while they run'),
    'flags.received': proposed('1000', 'only a changed configuration is handed out'),
    'insights.metrics': inferred('8', 'metrics that Container Insights keeps per cluster; not listed in the account'),
    'insights.metricsPerService': inferred('24', 'metrics per service and task family; not listed in the account'),
    'tokens.input': proposed('10000000', 'ten million a month; Azure carried no traffic when the account was audited'),
    'tokens.cached': proposed('0', 'no cache hit is counted on'),
    'tokens.output': proposed('3000000', 'three tokens out for ten in'),
    'workspace.gigabytes': proposed('2', 'request logs of the traffic above; below the free 5 GB'),
    'zone.queries': proposed('100000', 'every connection asks once'),
  },
  resources: {
    'huntaze-viewer-request': {
      'function.requests': proposed('500000', 'once per request to the distribution'),
    },
    'huntaze-origin-response': {
      'function.requests': proposed('100000', 'once per request that the edge cache misses; one in five'),
    },
    '/huntaze/vpc/worker-flow-logs': {
      'log.ingested': nothing('nothing runs in the worker VPC'),
    },
    'aws-sam-cli-managed-default-samclisourcebucket-qusvkqzketix': {
      'bucket.gigabytes': inferred('0.09', 'one deployed package of the SAM application: 90,111,457 bytes'),
    },
  },
});
