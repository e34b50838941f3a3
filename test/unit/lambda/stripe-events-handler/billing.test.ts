import fc from 'fast-check';
import { applyEvent, type BillingItem } from '../../../../lambda/stripe-events-handler/billing';
import { readStripeEvent } from '../../../../lambda/stripe-events-handler/stripe-event';
import { checkout, invoice, subscription } from './events';

/** The item after these events, in the order in which they arrive. */
function itemAfter(details: readonly unknown[], before: BillingItem = {}): BillingItem {
  let item = before;
  for (const detail of details) {
    const event = readStripeEvent(detail);
    const change = event && applyEvent(item, event);
    if (!change) continue;
    const written = Object.fromEntries(Object.entries(change.attributes).filter(([, value]) => value !== undefined));
    item = { ...item, ...written, state: change.state };
  }
  return item;
}

const reversed = <T>(items: readonly T[]): T[] => [...items].reverse();

describe('subscription events', () => {
  test('set status, tier, subscription and customer', () => {
    expect(itemAfter([subscription('created', 'active')])).toMatchObject({
      subscriptionStatus: 'active',
      subscriptionTier: 'pro',
      stripeSubscriptionId: 'sub_1',
      stripeCustomerId: 'cus_1',
    });
  });

  test('leave a known customer id', () => {
    expect(itemAfter([subscription('created', 'active')], { stripeCustomerId: 'cus_known' }).stripeCustomerId).toBe(
      'cus_known',
    );
  });

  test('without a price the tier reads unknown, as it always did', () => {
    expect(itemAfter([subscription('created', 'active', { items: { data: [] } })]).subscriptionTier).toBe('unknown');
  });
});

describe('a late event does not move a subscription back', () => {
  test.each([
    [
      'cancelled, then the update before it',
      [subscription('deleted', 'canceled', { at: 3000 }), subscription('updated', 'active', { at: 2000 })],
      'canceled',
    ],
    [
      'active, then the creation before it',
      [subscription('updated', 'active', { at: 2000 }), subscription('created', 'incomplete', { at: 1000 })],
      'active',
    ],
    [
      'active, then the creation of the same second',
      [subscription('updated', 'active', { at: 1000 }), subscription('created', 'incomplete', { at: 1000 })],
      'active',
    ],
    [
      'active, then an incomplete update of the same second',
      [subscription('updated', 'active', { at: 1000 }), subscription('updated', 'incomplete', { at: 1000 })],
      'active',
    ],
    [
      'cancelled, then the update of the same second',
      [subscription('deleted', 'canceled', { at: 1000 }), subscription('updated', 'active', { at: 1000 })],
      'canceled',
    ],
    [
      'past due, then the payment before it',
      [subscription('updated', 'past_due', { at: 2000 }), invoice('paid', { at: 1000 })],
      'past_due',
    ],
  ])('%s', (_, events, status) => {
    expect(itemAfter(events).subscriptionStatus).toBe(status);
  });

  test('a redelivered event of the same second does not come after its successor', () => {
    const first = subscription('updated', 'past_due', { at: 1000 });
    const second = subscription('updated', 'active', { at: 1000 });
    expect(itemAfter([first, second, first]).subscriptionStatus).toBe('active');
  });

  test('a late event brings no change at all', () => {
    const item = itemAfter([subscription('deleted', 'canceled', { at: 3000 })]);
    const late = readStripeEvent(subscription('updated', 'active', { at: 2000 }));
    expect(late && applyEvent(item, late)).toBeUndefined();
  });
});

describe('invoice events', () => {
  test.each([
    ['a payment ends past due', 'past_due', 'paid', 'active'],
    ['a first payment activates', 'incomplete', 'paid', 'active'],
    ['a failed payment makes past due', 'active', 'payment_failed', 'past_due'],
    ['a payment does not resurrect', 'canceled', 'paid', 'canceled'],
    ['a payment does not resurrect', 'incomplete_expired', 'paid', 'incomplete_expired'],
    ['a failed payment does not change', 'canceled', 'payment_failed', 'canceled'],
    ['a payment of nothing does not end', 'trialing', 'paid', 'trialing'],
    ['a failed first payment leaves', 'incomplete', 'payment_failed', 'incomplete'],
  ] as const)('%s a subscription that is %s', (_, before, outcome, status) => {
    const events = [
      subscription(before === 'canceled' ? 'deleted' : 'updated', before, { at: 1000 }),
      invoice(outcome, { at: 2000 }),
    ];
    expect(itemAfter(events).subscriptionStatus).toBe(status);
    expect(itemAfter(reversed(events)).subscriptionStatus).toBe(status);
  });

  test('record the last payment and the last failure', () => {
    const events = [
      invoice('paid', { at: 86_400, invoiceId: 'in_1' }),
      invoice('payment_failed', { at: 172_800, invoiceId: 'in_2' }),
      invoice('paid', { at: 100, invoiceId: 'in_0' }),
    ];
    expect(itemAfter(events)).toMatchObject({
      lastInvoicePaidAt: '1970-01-02T00:00:00.000Z',
      lastPaidInvoiceId: 'in_1',
      lastPaymentFailedAt: '1970-01-03T00:00:00.000Z',
      lastFailedInvoiceId: 'in_2',
    });
  });

  test('of no subscription leave the status', () => {
    const item = itemAfter([subscription('updated', 'past_due'), invoice('paid', { at: 2000, parent: null })]);
    expect(item).toMatchObject({ subscriptionStatus: 'past_due', lastPaidInvoiceId: 'in_1' });
  });

  test('alone make no subscription', () => {
    expect(itemAfter([invoice('paid')])).not.toHaveProperty('subscriptionStatus');
  });

  test('a failure and its successful repetition in one second end as paid', () => {
    const events = [
      subscription('updated', 'past_due', { at: 1 }),
      invoice('paid', { at: 9 }),
      invoice('payment_failed', { at: 9 }),
    ];
    expect(itemAfter(events).subscriptionStatus).toBe('active');
  });
});

describe('checkout', () => {
  test('sets the customer id over any other, and a late one does not', () => {
    const item = itemAfter([
      subscription('created', 'active'),
      checkout({ at: 2000, customer: 'cus_2' }),
      checkout({ at: 1500, customer: 'cus_0' }),
    ]);
    expect(item.stripeCustomerId).toBe('cus_2');
  });

  test('of a guest changes nothing', () => {
    expect(itemAfter([checkout({ customer: null })])).toEqual({});
  });
});

describe('several subscriptions of one user', () => {
  const old = { subscriptionId: 'sub_old', created: 100, nickname: 'basic' };
  const current = { subscriptionId: 'sub_new', created: 200, nickname: 'pro' };

  test.each([
    [
      'the end of the old one does not end the new one',
      [
        subscription('created', 'active', { ...current, at: 200 }),
        subscription('deleted', 'canceled', { ...old, at: 300 }),
      ],
      { subscriptionStatus: 'active', stripeSubscriptionId: 'sub_new', subscriptionTier: 'pro' },
    ],
    [
      'the newer of two open ones counts',
      [
        subscription('updated', 'active', { ...current, at: 200 }),
        subscription('updated', 'active', { ...old, at: 300 }),
      ],
      { stripeSubscriptionId: 'sub_new' },
    ],
    [
      'a new one that is not paid does not hide the open one',
      [
        subscription('updated', 'active', { ...old, at: 100 }),
        subscription('created', 'incomplete', { ...current, at: 200 }),
      ],
      { subscriptionStatus: 'active', stripeSubscriptionId: 'sub_old', subscriptionTier: 'basic' },
    ],
    [
      'when the new one ends the old one counts again',
      [
        subscription('updated', 'active', { ...old, at: 100 }),
        subscription('deleted', 'canceled', { ...current, at: 300 }),
      ],
      { subscriptionStatus: 'active', stripeSubscriptionId: 'sub_old' },
    ],
  ])('%s', (_, events, expected) => {
    expect(itemAfter(events)).toMatchObject(expected);
    expect(itemAfter(reversed(events))).toMatchObject(expected);
  });
});

describe('an item that the former function wrote', () => {
  const item: BillingItem = {
    subscriptionStatus: 'active',
    subscriptionTier: 'pro',
    stripeSubscriptionId: 'sub_1',
    stripeCustomerId: 'cus_1',
  };

  test.each([
    ['its own subscription goes on', subscription('deleted', 'canceled'), { subscriptionStatus: 'canceled' }],
    [
      'the end of another one does not end it',
      subscription('deleted', 'canceled', { subscriptionId: 'sub_0' }),
      { subscriptionStatus: 'active', stripeSubscriptionId: 'sub_1', subscriptionTier: 'pro' },
    ],
    ['a failed payment of it counts', invoice('payment_failed'), { subscriptionStatus: 'past_due' }],
    [
      'an invoice of another one does not',
      invoice('payment_failed', { subscriptionId: 'sub_0' }),
      { subscriptionStatus: 'active' },
    ],
  ])('%s', (_, event, expected) => {
    expect(itemAfter([event], item)).toMatchObject(expected);
  });

  test('the word unknown is no value', () => {
    const unknown = {
      subscriptionStatus: 'unknown',
      subscriptionTier: 'unknown',
      stripeSubscriptionId: 'unknown',
      stripeCustomerId: 'unknown',
    };
    expect(itemAfter([subscription('created', 'active')], unknown)).toMatchObject({
      stripeSubscriptionId: 'sub_1',
      stripeCustomerId: 'cus_1',
    });
  });
});

test('whatever the order of arrival and however often, the item ends the same', () => {
  const history = fc
    .array(
      fc.record({
        kind: fc.constantFrom('created', 'updated', 'deleted', 'paid', 'payment_failed'),
        status: fc.constantFrom('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused'),
        subscriptionId: fc.constantFrom('sub_1', 'sub_2', 'sub_3'),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((steps) =>
      steps.map(({ kind, status, subscriptionId }, index) => {
        const fields = { at: 1000 + index, subscriptionId, created: Number(subscriptionId.at(-1)) };
        return kind === 'paid' || kind === 'payment_failed'
          ? invoice(kind, { ...fields, invoiceId: `in_${index}` })
          : subscription(kind as 'created', kind === 'deleted' ? 'canceled' : status, fields);
      }),
    );
  const arrivals = history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
    ),
  );
  fc.assert(fc.property(arrivals, ([inOrder, arrived]) => expect(itemAfter(arrived)).toEqual(itemAfter(inOrder))));
});
