import * as z from "zod";
import { config } from "../config.ts";

export const PlanId = z.enum(["free", "payg", "pro"]);
export type PlanId = z.infer<typeof PlanId>;

const count = z.int().min(0);

const Plan = z.strictObject({
  id: PlanId,
  name: z.string().min(1),
  /** Requests a day; past it the API answers 429. On pay as you go it is a safety cap. */
  dailyLimit: count,
  /** Price of a month, US cents. */
  monthlyCents: count,
  /** Requests a month that the monthly price covers. On the free plan nothing is ever charged. */
  includedPerMonth: count,
  /** Price of 1,000 requests past the included ones, US cents; null where there are none to buy. */
  centsPer1000: count.nullable(),
});
export type Plan = z.infer<typeof Plan>;

const DEFAULTS: Record<PlanId, Plan> = {
  free: {
    id: "free",
    name: "Free",
    dailyLimit: 100,
    monthlyCents: 0,
    includedPerMonth: 0,
    centsPer1000: null,
  },
  payg: {
    id: "payg",
    name: "Pay as you go",
    dailyLimit: 10_000,
    monthlyCents: 0,
    includedPerMonth: 0,
    centsPer1000: 150,
  },
  pro: {
    id: "pro",
    name: "Pro",
    dailyLimit: 50_000,
    monthlyCents: 2_900,
    includedPerMonth: 30_000,
    centsPer1000: 90,
  },
};

const Overrides = z.partialRecord(PlanId, Plan.omit({ id: true }).partial());

/**
 * What is sold, cheapest first. The operator changes any of it by PLANS, and the free day by
 * FREE_DAILY_LIMIT. @throws ZodError or SyntaxError when PLANS is not such a table
 */
export function plans(): Plan[] {
  const { plans: json, freeDailyLimit } = config();
  const overrides = Overrides.parse(json ? JSON.parse(json) : {});
  const base = { ...DEFAULTS, free: { ...DEFAULTS.free, dailyLimit: freeDailyLimit } };
  return PlanId.options.map((id) => Plan.parse({ ...base[id], ...overrides[id] }));
}

/** @returns undefined for a name that is no plan */
export function findPlan(id: string): Plan | undefined {
  return plans().find((plan) => plan.id === id);
}

export function getPlan(id: PlanId): Plan {
  const plan = findPlan(id);
  if (!plan) throw new Error(`no plan ${id}`);
  return plan;
}
