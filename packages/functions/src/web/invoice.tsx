import type * as Billing from "@imagetotext/core/billing";
import { dayOf, monthOf } from "@imagetotext/core/time";
import { money } from "./money.ts";

/** What Stripe has of the account, unless it does not answer. */
export type Invoices =
  | { next?: Billing.Invoice | undefined; previous: Billing.Invoice[] }
  | "unavailable";

/** The invoice to come, those that were made, and the days that they were made of. */
export function InvoiceSection({ invoices, now }: { invoices: Invoices; now: Date }) {
  return (
    <section aria-labelledby="invoices-title">
      <h2 id="invoices-title">Invoices</h2>
      {invoices === "unavailable" ? (
        <div class="notice warn" role="status">
          <p>Our payment service does not answer. Your invoices are safe; try again later.</p>
        </div>
      ) : (
        <>
          {invoices.next && <NextInvoice invoice={invoices.next} />}
          <Previous invoices={invoices.previous} />
        </>
      )}
      <h3>Billed days</h3>
      <p>
        What an invoice counts, day by day:{" "}
        {lastMonths(now, 4).map((month, index) => (
          <>
            {index > 0 && " · "}
            <span class="nowrap">
              {month} (<a href={`/billing/usage.csv?month=${month}`}>CSV</a>,{" "}
              <a href={`/billing/usage.json?month=${month}`}>JSON</a>)
            </span>
          </>
        ))}
      </p>
    </section>
  );
}

function NextInvoice({ invoice }: { invoice: Billing.Invoice }) {
  return (
    <>
      <h3>Next, on {dayOf(invoice.at)}</h3>
      <p class="hint">As it stands now: the days up to yesterday are in it.</p>
      <Scroll label="Next invoice">
        <tbody>
          {invoice.lines.map((line) => (
            <tr>
              <td>{line.description}</td>
              <td class="number">{line.quantity?.toLocaleString("en")}</td>
              <td class="number">{money(line.cents, invoice.currency)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row" colspan={2}>
              Total
            </th>
            <td class="number" id="next-total">
              {money(invoice.totalCents, invoice.currency)}
            </td>
          </tr>
        </tbody>
      </Scroll>
    </>
  );
}

function Previous({ invoices }: { invoices: Billing.Invoice[] }) {
  if (invoices.length === 0) return <p class="hint">No invoice was made yet.</p>;
  return (
    <>
      <h3>Previous</h3>
      <Scroll label="Previous invoices">
        <thead>
          <tr>
            <th scope="col">Date</th>
            <th scope="col">Number</th>
            <th scope="col">Status</th>
            <th scope="col" class="number">
              Total
            </th>
          </tr>
        </thead>
        <tbody id="invoices">
          {invoices.map(({ at, number, status, url, totalCents, currency }) => (
            <tr>
              <td class="nowrap">{dayOf(at)}</td>
              <td>{url ? <a href={url}>{number ?? "draft"}</a> : (number ?? "draft")}</td>
              <td>
                <span class={status === "open" ? "tag bad" : "tag"}>{status}</span>
              </td>
              <td class="number">{money(totalCents, currency)}</td>
            </tr>
          ))}
        </tbody>
      </Scroll>
    </>
  );
}

function Scroll({ label, children }: { label: string; children?: unknown }) {
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      <table>{children}</table>
    </section>
  );
}

/** The present month and those before it, `2026-11`, newest first. */
function lastMonths(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, back) =>
    monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1))),
  );
}
