import type { Standing } from "./customer.ts";
import type { PlanId } from "./plan.ts";

/** A subscription, as far as we need it. */
export type Subscription = {
  id: string;
  status: string;
  plan: PlanId;
  createdAt: Date;
  /** When it ends, where its owner has cancelled it. */
  endsAt: Date | undefined;
  items: { id: string; priceId: string }[];
};

export type Decision = {
  standing: Standing;
  /** Subscriptions that must end now; `invoice` those whose requests are still to be paid. */
  cancel: { id: string; invoice: boolean }[];
  /** What the owner is told by mail. */
  notice?: "payment_failed" | "plan_ended";
};

/** How long the plan stays after a payment has failed; Stripe tries again meanwhile. */
const GRACE_MS = 7 * 86_400_000;

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const LIVE = ["active", "trialing", "past_due"];
/** It goes on making invoices that nobody pays. */
const STUCK = ["unpaid", "paused"];

/**
 * What the subscriptions that an account has now mean for it. The order in which events came does not
 * matter, for none is looked at.
 */
export function decide(subscriptions: Subscription[], before: Standing, now: Date): Decision {
  const newestFirst = subscriptions.toSorted((a, b) => +b.createdAt - +a.createdAt);
  const [current, ...surplus] = newestFirst.filter(({ status }) => LIVE.includes(status));
  const stuck = newestFirst.filter(({ status }) => STUCK.includes(status));
  // Two were begun at once. Both have the same requests, so only one may bill them.
  const cancel = [...surplus, ...stuck].map(({ id }) => ({ id, invoice: false }));
  if (!current) return ended(before, cancel);
  const { id, plan, endsAt, status } = current;
  const standing = { plan, subscriptionId: id, endsAt: endsAt?.toISOString() };
  if (status !== "past_due") return { standing, cancel };
  const graceEndsAt = before.graceEndsAt ?? new Date(now.getTime() + GRACE_MS).toISOString();
  if (graceEndsAt <= now.toISOString()) return ended(before, [...cancel, { id, invoice: true }]);
  const decision = { standing: { ...standing, graceEndsAt }, cancel };
  return before.graceEndsAt ? decision : { ...decision, notice: "payment_failed" };
}

function ended(before: Standing, cancel: Decision["cancel"]): Decision {
  const decision: Decision = { standing: { plan: "free" }, cancel };
  return before.plan === "free" ? decision : { ...decision, notice: "plan_ended" };
}
