import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { servicesEnvironment } from '../../lib/estate/environment-services';
import { callLimits } from '../shared/clients';
import { errorName } from '../shared/error-name';
import { metricsNamespace } from '../shared/invocation';
import { readSecretText } from '../shared/secret-text';
import { type RateLimiterConfiguration, readConfiguration } from './configuration';
import { PoisonMessageError, readMessage } from './message';
import { forward, sendAgain } from './queues';
import { limit, type Outcome, type RateLimiterParts, type Sender } from './rate-limiter';
import { PasswordUnavailableError, RedisConnection } from './redis-connection';
import { TokenBuckets } from './token-buckets';

const serviceName = 'huntaze-rate-limiter';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });

interface Container {
  readonly configuration: RateLimiterConfiguration;
  readonly redis: RedisConnection;
  readonly buckets: TokenBuckets;
  readonly sqs: SQSClient;
}

let container: Container | undefined;

/**
 * Lets the messages of the queue through as fast as the buckets allow.
 *
 * @returns what SQS must show again: poison messages and failures, never a message that has to wait. An empty object when
 * there is none.
 */
export async function handler(
  event: SQSEvent,
  context: Context,
): Promise<SQSBatchResponse | Readonly<Record<string, never>>> {
  const parts = ready();
  const response = await processPartialResponse(
    event,
    (record: SQSRecord) => handle(record, context, parts),
    new BatchProcessor(EventType.SQS),
    // A thrown error would show every message again, those that were sent included.
    { throwOnFullBatchFailure: false },
  );
  metrics.addMetric('MessagesFailed', MetricUnit.Count, response.batchItemFailures.length);
  metrics.publishStoredMetrics();
  return response.batchItemFailures.length > 0 ? response : {};
}

/** Says whether Redis answers: 200 when it does, 500 when it does not. */
export async function healthCheck(): Promise<{ readonly statusCode: 200 | 500; readonly body: string }> {
  const timestamp = new Date().toISOString();
  try {
    const pong = await ready().redis.run((client) => client.ping());
    const redis = pong === 'PONG' ? 'connected' : 'disconnected';
    return { statusCode: 200, body: JSON.stringify({ status: 'healthy', redis, timestamp }) };
  } catch (error) {
    return { statusCode: 500, body: JSON.stringify({ status: 'unhealthy', error: errorName(error), timestamp }) };
  }
}

function ready(): Container {
  container ??= open(readConfiguration(process.env));
  return container;
}

function open(configuration: RateLimiterConfiguration): Container {
  const { region, limits } = configuration;
  const { host, port, tls, authSecret } = configuration.redis;
  const redis = new RedisConnection({
    host,
    port,
    tls: tls ? {} : undefined,
    readPassword: authSecret
      ? () =>
          readSecretText(
            new SecretsManagerClient({ ...callLimits, region }),
            authSecret,
            servicesEnvironment.rateLimiter.redisAuthSecret,
          )
      : undefined,
    onError: (reason) => logger.warn('the connection to Redis broke', { reason }),
  });
  return {
    configuration,
    redis,
    buckets: new TokenBuckets(redis, limits),
    sqs: new SQSClient({ ...callLimits, region }),
  };
}

async function handle(record: SQSRecord, context: Context, container: Container): Promise<void> {
  const log = logger.createChild();
  log.addContext(context);
  log.setCorrelationId(record.messageId);
  log.appendKeys({ messageId: record.messageId });
  try {
    const message = readMessage(record);
    log.setCorrelationId(message.correlationId);
    log.appendKeys({ attempt: message.journey.attempt });
    const outcome = await limit(message, context.awsRequestId, partsOf(container, log));
    log.info('handled message', { ...outcome });
    count(outcome, Date.now() - message.journey.firstSentAt);
  } catch (error) {
    // Messages of this function's own errors hold nothing of the body; those of parsers and clients might.
    const own = error instanceof PoisonMessageError || error instanceof PasswordUnavailableError;
    const detail = own ? { detail: error.message } : {};
    log.error('the message is left to SQS', { reason: errorName(error), ...detail });
    throw error;
  }
}

function partsOf({ configuration, buckets, sqs }: Container, log: Logger): RateLimiterParts {
  const { queueUrl, sendQueueUrl } = configuration;
  return {
    buckets,
    logger: {
      warn: (message, detail) => log.warn(message, detail),
      error: (message, detail) => log.error(message, detail),
    },
    send: sendQueueUrl ? (message) => forward(sqs, sendQueueUrl, message) : acknowledgeOnly(log),
    sendAgain: (message, journey, seconds) => sendAgain(sqs, queueUrl, message, journey, seconds),
  };
}

/**
 * What the deployed function does with a message that was let through: its sender is a stub that calls no platform, and no
 * document shows where the message should go. It is counted, so that nobody takes the silence for deliveries.
 */
function acknowledgeOnly(log: Logger): Sender {
  return async () => {
    log.warn('let through without a receiver: no send queue is configured', {
      variable: servicesEnvironment.rateLimiter.sendQueueUrl,
    });
    metrics.addMetric('MessagesWithoutReceiver', MetricUnit.Count, 1);
  };
}

function count(outcome: Outcome, ageMs: number): void {
  if (outcome.kind === 'deferred') metrics.addMetric('WaitSeconds', MetricUnit.Seconds, outcome.seconds);
  if (outcome.kind === 'sent') metrics.addMetric('TotalWaitSeconds', MetricUnit.Seconds, Math.max(0, ageMs / 1000));
  const name = { sent: 'MessagesSent', duplicate: 'DuplicatesDropped', deferred: 'MessagesDeferred' }[outcome.kind];
  metrics.addMetric(name, MetricUnit.Count, 1);
}
