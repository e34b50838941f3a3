import * as z from 'zod/mini';

const reference = z.union([z.string(), z.object({ id: z.string() })]);
const metadata = z.nullish(z.record(z.string(), z.unknown()));
const seconds = z.int();

/** Fields that this function reads; Stripe adds others at will, and moved some between API versions. */
const subscriptionObject = z.object({
  id: z.string(),
  status: z.string(),
  created: z.optional(seconds),
  customer: z.nullish(reference),
  metadata,
  items: z.optional(
    z.object({
      data: z.array(z.object({ price: z.nullish(z.object({ id: z.string(), nickname: z.nullish(z.string()) })) })),
    }),
  ),
});

const checkoutObject = z.object({ customer: z.nullish(reference), metadata });

const invoiceObject = z.object({
  id: z.string(),
  customer: z.nullish(reference),
  metadata,
  /** Up to API version 2025-02-24. */
  subscription: z.nullish(reference),
  subscription_details: z.nullish(z.object({ metadata })),
  /** Since API version 2025-03-31. */
  parent: z.nullish(
    z.object({ subscription_details: z.nullish(z.object({ subscription: z.nullish(reference), metadata })) }),
  ),
});

const envelope = z.object({
  id: z.string(),
  type: z.string(),
  created: seconds,
  data: z.object({ object: z.unknown() }),
});

interface Common {
  /** Id of the Stripe event: the same on every redelivery. */
  readonly eventId: string;
  /** When Stripe made the event, in seconds since 1970. Events may arrive in another order. */
  readonly at: number;
  readonly userId?: string;
  readonly customerId?: string;
}

export interface SubscriptionEvent extends Common {
  readonly kind: 'subscription';
  readonly change: 'created' | 'updated' | 'deleted';
  readonly subscriptionId: string;
  /** When the subscription began, in seconds since 1970. */
  readonly subscriptionCreated: number;
  readonly status: string;
  /** Nickname of the first item's price, else its id. */
  readonly tier?: string;
}

export interface CheckoutEvent extends Common {
  readonly kind: 'checkout';
}

export interface InvoiceEvent extends Common {
  readonly kind: 'invoice';
  readonly outcome: 'paid' | 'failed';
  readonly invoiceId: string;
  /** Absent on an invoice that belongs to no subscription. */
  readonly subscriptionId?: string;
}

export type BillingEvent = SubscriptionEvent | CheckoutEvent | InvoiceEvent;

type Reader = (object: unknown, common: Pick<Common, 'eventId' | 'at'>) => BillingEvent;

const readers: Readonly<Record<string, Reader>> = {
  'checkout.session.completed': readCheckout,
  'customer.subscription.created': readSubscription('created'),
  'customer.subscription.updated': readSubscription('updated'),
  'customer.subscription.deleted': readSubscription('deleted'),
  'invoice.paid': readInvoice('paid'),
  'invoice.payment_failed': readInvoice('failed'),
};

/**
 * Reads the detail of a partner event.
 * @returns undefined for a type that the rule does not send here.
 * @throws ZodError when a field that is needed is missing or of another type; it names the field, not its value.
 */
export function readStripeEvent(detail: unknown): BillingEvent | undefined {
  const { id, type, created, data } = envelope.parse(detail);
  return readers[type]?.(data.object, { eventId: id, at: created });
}

function readSubscription(change: SubscriptionEvent['change']): Reader {
  return (object, common) => {
    const subscription = subscriptionObject.parse(object);
    const price = subscription.items?.data[0]?.price;
    return {
      ...common,
      kind: 'subscription',
      change,
      subscriptionId: subscription.id,
      subscriptionCreated: subscription.created ?? 0,
      status: subscription.status,
      tier: price?.nickname || price?.id,
      userId: userIdOf(subscription.metadata),
      customerId: idOf(subscription.customer),
    };
  };
}

function readCheckout(object: unknown, common: Pick<Common, 'eventId' | 'at'>): CheckoutEvent {
  const session = checkoutObject.parse(object);
  return { ...common, kind: 'checkout', userId: userIdOf(session.metadata), customerId: idOf(session.customer) };
}

function readInvoice(outcome: InvoiceEvent['outcome']): Reader {
  return (object, common) => {
    const invoice = invoiceObject.parse(object);
    const details = invoice.parent?.subscription_details;
    return {
      ...common,
      kind: 'invoice',
      outcome,
      invoiceId: invoice.id,
      subscriptionId: idOf(details?.subscription ?? invoice.subscription),
      userId:
        userIdOf(invoice.metadata) ?? userIdOf(details?.metadata) ?? userIdOf(invoice.subscription_details?.metadata),
      customerId: idOf(invoice.customer),
    };
  };
}

function idOf(value: z.infer<typeof reference> | null | undefined): string | undefined {
  return (typeof value === 'object' ? value?.id : value) || undefined;
}

function userIdOf(values: z.infer<typeof metadata>): string | undefined {
  const userId = values?.userId;
  return typeof userId === 'string' && userId.trim() !== '' ? userId : undefined;
}
