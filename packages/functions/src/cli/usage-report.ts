import * as Billing from "@imagetotext/core/billing";
import { monthlyCost } from "./aws-cost.ts";

/** What one account did in a month. */
export type AccountUsage = {
  accountId: string;
  plan: Billing.PlanId;
  /** Answered requests, free ones included. */
  requests: number;
  /** Those that are to be paid. */
  paid: number;
};

/** Money in US dollars. */
type Row = { name: string; plan: string; requests: number; revenue: number; cost: number };

/**
 * A month as a table, the busiest account first: what each earns by its present plan, what its share
 * of the AWS bill is (estimated, by requests), and what is left of a request.
 */
export function usageReport(month: string, accounts: readonly AccountUsage[]): string {
  const requests = accounts.reduce((sum, account) => sum + account.requests, 0);
  const cost = Object.values(monthlyCost(requests)).reduce((sum, each) => sum + each, 0);
  const rows = accounts
    .map(({ accountId, plan, requests: own, paid }) => ({
      name: accountId,
      plan,
      requests: own,
      revenue: Billing.estimateCents(Billing.getPlan(plan), paid) / 100,
      cost: requests === 0 ? 0 : (cost * own) / requests,
    }))
    .sort((a, b) => b.requests - a.requests || b.revenue - a.revenue);
  const revenue = rows.reduce((sum, row) => sum + row.revenue, 0);
  const all = { name: `all ${accounts.length}`, plan: "", requests, revenue, cost };
  return [
    `${month}, US dollars. Revenue and AWS cost are estimates.`,
    "",
    HEAD,
    ...rows.map(line),
    line(all),
  ].join("\n");
}

const columns = (cells: string[]) =>
  cells
    .map((cell, index) => (index < 2 ? cell.padEnd(index ? 6 : 38) : cell.padStart(14)))
    .join("");

const HEAD = columns([
  "account",
  "plan",
  "requests",
  "revenue",
  "AWS cost",
  "margin",
  "per request",
]);

function line({ name, plan, requests, revenue, cost }: Row): string {
  const margin = revenue - cost;
  return columns([
    name,
    plan,
    requests.toLocaleString("en"),
    revenue.toFixed(2),
    cost.toFixed(2),
    margin.toFixed(2),
    requests === 0 ? "-" : (margin / requests).toFixed(6),
  ]);
}
