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

/** @returns undefined where the prices are none of our plans */
export function planOf(priceIds: string[]): PaidPlanId | undefined {
  const { prices } = settings();
  if (priceIds.includes(prices.proRequests)) return "pro";
  return priceIds.includes(prices.payg) ? "payg" : undefined;
}
