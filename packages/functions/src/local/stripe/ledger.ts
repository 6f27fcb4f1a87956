import { createHmac, randomUUID } from "node:crypto";
import { type Line, monthLine, type PriceId, usageLine } from "./price.ts";
import {
  type Customer,
  type Event,
  type Invoice,
  type Metadata,
  type MeterEvent,
  Refusal,
  type Session,
  type Subscription,
} from "./record.ts";

const id = (prefix: string) => `${prefix}_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

/**
 * What a stand-in for Stripe does: of Stripe only what this product needs, in memory. Times are Unix
 * seconds, as Stripe's are.
 */
export class Ledger {
  readonly customers = new Map<string, Customer>();
  readonly sessions = new Map<string, Session>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly meterEvents: MeterEvent[] = [];
  readonly invoices: Invoice[] = [];
  /** Everything that would be sent to the webhook, oldest first. */
  readonly events: Event[] = [];
  /** Unix seconds. A test sets it; the real time otherwise. */
  now = (): number => Math.floor(Date.now() / 1000);
  /** Called with each event. */
  onEvent: (event: Event) => void = () => {};

  addCustomer(email: string, accountId: string): Customer {
    const customer = { id: id("cus"), email, accountId, declines: false };
    this.customers.set(customer.id, customer);
    return customer;
  }

  customer(customerId: string): Customer {
    return found(this.customers.get(customerId), `No such customer: ${customerId}`);
  }

  subscription(subscriptionId: string): Subscription {
    const subscription = this.subscriptions.get(subscriptionId);
    return found(subscription, `No such subscription: ${subscriptionId}`);
  }

  /** All but those that are over, as Stripe lists them with a customer. */
  subscriptionsOf(customerId: string): Subscription[] {
    const all = [...this.subscriptions.values()];
    return all.filter(({ customer, status }) => customer === customerId && status !== "canceled");
  }

  addSession(session: Omit<Session, "id" | "status">): Session {
    const added: Session = { ...session, id: id("cs"), status: "open" };
    this.sessions.set(added.id, added);
    return added;
  }

  /** Those that can still be paid. */
  openSessionsOf(customerId: string): Session[] {
    const all = [...this.sessions.values()];
    return all.filter(({ customer, status }) => customer === customerId && status === "open");
  }

  /** @throws Refusal when it is paid or expired already */
  expire(sessionId: string): Session {
    const session = found(this.sessions.get(sessionId), `No such session: ${sessionId}`);
    if (session.status !== "open") throw new Refusal(400, "This session is not open.");
    session.status = "expired";
    return session;
  }

  /** The buyer pays. */
  complete(session: Session): void {
    session.status = "complete";
    this.subscribe(session.customer, session.prices, session.metadata);
    this.tell("checkout.session.completed", { customer: session.customer });
  }

  subscribe(customer: string, prices: PriceId[], metadata: Metadata = {}): Subscription {
    const now = this.now();
    const subscription: Subscription = {
      id: id("sub"),
      customer,
      status: "active",
      created: now,
      items: prices.map((price) => ({ id: id("si"), price, since: now })),
      metadata,
      periodStart: now,
      periodEnd: nextFirst(now),
      cancelAtPeriodEnd: false,
      pending: [],
    };
    this.subscriptions.set(subscription.id, subscription);
    this.invoice(subscription, this.monthLines(subscription, this.shareLeft(subscription)));
    this.tell("customer.subscription.created", { customer });
    return subscription;
  }

  /** Flexible billing: requests before the change are billed by the price that they were made under. */
  change(subscription: Subscription, prices: PriceId[], metadata: Metadata): void {
    const share = this.shareLeft(subscription);
    subscription.pending.push(...this.usageLines(subscription, this.now()));
    subscription.pending.push(...this.monthLines(subscription, -share));
    const now = this.now();
    subscription.items = prices.map((price) => ({ id: id("si"), price, since: now }));
    subscription.metadata = { ...subscription.metadata, ...metadata };
    subscription.pending.push(...this.monthLines(subscription, share));
    this.tell("customer.subscription.updated", { customer: subscription.customer });
  }

  cancelAtPeriodEnd(subscription: Subscription, cancel: boolean): void {
    subscription.cancelAtPeriodEnd = cancel;
    this.tell("customer.subscription.updated", { customer: subscription.customer });
  }

  cancelNow(subscription: Subscription, withInvoice: boolean): void {
    const { pending } = subscription;
    pending.push(...this.monthLines(subscription, -this.shareLeft(subscription)));
    if (withInvoice) {
      this.invoice(subscription, [...pending, ...this.usageLines(subscription, this.now())]);
    }
    subscription.status = "canceled";
    this.tell("customer.subscription.deleted", { customer: subscription.customer });
  }

  /** The month of a subscription ends: what was used is billed, and the next month begins. */
  endPeriod(subscription: Subscription): void {
    const { customer, pending, periodEnd, cancelAtPeriodEnd } = subscription;
    const next = cancelAtPeriodEnd ? [] : this.monthLines(subscription, 1);
    this.invoice(subscription, [...pending, ...this.usageLines(subscription, periodEnd), ...next]);
    subscription.pending = [];
    subscription.periodStart = periodEnd;
    subscription.periodEnd = nextFirst(periodEnd);
    if (!cancelAtPeriodEnd) return;
    subscription.status = "canceled";
    this.tell("customer.subscription.deleted", { customer });
  }

  /** As it would stand now. */
  preview(subscription: Subscription): Line[] {
    const { pending, periodEnd, cancelAtPeriodEnd } = subscription;
    const next = cancelAtPeriodEnd ? [] : this.monthLines(subscription, 1);
    return [...pending, ...this.usageLines(subscription, periodEnd), ...next];
  }

  /** The buyer enters another card; open invoices are tried again. */
  useCard(customerId: string, declines: boolean): void {
    this.customer(customerId).declines = declines;
    if (declines) return;
    for (const invoice of this.invoices)
      if (invoice.customer === customerId) invoice.status = "paid";
    for (const subscription of this.subscriptionsOf(customerId)) subscription.status = "active";
    this.tell("invoice.paid", { customer: customerId });
  }

  /** @throws Refusal as Stripe does: in words only, without a code */
  addMeterEvent(event: Omit<MeterEvent, "receivedAt">): void {
    const now = this.now();
    const { identifier, timestamp, value } = event;
    const isKnown = this.meterEvents.some(
      // Stripe promises no more than a day.
      (known) => known.identifier === identifier && known.receivedAt > now - 86_400,
    );
    if (isKnown) throw new Refusal(400, `An event already exists with identifier ${identifier}.`);
    if (timestamp < now - 35 * 86_400 || timestamp > now + 300) {
      throw new Refusal(400, "The timestamp is out of range.");
    }
    if (!Number.isInteger(value) || value < 1) throw new Refusal(400, "Invalid value.");
    this.meterEvents.push({ ...event, receivedAt: now });
  }

  /** The requests of a customer between two moments. */
  usage(customer: string, from: number, to: number): number {
    const events = this.meterEvents.filter(
      (event) => event.customer === customer && event.timestamp >= from && event.timestamp < to,
    );
    return events.reduce((sum, { value }) => sum + value, 0);
  }

  /** The header `Stripe-Signature`: https://docs.stripe.com/webhooks/signature */
  sign(payload: string, secret: string): string {
    const at = this.now();
    const v1 = createHmac("sha256", secret).update(`${at}.${payload}`).digest("hex");
    return `t=${at},v1=${v1}`;
  }

  private usageLines({ customer, items, periodStart }: Subscription, to: number): Line[] {
    return items.flatMap(({ price, since }) => {
      const requests = this.usage(customer, Math.max(since, periodStart), to);
      return usageLine(price, requests) ?? [];
    });
  }

  private monthLines({ items }: Subscription, share: number): Line[] {
    return items.flatMap(({ price }) => monthLine(price, share) ?? []);
  }

  private shareLeft({ periodEnd }: Subscription): number {
    return Math.min(1, (periodEnd - this.now()) / (30 * 86_400));
  }

  private invoice(subscription: Subscription, lines: Line[]): void {
    const { customer } = subscription;
    const status = this.customer(customer).declines ? "open" : "paid";
    this.invoices.unshift({ id: id("in"), customer, created: this.now(), lines, status });
    if (status === "open") subscription.status = "past_due";
    this.tell(status === "open" ? "invoice.payment_failed" : "invoice.paid", { customer });
  }

  private tell(type: string, object: { customer: string }): void {
    const event = { id: id("evt"), object: "event", type, created: this.now(), data: { object } };
    const told = { id: event.id, payload: JSON.stringify(event) };
    this.events.push(told);
    this.onEvent(told);
  }
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Refusal(404, message, "resource_missing");
  return value;
}

/** The next first of a month, 12:00 UTC. */
function nextFirst(after: number): number {
  const at = new Date(after * 1000);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const ofThisMonth = Date.UTC(year, month, 1, 12) / 1000;
  return ofThisMonth > after ? ofThisMonth : Date.UTC(year, month + 1, 1, 12) / 1000;
}
