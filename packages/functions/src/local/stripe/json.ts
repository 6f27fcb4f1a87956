import type { Line } from "./price.ts";
import type { Invoice, Subscription } from "./record.ts";

/** As much of what Stripe answers as is read. */

export function subscriptionJson(subscription: Subscription) {
  const { id, customer, status, created, items, metadata } = subscription;
  const { periodEnd, cancelAtPeriodEnd } = subscription;
  return {
    id,
    object: "subscription",
    customer,
    status,
    created,
    metadata,
    cancel_at: null,
    cancel_at_period_end: cancelAtPeriodEnd,
    items: {
      object: "list",
      data: items.map((item) => ({
        id: item.id,
        price: { id: item.price },
        current_period_end: periodEnd,
      })),
    },
  };
}

type AnyInvoice = Omit<Invoice, "status"> & { status: string };

export function invoiceJson(
  { id, customer, created, lines, status }: AnyInvoice,
  number: string | null,
) {
  return {
    id,
    object: "invoice",
    customer,
    number,
    created,
    currency: "usd",
    status,
    period_end: created,
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    hosted_invoice_url: null,
    lines: { object: "list", data: lines.map((line: Line) => ({ ...line })) },
  };
}
