import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { callLimits, documentClient } from '../clients';
import { beginInvocation, metricsNamespace } from '../invocation';
import { ClaimsTable } from './claims';
import type { PublisherConfiguration } from './configuration';
import { describe } from './failures';
import { OwnQueue } from './own-queue';
import { PublicationsTable } from './publications-table';
import type { Publisher } from './publisher';
import { readToken } from './tokens';
import { work } from './worker';

export interface PublisherSetup<Progress> {
  readonly serviceName: string;
  /** Reads the environment and makes the publisher; called per invocation, so that a bad setting fails loudly. */
  configure(environment: NodeJS.ProcessEnv): {
    readonly configuration: PublisherConfiguration;
    readonly publisher: Publisher<Progress>;
  };
}

export type PublisherHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The Lambda handler of a publisher: each message on its own, the failed ones reported, the others done. */
export function publisherHandler<Progress>({ serviceName, configure }: PublisherSetup<Progress>): PublisherHandler {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
  const dynamo = documentClient();
  const queue = new OwnQueue(new SQSClient(callLimits));

  return async (event, context) => {
    beginInvocation(logger, undefined, context);
    const { configuration, publisher } = configure(process.env);
    const parts = {
      publisher,
      queue,
      claims: new ClaimsTable(dynamo, configuration.pubkeysTable),
      posts: new PublicationsTable(dynamo, configuration.postsTable),
      readToken: (userId: string) =>
        readToken(dynamo, configuration.tokensTable, { userId, provider: publisher.platform }),
      publish: configuration.publish,
      now: Date.now,
    };

    const handleRecord = async (record: SQSRecord): Promise<void> => {
      // A logger of its own: messages are worked off side by side, and each has its own correlation id.
      const recordLogger = logger.createChild();
      const correlationId = record.messageAttributes.correlationId?.stringValue ?? record.messageId;
      recordLogger.setCorrelationId(correlationId);
      recordLogger.appendKeys({ messageId: record.messageId, receives: record.attributes.ApproximateReceiveCount });
      try {
        const outcome = await work(parts, { record, context, correlationId, logger: recordLogger });
        recordLogger.info('worked off a message', { outcome });
        metrics.addMetric(outcome === 'posted' ? 'PostsPublished' : 'MessagesWithoutPost', MetricUnit.Count, 1);
      } catch (error) {
        recordLogger.error('a message has to come back', { reason: describe(error) });
        metrics.addMetric('MessagesFailed', MetricUnit.Count, 1);
        throw error;
      }
    };

    try {
      return await processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
        // A whole batch that fails is five messages that failed: thrown, it would count as an error of the function.
        throwOnFullBatchFailure: false,
      });
    } finally {
      metrics.publishStoredMetrics();
    }
  };
}
