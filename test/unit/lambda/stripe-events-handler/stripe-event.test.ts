import { readStripeEvent } from '../../../../lambda/stripe-events-handler/stripe-event';
import { checkout, invoice, stripeEvent, subscription } from './events';

const common = { eventId: 'evt_x', at: 1234, userId: 'user-1', customerId: 'cus_1' };
const stamp = { id: 'evt_x', at: 1234 };

test.each([
  [
    'subscription created',
    subscription('created', 'incomplete', stamp),
    {
      ...common,
      kind: 'subscription',
      change: 'created',
      subscriptionId: 'sub_1',
      subscriptionCreated: 900,
      status: 'incomplete',
      tier: 'pro',
    },
  ],
  [
    'subscription deleted, customer expanded, no nickname',
    subscription('deleted', 'canceled', { ...stamp, customer: { id: 'cus_1', object: 'customer' }, nickname: null }),
    {
      ...common,
      kind: 'subscription',
      change: 'deleted',
      subscriptionId: 'sub_1',
      subscriptionCreated: 900,
      status: 'canceled',
      tier: 'price_1',
    },
  ],
  [
    'minimal subscription',
    stripeEvent('customer.subscription.updated', { id: 'sub_1', status: 'active' }, stamp),
    {
      eventId: 'evt_x',
      at: 1234,
      kind: 'subscription',
      change: 'updated',
      subscriptionId: 'sub_1',
      subscriptionCreated: 0,
      status: 'active',
    },
  ],
  ['checkout', checkout(stamp), { ...common, kind: 'checkout' }],
  [
    'checkout of a guest',
    checkout({ ...stamp, customer: null, metadata: null }),
    { eventId: 'evt_x', at: 1234, kind: 'checkout' },
  ],
  [
    'invoice paid',
    invoice('paid', stamp),
    { ...common, kind: 'invoice', outcome: 'paid', invoiceId: 'in_1', subscriptionId: 'sub_1' },
  ],
  [
    'invoice failed, in the form of older API versions',
    invoice('payment_failed', {
      ...stamp,
      parent: undefined,
      subscription: 'sub_1',
      subscription_details: { metadata: { userId: 'user-1' } },
    }),
    { ...common, kind: 'invoice', outcome: 'failed', invoiceId: 'in_1', subscriptionId: 'sub_1' },
  ],
  [
    'invoice of no subscription',
    invoice('paid', { ...stamp, parent: null, metadata: { userId: 'user-1' } }),
    { ...common, kind: 'invoice', outcome: 'paid', invoiceId: 'in_1' },
  ],
  [
    'a blank user id is none',
    checkout({ ...stamp, metadata: { userId: ' ' } }),
    { ...common, kind: 'checkout', userId: undefined },
  ],
  ['another type', stripeEvent('customer.created', {}, stamp), undefined],
])('%s', (_, event, expected) => {
  expect(readStripeEvent(event)).toEqual(expected);
});

test.each([
  ['the detail is empty', undefined],
  ['the event has no time', { id: 'evt_1', type: 'invoice.paid', data: { object: {} } }],
  ['the time is text', { ...invoice('paid'), created: '1234' }],
  ['the subscription has no status', stripeEvent('customer.subscription.updated', { id: 'sub_1' })],
  ['the invoice has no id', stripeEvent('invoice.paid', {})],
])('throws when %s', (_, event) => {
  expect(() => readStripeEvent(event)).toThrow();
});
