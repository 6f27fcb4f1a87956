import type { PlanId } from "./plan.ts";
import { settings } from "./stripe.ts";

/** A plan that a subscription stands for. */
export type PaidPlanId = Exclude<PlanId, "free">;

/**
 * What a subscription to the plan is made of: the requests, which Stripe counts itself from what we
 * report, and on Pro the month.
 */
export function lineItems(plan: PaidPlanId): { price: string; quantity?: number }[] {
  const { prices } = settings();
  if (plan === "payg") return [{ price: prices.payg }];
  return [{ price: prices.pro, quantity: 1 }, { price: prices.proRequests }];
}

/** What is kept with a subscription, so that its plan is known when it is sold by other prices one day. */
export const labelOf = (plan: PaidPlanId): Record<string, string> => ({ plan });

/** @returns undefined where the subscription is none of ours: it has neither our label nor our prices */
export function planOf(label: Record<string, string>, priceIds: string[]): PaidPlanId | undefined {
  if (label.plan === "payg" || label.plan === "pro") return label.plan;
  const { prices } = settings();
  if (priceIds.includes(prices.proRequests)) return "pro";
  return priceIds.includes(prices.payg) ? "payg" : undefined;
}
