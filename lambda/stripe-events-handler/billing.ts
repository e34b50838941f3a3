import { isDeepStrictEqual } from 'node:util';
import type { BillingEvent, InvoiceEvent, SubscriptionEvent } from './stripe-event';

/**
 * What Stripe said about one user, kept so that events may arrive in any order and more than once and still lead to the
 * same item. Times are seconds since 1970, as Stripe gives them.
 */
export interface BillingState {
  readonly customer?: { readonly id: string; readonly checkoutAt: number };
  readonly subscriptions: Readonly<Record<string, SubscriptionRecord>>;
  readonly lastPaid?: InvoiceRecord;
  readonly lastFailed?: InvoiceRecord;
}

interface SubscriptionRecord {
  /** When the subscription began. */
  readonly created: number;
  /** What the newest subscription event said. Absent while only invoices of it have been seen. */
  readonly lifecycle?: {
    readonly status: string;
    readonly tier?: string;
    readonly at: number;
    readonly rank: number;
    /** Events already applied at this very `at` and `rank`: a redelivered one must not come after its successor. */
    readonly eventIds: readonly string[];
  };
  /** What the newest invoice event said. */
  readonly payment?: { readonly outcome: InvoiceEvent['outcome']; readonly at: number };
}

interface InvoiceRecord {
  readonly invoiceId: string;
  readonly at: number;
}

/**
 * Attributes of the users table. The first four are those of the deployed function; the last four are inferred, new names
 * for what its invoice events never recorded.
 */
export interface BillingAttributes {
  readonly subscriptionStatus?: string;
  readonly subscriptionTier?: string;
  readonly stripeSubscriptionId?: string;
  readonly stripeCustomerId?: string;
  /** ISO 8601. */
  readonly lastInvoicePaidAt?: string;
  readonly lastPaidInvoiceId?: string;
  /** ISO 8601. */
  readonly lastPaymentFailedAt?: string;
  readonly lastFailedInvoiceId?: string;
}

/** The part of a user's item that concerns billing; `state` is absent until this version has written the item once. */
export interface BillingItem extends BillingAttributes {
  readonly state?: BillingState;
}

/** @returns the new state with the attributes that follow from it, or undefined when the event brings nothing new. */
export function applyEvent(
  item: BillingItem,
  event: BillingEvent,
): { readonly state: BillingState; readonly attributes: BillingAttributes } | undefined {
  const before = item.state ?? inheritedState(item);
  const after = nextState(before, event, item.stripeCustomerId);
  if (isDeepStrictEqual(after, before)) return undefined;
  return { state: after, attributes: attributesOf(after) };
}

/**
 * State of an item that the former function wrote: its subscription counts as the oldest known fact, so that an event of
 * another, ended subscription does not end it.
 */
function inheritedState({ stripeSubscriptionId, subscriptionStatus, subscriptionTier }: BillingItem): BillingState {
  if (!known(stripeSubscriptionId) || !known(subscriptionStatus)) return { subscriptions: {} };
  const tier = known(subscriptionTier) ? { tier: subscriptionTier } : {};
  return {
    subscriptions: {
      [stripeSubscriptionId]: {
        created: 0,
        lifecycle: { status: subscriptionStatus, ...tier, at: 0, rank: 0, eventIds: [] },
      },
    },
  };
}

/** What the former function wrote where Stripe gave no value; for the tier it is still written. */
const unknown = 'unknown';

function known(value: string | undefined): value is string {
  return value !== undefined && value !== unknown;
}

function nextState(state: BillingState, event: BillingEvent, knownCustomerId: string | undefined): BillingState {
  switch (event.kind) {
    case 'checkout':
      return event.customerId && event.at >= (state.customer?.checkoutAt ?? 0)
        ? { ...state, customer: { id: event.customerId, checkoutAt: event.at } }
        : state;
    case 'subscription': {
      // Only a checkout replaces a customer id; a subscription fills it in when none is known.
      const fillIn = event.customerId && !state.customer && !known(knownCustomerId);
      return withSubscription(
        fillIn ? { ...state, customer: { id: event.customerId, checkoutAt: 0 } } : state,
        event.subscriptionId,
        (record) => withLifecycle(record, event),
      );
    }
    case 'invoice': {
      const recorded = withInvoice(state, event);
      return event.subscriptionId
        ? withSubscription(recorded, event.subscriptionId, (record) => withPayment(record, event))
        : recorded;
    }
  }
}

function withInvoice(state: BillingState, { outcome, invoiceId, at }: InvoiceEvent): BillingState {
  const key = outcome === 'paid' ? 'lastPaid' : 'lastFailed';
  const last = state[key];
  const newer = !last || at > last.at || (at === last.at && invoiceId > last.invoiceId);
  return newer ? { ...state, [key]: { invoiceId, at } } : state;
}

function withSubscription(
  state: BillingState,
  id: string,
  change: (record: SubscriptionRecord) => SubscriptionRecord,
): BillingState {
  return {
    ...state,
    subscriptions: { ...state.subscriptions, [id]: change(state.subscriptions[id] ?? { created: 0 }) },
  };
}

function withLifecycle(record: SubscriptionRecord, event: SubscriptionEvent): SubscriptionRecord {
  const { lifecycle } = record;
  const created = Math.max(record.created, event.subscriptionCreated);
  const rank = rankOf(event);
  const order = lifecycle ? event.at - lifecycle.at || rank - lifecycle.rank : 1;
  if (order < 0 || (order === 0 && lifecycle?.eventIds.includes(event.eventId))) return { ...record, created };
  const eventIds = [...(order === 0 && lifecycle ? lifecycle.eventIds : []), event.eventId];
  const tier = event.tier ? { tier: event.tier } : {};
  return {
    ...record,
    created,
    lifecycle: { status: event.status, ...tier, at: event.at, rank, eventIds },
  };
}

/** Order of events that Stripe made in the same second, as it does when a first payment succeeds at once. */
function rankOf({ change, status }: SubscriptionEvent): number {
  if (change === 'deleted') return 3;
  if (status === 'incomplete') return 0;
  return change === 'created' ? 1 : 2;
}

function withPayment(record: SubscriptionRecord, { outcome, at }: InvoiceEvent): SubscriptionRecord {
  const { payment } = record;
  // A failed attempt and its successful repetition may share a second: the success came last.
  const newer = !payment || at > payment.at || (at === payment.at && outcome === 'paid');
  return newer ? { ...record, payment: { outcome, at } } : record;
}

const statusAfterPayment: Readonly<Record<InvoiceEvent['outcome'], Readonly<Record<string, string>>>> = {
  paid: { past_due: 'active', incomplete: 'active' },
  failed: { active: 'past_due' },
};

/**
 * Status that follows from the newest subscription event and a newer invoice event. Only the steps that Stripe itself
 * makes on a payment are made: a cancelled, expired, paused or trial subscription stays what it is.
 */
function effectiveStatus({ lifecycle, payment }: Required<Pick<SubscriptionRecord, 'lifecycle'>> & SubscriptionRecord) {
  if (!payment || payment.at <= lifecycle.at) return lifecycle.status;
  return statusAfterPayment[payment.outcome][lifecycle.status] ?? lifecycle.status;
}

const open = 2;
const pending = 1;
const ended = 0;
const standing: Readonly<Record<string, number>> = {
  active: open,
  trialing: open,
  past_due: open,
  canceled: ended,
  incomplete_expired: ended,
};

/** A user may hold several subscriptions, such as the old and the new one of a change: an open one counts, then the newest. */
function currentSubscription({ subscriptions }: BillingState) {
  return Object.entries(subscriptions)
    .flatMap(([id, { lifecycle, ...record }]) => {
      if (!lifecycle) return [];
      const status = effectiveStatus({ ...record, lifecycle });
      return [{ id, status, tier: lifecycle.tier, created: record.created, standing: standing[status] ?? pending }];
    })
    .sort((a, b) => b.standing - a.standing || b.created - a.created || (a.id < b.id ? 1 : -1))[0];
}

function attributesOf(state: BillingState): BillingAttributes {
  const subscription = currentSubscription(state);
  return {
    subscriptionStatus: subscription?.status,
    subscriptionTier: subscription && (subscription.tier ?? unknown),
    stripeSubscriptionId: subscription?.id,
    stripeCustomerId: state.customer?.id,
    lastInvoicePaidAt: isoTime(state.lastPaid),
    lastPaidInvoiceId: state.lastPaid?.invoiceId,
    lastPaymentFailedAt: isoTime(state.lastFailed),
    lastFailedInvoiceId: state.lastFailed?.invoiceId,
  };
}

function isoTime(record: InvoiceRecord | undefined): string | undefined {
  return record && new Date(record.at * 1000).toISOString();
}
