export { findPlan, getPlan, type Plan, type PlanId, plans } from "./plan.ts";
