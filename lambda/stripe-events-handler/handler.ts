import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { environment as names } from '../../lib/estate/environment';
import { documentClient } from '../shared/clients';
import { beginInvocation, metricsNamespace } from '../shared/invocation';
import { requiredSettings } from '../shared/settings';
import { applyEvent } from './billing';
import { type BillingEvent, readStripeEvent } from './stripe-event';
import { UsersTable } from './users-table';

/** Writers of one user are the few events that Stripe sends at the same moment: each attempt lets at least one through. */
const writeAttempts = 8;

export type StripeResult =
  /** `changed` is false when the event was a duplicate, or older than what is known. */
  | { readonly ok: true; readonly userId: string; readonly changed: boolean }
  | { readonly ok: true; readonly reason: 'no userId' | 'customer of several users' | 'event type not handled' };

const serviceName = 'stripe-events-handler';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
const dynamo = documentClient();

/**
 * Brings a user's item in line with a Stripe event. Duplicates and late events change nothing.
 *
 * @throws Error on a malformed event or a failing table, so that Lambda retries and then hands the event to the function's
 * failure destination.
 */
export async function handler(event: EventBridgeEvent<string, unknown>, context: Context): Promise<StripeResult> {
  beginInvocation(logger, event, context);
  const { usersTable } = requiredSettings(names.stripeEventsHandler, process.env);
  const result = await handle(readStripeEvent(event.detail), new UsersTable(dynamo, usersTable));
  logger.info('handled Stripe event', { type: event['detail-type'], ...result });
  metrics.addMetric('reason' in result ? 'EventsIgnored' : 'EventsHandled', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return result;
}

async function handle(event: BillingEvent | undefined, table: UsersTable): Promise<StripeResult> {
  if (!event) return { ok: true, reason: 'event type not handled' };
  logger.appendKeys({ stripeEventId: event.eventId });

  const users = event.userId ? [event.userId] : event.customerId ? await table.usersOfCustomer(event.customerId) : [];
  const [userId, ...others] = users;
  if (!userId) return { ok: true, reason: 'no userId' };
  if (others.length > 0) return { ok: true, reason: 'customer of several users' };

  for (let attempt = 0; attempt < writeAttempts; attempt += 1) {
    const item = await table.read(userId);
    const change = applyEvent(item, event);
    if (!change) return { ok: true, userId, changed: false };
    if (await table.write(userId, item.revision, change.state, change.attributes))
      return { ok: true, userId, changed: true };
  }
  throw new Error(
    `User ${userId} was written by others in each of ${writeAttempts} attempts, got no turn for event ${event.eventId}. ` +
      'Let Lambda retry; if it persists, look for a second writer of the billing attributes.',
  );
}
