import { setTimeout } from "node:timers/promises";
import { VisibleError } from "../error.ts";
import * as Mail from "../mail/index.ts";
import { type Customer, findCustomer, type Standing, saveStanding } from "./customer.ts";
import { billDays } from "./meter.ts";
import { expireCheckouts } from "./open-checkout.ts";
import { getPlan, type PlanId } from "./plan.ts";
import { planOf } from "./product.ts";
import { type Decision, decide, type Subscription } from "./standing.ts";
import { ask, type Stripe } from "./stripe.ts";

const ATTEMPTS = 6;

/**
 * Asks Stripe what the account pays for, and puts it on that plan. Safe at any time and any number of
 * times at once: Stripe is asked after the revision was read, so that an older answer never replaces
 * a newer one.
 * @returns undefined for an account that is no customer
 * @throws VisibleError billing.unavailable
 */
export async function sync(accountId: string, now: Date): Promise<Customer | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await findCustomer(accountId);
    if (!before) return undefined;
    const { email, subscriptions } = await fetchState(before.customerId);
    const { standing, cancel, notice } = decide(subscriptions, before, now);
    // Whoever has just bought must not buy once more on a page that is still open.
    if (standing.subscriptionId && !before.subscriptionId) await expireCheckouts(before.customerId);
    // The last invoice has only what is reported before.
    if (cancel.some(({ invoice }) => invoice)) await billDays(before, now);
    for (const { id, invoice } of cancel) await cancelNow(id, invoice);
    if (await saveStanding(before, standing)) {
      if (notice && email) await tell(email, notice, before, standing, now);
      const { accountId, customerId, billedThrough, revision } = before;
      return { accountId, customerId, billedThrough, ...standing, revision: revision + 1 };
    }
    await setTimeout(2 ** attempt * 10 * Math.random());
  }
  throw new VisibleError("billing.unavailable");
}

/** The address for bills, and the subscriptions that are not over. */
export async function fetchState(
  customerId: string,
): Promise<{ email: string | undefined; subscriptions: Subscription[] }> {
  const customer = await ask((stripe) =>
    stripe.customers.retrieve(customerId, { expand: ["subscriptions"] }),
  );
  if (customer.deleted) return { email: undefined, subscriptions: [] };
  const subscriptions = customer.subscriptions?.data ?? [];
  return { email: customer.email ?? undefined, subscriptions: subscriptions.flatMap(read) };
}

/**
 * Ends a subscription at once. What was paid in advance is credited.
 * @param invoice whether the requests since the last invoice are to be paid
 */
export async function cancelNow(subscriptionId: string, invoice: boolean): Promise<void> {
  await ask(async (stripe) => {
    try {
      await stripe.subscriptions.cancel(subscriptionId, { invoice_now: invoice, prorate: true });
    } catch (error) {
      // It has ended by itself, or by another call.
      if (!isGone(error)) throw error;
    }
  });
}

/** Subscriptions to other things that the operator sells by the same Stripe account are not ours. */
function read(subscription: Stripe.Subscription): Subscription[] {
  const { id, status, created, cancel_at, cancel_at_period_end, items, metadata } = subscription;
  const priceIds = items.data.map(({ price }) => price.id);
  const plan = planOf(metadata, priceIds);
  if (!plan) return [];
  const periodEnd = Math.max(...items.data.map(({ current_period_end }) => current_period_end));
  const endsAt = cancel_at ?? (cancel_at_period_end ? periodEnd : undefined);
  return [
    {
      id,
      status,
      plan,
      createdAt: new Date(created * 1000),
      endsAt: endsAt === undefined ? undefined : new Date(endsAt * 1000),
      items: items.data.map((item) => ({ id: item.id, priceId: item.price.id })),
    },
  ];
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "resource_missing";
}

async function tell(
  email: string,
  notice: NonNullable<Decision["notice"]>,
  before: Standing,
  standing: Standing,
  now: Date,
): Promise<void> {
  const name = (plan: PlanId) => getPlan(plan).name;
  const content =
    notice === "payment_failed"
      ? Mail.Text.paymentFailed(name(standing.plan), new Date(standing.graceEndsAt ?? now))
      : Mail.Text.planEnded(name(before.plan), getPlan("free"));
  await Mail.notify({ to: email, ...content }, now);
}
