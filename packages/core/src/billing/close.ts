import { findCustomer, forgetCustomer } from "./customer.ts";
import { billDays } from "./meter.ts";
import { expireCheckouts } from "./open-checkout.ts";
import { getPlan } from "./plan.ts";
import { cancelNow, fetchState } from "./sync.ts";

/**
 * Ends what an account pays for, before the account is deleted: bills its last requests, ends its
 * subscription with a last invoice, and forgets the customer. Call it when no request can come any
 * more. When it is interrupted, it can be repeated.
 * @returns what was ended and what is kept elsewhere, in words for the owner
 * @throws VisibleError billing.unavailable
 */
export async function close(
  accountId: string,
  now: Date,
): Promise<{ closed: string[]; kept: string[] }> {
  const customer = await findCustomer(accountId);
  if (!customer) return { closed: [], kept: [] };
  // First, so that whatever is paid until now is among the subscriptions.
  await expireCheckouts(customer.customerId);
  const { subscriptions } = await fetchState(customer.customerId);
  await billDays(customer, now, true);
  for (const { id } of subscriptions) await cancelNow(id, true);
  await forgetCustomer(customer, now);
  return {
    closed: subscriptions.map(({ plan }) => `The plan ${getPlan(plan).name}`),
    kept: ["Invoices, at Stripe, for as long as the law says"],
  };
}
