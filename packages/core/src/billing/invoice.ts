import type { Customer } from "./customer.ts";
import { ask, type Stripe } from "./stripe.ts";

export type Invoice = {
  /** Stripe's number; none while the invoice is a draft or a preview. */
  number: string | undefined;
  /** When it was, or will be, made. */
  at: Date;
  /** In the unit that Stripe counts the currency in: mostly its hundredth. */
  totalCents: number;
  /** ISO 4217, capitals. */
  currency: string;
  status: string;
  /** Stripe's page of it, where it can be seen and paid. */
  url: string | undefined;
  lines: { description: string; quantity: number | undefined; cents: number }[];
};

/** The last invoices, newest first. @throws VisibleError billing.unavailable */
export async function listInvoices({ customerId }: Customer): Promise<Invoice[]> {
  const { data } = await ask((stripe) => stripe.invoices.list({ customer: customerId, limit: 12 }));
  return data.map((invoice) => read(invoice, invoice.created));
}

/** Whether an invoice is still to be paid. @throws VisibleError billing.unavailable */
export async function hasOpenInvoice({ customerId }: Customer): Promise<boolean> {
  const params = { customer: customerId, status: "open", limit: 1 } as const;
  const { data } = await ask((stripe) => stripe.invoices.list(params));
  return data.length > 0;
}

/**
 * The invoice that comes next, as it stands now: what was used since the last closed day is not in it.
 * @returns undefined where none will come
 * @throws VisibleError billing.unavailable
 */
export async function previewInvoice(customer: Customer): Promise<Invoice | undefined> {
  const { customerId, subscriptionId } = customer;
  if (!subscriptionId) return undefined;
  const params = { customer: customerId, subscription: subscriptionId };
  const invoice = await ask((stripe) => stripe.invoices.createPreview(params));
  return read(invoice, invoice.next_payment_attempt ?? invoice.period_end);
}

/** @param at when it is made, Unix seconds */
function read(invoice: Stripe.Invoice, at: number): Invoice {
  const { number, total, currency, status, hosted_invoice_url, lines } = invoice;
  return {
    number: number ?? undefined,
    at: new Date(at * 1000),
    totalCents: total,
    currency: currency.toUpperCase(),
    status: status ?? "draft",
    url: hosted_invoice_url ?? undefined,
    lines: lines.data.map((line) => ({
      description: line.description ?? "",
      quantity: line.quantity ?? undefined,
      cents: line.amount,
    })),
  };
}
