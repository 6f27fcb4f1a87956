import type { Plan } from "./plan.ts";

/**
 * What a month costs on this plan: the monthly price, and what lies past the included requests. It is
 * an estimate where the plan began or ended within the month.
 * @param requests answered requests of one calendar month (UTC)
 * @returns US cents, rounded half up, as Stripe rounds the sum of a line
 */
export function estimateCents(plan: Plan, requests: number): number {
  const { monthlyCents, includedPerMonth, centsPer1000 } = plan;
  if (centsPer1000 === null) return monthlyCents;
  const charged = Math.max(0, requests - includedPerMonth);
  return monthlyCents + Math.round((charged * centsPer1000) / 1000);
}
