import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { environment as names } from '../../../estate/environment';
import { stripeBusKey } from '../../seed';
import { functionRow, literalOf } from '../functions';
import { until } from '../patience';
import type { Scene, Story } from '../scene';

export const stripeEvents: Story = {
  title: 'A Stripe event updates its user, and an older one that arrives late does not',
  async tell(scene, fact) {
    const handler = functionRow('stripe-events-handler');
    const TableName = literalOf(handler, names.stripeEventsHandler.usersTable);
    const userId = `rehearsal-${randomUUID()}`;
    const email = 'rehearsal@example.invalid';
    await scene.dynamo.send(new PutCommand({ TableName, Item: { userId, email } }));
    const user = async () =>
      (await scene.dynamo.send(new GetCommand({ TableName, Key: { userId }, ConsistentRead: true }))).Item ?? {};
    const now = Math.floor(Date.now() / 1000);

    await putStripeEvent(scene, { userId, eventId: `evt_${randomUUID()}`, at: now, status: 'active', tier: 'pro' });
    await until('the user has a subscription', async () => (await user()).subscriptionStatus !== undefined);
    const updated = await user();
    assert.equal(updated.subscriptionStatus, 'active');
    assert.equal(updated.subscriptionTier, 'pro');
    assert.equal(updated.email, email, 'the handler wrote over an attribute that is not its own');
    fact(
      `${TableName}: subscriptionStatus ${updated.subscriptionStatus}, subscriptionTier ${updated.subscriptionTier}`,
    );

    const late = `evt_${randomUUID()}`;
    await putStripeEvent(scene, { userId, eventId: late, at: now - 3600, status: 'past_due', tier: 'basic' });
    const line = await until('the handler has logged the late event', () => handledLine(scene, handler.name, late));
    assert.equal(line.changed, false, `the late event was handled as ${JSON.stringify(line)}`);
    assert.deepEqual(await user(), updated, 'the late event changed the user');
    fact('event of an hour before, arrived after: handled, nothing changed');
  },
};

interface StripeFacts {
  readonly userId: string;
  readonly eventId: string;
  /** When Stripe made the event, in seconds since 1970. */
  readonly at: number;
  readonly status: string;
  readonly tier: string;
}

async function putStripeEvent(scene: Scene, { userId, eventId, at, status, tier }: StripeFacts): Promise<void> {
  const detail = {
    id: eventId,
    type: 'customer.subscription.updated',
    created: at,
    data: {
      object: {
        id: `sub_${userId}`,
        status,
        created: at - 86_400,
        customer: `cus_${userId}`,
        metadata: { userId },
        items: { data: [{ price: { id: `price_${tier}`, nickname: tier } }] },
      },
    },
  };
  const EventBusName = scene.values.parameters[stripeBusKey];
  const { FailedEntryCount } = await scene.events.send(
    new PutEventsCommand({
      // Only the partner itself may say that it is the source: the rule looks at the type alone.
      Entries: [{ EventBusName, Source: 'rehearsal', DetailType: detail.type, Detail: JSON.stringify(detail) }],
    }),
  );
  assert.equal(FailedEntryCount, 0, `${EventBusName} did not take the event`);
}

/** What the handler logged about one Stripe event, once it has. */
async function handledLine({ logs }: Scene, functionName: string, eventId: string) {
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName: `/aws/lambda/${functionName}` });
  for await (const { events = [] } of pages) {
    for (const text of events.flatMap(({ message = '' }) => message.split('\n'))) {
      if (!text.includes(eventId) || !text.includes('{')) continue;
      const line = JSON.parse(text.slice(text.indexOf('{'))) as { readonly changed?: boolean };
      if ('changed' in line) return line;
    }
  }
  return undefined;
}
