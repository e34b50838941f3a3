/** Stripe events as they arrive through EventBridge, cut down to what tells them apart; times in seconds since 1970. */
export interface Fields {
  readonly id?: string;
  readonly at?: number;
  readonly [name: string]: unknown;
}

let count = 0;

export function stripeEvent(type: string, object: Readonly<Record<string, unknown>>, { id, at = 1000 }: Fields = {}) {
  count += 1;
  return { id: id ?? `evt_${count}`, type, created: at, data: { object } };
}

export function subscription(change: 'created' | 'updated' | 'deleted', status: string, fields: Fields = {}) {
  const { id, at, subscriptionId = 'sub_1', nickname = 'pro', created = 900, ...others } = fields;
  const object = {
    id: subscriptionId,
    object: 'subscription',
    status,
    created,
    customer: 'cus_1',
    metadata: { userId: 'user-1' },
    items: { data: [{ price: { id: 'price_1', nickname } }] },
    ...others,
  };
  return stripeEvent(`customer.subscription.${change}`, object, { id, at });
}

export function invoice(outcome: 'paid' | 'payment_failed', fields: Fields = {}) {
  const { id, at, invoiceId = 'in_1', subscriptionId = 'sub_1', ...others } = fields;
  const object = {
    id: invoiceId,
    object: 'invoice',
    customer: 'cus_1',
    metadata: {},
    parent: { subscription_details: { subscription: subscriptionId, metadata: { userId: 'user-1' } } },
    ...others,
  };
  return stripeEvent(`invoice.${outcome}`, object, { id, at });
}

export function checkout(fields: Fields = {}) {
  const { id, at, ...others } = fields;
  const object = {
    id: 'cs_1',
    object: 'checkout.session',
    customer: 'cus_1',
    metadata: { userId: 'user-1' },
    ...others,
  };
  return stripeEvent('checkout.session.completed', object, { id, at });
}
