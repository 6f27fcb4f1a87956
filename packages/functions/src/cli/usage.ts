import { parseArgs } from "node:util";
import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import * as Receipt from "@imagetotext/core/receipt";
import { openLocal } from "../local/open.ts";
import { type AccountUsage, usageReport } from "./usage-report.ts";

/** Prints what a month earned and cost. Receipts are kept for 90 days: older months are incomplete. */
const USAGE = `Usage: npm run --silent usage -- --month 2026-11 [--aws]

With --aws it works on the table that TABLE_NAME names, with your AWS credentials.
`;

async function look(accountId: string, month: string): Promise<AccountUsage | undefined> {
  const account = await Account.find(accountId);
  const plan = account && Billing.findPlan(account.plan);
  if (!plan) return undefined;
  const requests = await Receipt.count(accountId, month);
  if (requests === 0 && plan.monthlyCents === 0) return undefined;
  const paid = await Receipt.countPaid(accountId, month);
  return { accountId, plan: plan.id, requests, paid };
}

async function print(month: string): Promise<void> {
  const accounts: AccountUsage[] = [];
  const { failures } = await Account.forEach(async (accountId) => {
    const usage = await look(accountId, month);
    if (usage) accounts.push(usage);
  });
  process.stdout.write(`${usageReport(month, accounts)}\n`);
  if (failures.length === 0) return;
  process.stderr.write(`${failures.length} accounts could not be looked at.\n`);
  process.exitCode = 1;
}

const { values } = parseArgs({
  options: { month: { type: "string", default: "" }, aws: { type: "boolean", default: false } },
});
if (/^\d{4}-(0[1-9]|1[0-2])$/.test(values.month)) {
  const close = values.aws ? async () => {} : await openLocal("command");
  await print(values.month).finally(close);
} else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}
