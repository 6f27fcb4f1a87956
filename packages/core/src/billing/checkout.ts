import { createHash } from "node:crypto";
import { VisibleError } from "../error.ts";
import { dayBefore, dayOf } from "../time.ts";
import { addCustomer, type Customer, findCustomer } from "./customer.ts";
import { hasOpenInvoice } from "./invoice.ts";
import { billDays } from "./meter.ts";
import { labelOf, lineItems, type PaidPlanId } from "./product.ts";
import { ask } from "./stripe.ts";
import { fetchState, sync } from "./sync.ts";

/**
 * A month of a subscription begins at this moment (UTC). A day's requests count as of its last second,
 * so that each invoice has the days of one calendar month; and the last of them has half a day to
 * arrive before the invoice is made.
 */
const MONTH_BEGINS = { day_of_month: 1, hour: 12, minute: 0, second: 0 };

/**
 * Begins the purchase of a plan. Nothing changes until it is paid on Stripe's page.
 * @param site origin that Stripe's page leads back to
 * @returns the address of Stripe's page
 * @throws VisibleError billing.plan_changed for an account that has a paid plan; billing.unpaid,
 *   billing.not_offered, billing.unavailable
 */
export async function startCheckout(
  request: { accountId: string; email: string; plan: PaidPlanId; site: string },
  now: Date,
): Promise<string> {
  const { accountId, email, plan, site } = request;
  await ensureCustomer(accountId, email, now);
  // It may have a plan of which no event has told us yet.
  const customer = await sync(accountId, now);
  if (!customer || customer.subscriptionId) throw new VisibleError("billing.plan_changed");
  if (await hasOpenInvoice(customer)) throw new VisibleError("billing.unpaid");
  const session = await ask((stripe) =>
    stripe.checkout.sessions.create({
      mode: "subscription",
      customer: customer.customerId,
      client_reference_id: accountId,
      line_items: lineItems(plan),
      subscription_data: {
        metadata: { accountId, ...labelOf(plan) },
        billing_cycle_anchor_config: MONTH_BEGINS,
        // A change of plan bills what was used before by the old price.
        billing_mode: { type: "flexible" },
      },
      success_url: `${site}/billing/return`,
      cancel_url: `${site}/billing`,
    }),
  );
  if (!session.url) throw new Error("Stripe made a checkout without a page");
  return session.url;
}

/** @returns the address of Stripe's page for cards, invoices and cancelling */
export async function openPortal(accountId: string, site: string): Promise<string> {
  const { customerId } = await getCustomer(accountId);
  const { url } = await ask((stripe) =>
    stripe.billingPortal.sessions.create({
      customer: customerId,
      return_url: `${site}/billing/return`,
    }),
  );
  return url;
}

/**
 * Puts a running subscription on another paid plan, at once. Days before today stay on the old price.
 * Only from Pay as you go to Pro: on the way back and forth, the included requests would begin anew.
 * @throws VisibleError billing.plan_changed, billing.unavailable
 */
export async function changePlan(accountId: string, plan: PaidPlanId, now: Date): Promise<void> {
  const customer = await getSubscribed(accountId, now);
  if (customer.plan !== "payg" || plan !== "pro") throw new VisibleError("billing.plan_changed");
  await billDays(customer, now);
  await assertBilledThroughYesterday(accountId, now);
  const { subscriptions } = await fetchState(customer.customerId);
  const current = subscriptions.find(({ id }) => id === customer.subscriptionId);
  if (!current) throw new VisibleError("billing.plan_changed");
  await ask((stripe) =>
    stripe.subscriptions.update(current.id, {
      items: [...current.items.map(({ id }) => ({ id, deleted: true })), ...lineItems(plan)],
      metadata: labelOf(plan),
      proration_behavior: "create_prorations",
    }),
  );
  await sync(accountId, now);
}

/**
 * Ends the subscription with the month that is paid, or takes that back.
 * @throws VisibleError billing.plan_changed, billing.unavailable
 */
export async function cancelAtMonthEnd(
  accountId: string,
  cancel: boolean,
  now: Date,
): Promise<void> {
  const { subscriptionId } = await getSubscribed(accountId, now);
  await ask((stripe) =>
    stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: cancel }),
  );
  await sync(accountId, now);
}

async function ensureCustomer(accountId: string, email: string, now: Date): Promise<void> {
  if (await findCustomer(accountId)) return;
  // Two clicks at once are one customer. The same key with another address would be refused.
  const hash = createHash("sha256").update(email).digest("hex").slice(0, 16);
  const { id } = await ask((stripe) =>
    stripe.customers.create(
      { email, metadata: { accountId } },
      { idempotencyKey: `customer-${accountId}-${hash}` },
    ),
  );
  await addCustomer(accountId, id, dayBefore(dayOf(now)));
}

async function getCustomer(accountId: string): Promise<Customer> {
  const customer = await findCustomer(accountId);
  if (!customer) throw new VisibleError("billing.plan_changed");
  return customer;
}

/** A day that is not reported yet would be billed by the new price alone. */
async function assertBilledThroughYesterday(accountId: string, now: Date): Promise<void> {
  const { billedThrough } = await getCustomer(accountId);
  if (billedThrough >= dayBefore(dayOf(now))) return;
  const advice = "The requests of yesterday are being billed. Try again in 5 minutes.";
  throw new VisibleError("billing.unavailable", advice);
}

async function getSubscribed(
  accountId: string,
  now: Date,
): Promise<Customer & { subscriptionId: string }> {
  const customer = await sync(accountId, now);
  const subscriptionId = customer?.subscriptionId;
  if (!customer || !subscriptionId) throw new VisibleError("billing.plan_changed");
  return { ...customer, subscriptionId };
}
