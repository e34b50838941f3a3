import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';

/** Namespace of the functions' own CloudWatch metrics; the dimension `service` names the function. */
export const metricsNamespace = 'Huntaze/Functions';

/**
 * Starts the logger afresh for one invocation and gives the correlation id that every log line and every message of
 * this invocation carries: the id of the event, which a retry of the same event shares, else of the request.
 */
export function beginInvocation(logger: Logger, event: { readonly id?: string } | undefined, context: Context): string {
  const correlationId = event?.id ?? context.awsRequestId;
  logger.resetKeys();
  logger.addContext(context);
  logger.setCorrelationId(correlationId);
  return correlationId;
}
