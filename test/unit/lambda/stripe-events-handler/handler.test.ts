import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EventBridgeEvent } from 'aws-lambda';
import { handler } from '../../../../lambda/stripe-events-handler/handler';
import { FakeTable } from '../support/fake-table';
import { captureOutput, contextWith } from '../support/invocation';
import { checkout, invoice, stripeEvent, subscription } from './events';

const realEnvironment = process.env;
const table = new FakeTable(['userId']);
let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  process.env = { ...realEnvironment, USERS_TABLE: 'huntaze-users' };
  table.reset();
  output = captureOutput();
});

afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

function send(detail: { readonly type?: string }) {
  const event: EventBridgeEvent<string, unknown> = {
    id: 'delivery-1',
    version: '0',
    account: '123456789012',
    time: '2025-12-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    source: 'aws.partner/stripe.com/ed_test',
    'detail-type': detail.type ?? '',
    detail,
  };
  return handler(event, contextWith());
}

const withoutUser = { metadata: {} };
const updates = () => table.mock.commandCalls(UpdateCommand).map(({ args }) => args[0].input);

describe('whose event it is', () => {
  test('the metadata name the user', async () => {
    expect(await send(subscription('created', 'active'))).toEqual({ ok: true, userId: 'user-1', changed: true });
    expect(table.mock.commandCalls(QueryCommand)).toHaveLength(0);
    expect(table.items).toMatchObject([
      {
        userId: 'user-1',
        subscriptionStatus: 'active',
        subscriptionTier: 'pro',
        stripeSubscriptionId: 'sub_1',
        stripeCustomerId: 'cus_1',
      },
    ]);
  });

  test('else the customer id does', async () => {
    table.items.push({ userId: 'user-7', stripeCustomerId: 'cus_1', email: 'kept@example.com' });
    expect(await send(subscription('updated', 'active', withoutUser))).toMatchObject({
      userId: 'user-7',
      changed: true,
    });
    expect(table.mock.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ IndexName: 'ByStripeCustomerId' });
    expect(table.items).toMatchObject([{ userId: 'user-7', subscriptionStatus: 'active', email: 'kept@example.com' }]);
  });

  test.each([
    ['nobody has the customer id', subscription('created', 'active', withoutUser), 'no userId'],
    ['there is no customer either', checkout({ ...withoutUser, customer: null }), 'no userId'],
    ['the type is none of the six', stripeEvent('customer.created', {}), 'event type not handled'],
  ])('ok with a reason when %s', async (_, event, reason) => {
    expect(await send(event)).toEqual({ ok: true, reason });
    expect(updates()).toEqual([]);
  });

  test('ok with a reason when several users share the customer id: none of them is guessed', async () => {
    table.items.push({ userId: 'a', stripeCustomerId: 'cus_1' }, { userId: 'b', stripeCustomerId: 'cus_1' });
    expect(await send(invoice('paid', { parent: null }))).toEqual({ ok: true, reason: 'customer of several users' });
    expect(updates()).toEqual([]);
  });

  test('a failing look-up is no missing user', async () => {
    table.mock.on(QueryCommand).rejects(new Error('throttled'));
    await expect(send(subscription('created', 'active', withoutUser))).rejects.toThrow('throttled');
  });
});

describe('the six types', () => {
  test('each does what its name says', async () => {
    const statuses: unknown[] = [];
    const events = [
      checkout({ at: 1 }),
      subscription('created', 'incomplete', { at: 2 }),
      invoice('paid', { at: 3 }),
      subscription('updated', 'active', { at: 4 }),
      invoice('payment_failed', { at: 5, invoiceId: 'in_2' }),
      subscription('deleted', 'canceled', { at: 6 }),
    ];
    for (const event of events) {
      await send(event);
      statuses.push(table.items[0]?.subscriptionStatus);
    }
    expect(statuses).toEqual([undefined, 'incomplete', 'active', 'active', 'past_due', 'canceled']);
    expect(table.items[0]).toMatchObject({
      stripeCustomerId: 'cus_1',
      lastPaidInvoiceId: 'in_1',
      lastFailedInvoiceId: 'in_2',
    });
  });
});

describe('order and repetition', () => {
  test('a duplicate and a late event write nothing', async () => {
    const active = subscription('updated', 'active', { at: 2000 });
    await send(active);
    expect(await send(active)).toEqual({ ok: true, userId: 'user-1', changed: false });
    expect(await send(subscription('created', 'incomplete', { at: 1000 }))).toMatchObject({ changed: false });
    expect(updates()).toHaveLength(1);
    expect(table.items[0]?.subscriptionStatus).toBe('active');
  });

  test('a write is on condition that nobody wrote since the read', async () => {
    await send(subscription('created', 'active', { at: 1 }));
    await send(subscription('updated', 'past_due', { at: 2 }));
    expect(
      updates().map(({ ConditionExpression, ExpressionAttributeValues }) => [
        ConditionExpression,
        ExpressionAttributeValues?.[':read'],
      ]),
    ).toEqual([
      ['attribute_not_exists(#stripeBillingRevision)', undefined],
      ['#stripeBillingRevision = :read', 1],
    ]);
    expect(table.mock.commandCalls(GetCommand).every(({ args }) => args[0].input.ConsistentRead)).toBe(true);
  });

  test('events of one user at the same moment all count, the newest last', async () => {
    const events = [
      subscription('created', 'incomplete', { at: 1 }),
      invoice('paid', { at: 2 }),
      subscription('updated', 'active', { at: 3 }),
      checkout({ at: 4, customer: 'cus_9' }),
      invoice('payment_failed', { at: 5, invoiceId: 'in_2' }),
    ];
    await Promise.all(events.map(send));
    expect(table.items).toMatchObject([
      {
        subscriptionStatus: 'past_due',
        stripeCustomerId: 'cus_9',
        lastPaidInvoiceId: 'in_1',
        lastFailedInvoiceId: 'in_2',
        stripeBillingRevision: 5,
      },
    ]);
  });

  test('throws when it never gets its turn', async () => {
    table.mock.on(UpdateCommand).rejects(Object.assign(new Error(), { name: 'ConditionalCheckFailedException' }));
    await expect(send(subscription('created', 'active'))).rejects.toThrow(/user-1 was written by others/);
  });
});

describe('throws when', () => {
  test('no table is named', async () => {
    process.env = { ...process.env, USERS_TABLE: '' };
    await expect(send(checkout())).rejects.toThrow('USERS_TABLE');
  });

  test('the event is malformed', async () => {
    await expect(send({ type: 'invoice.paid' })).rejects.toThrow();
    expect(updates()).toEqual([]);
  });
});

test('logs carry the correlation id and hold nothing of the customer', async () => {
  await send(
    subscription('created', 'active', {
      customer: { id: 'cus_1', email: 'fan@example.com' },
      client_secret: 'seti_secret',
    }),
  );
  const log = output.lines().find((line) => 'level' in line);
  expect(log).toMatchObject({ correlation_id: 'delivery-1', type: 'customer.subscription.created', userId: 'user-1' });
  expect(output.text()).not.toMatch(/fan@example|seti_secret|cus_1/);
});
