import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { VisibleError } from "@imagetotext/core/error";
import * as Ledger from "@imagetotext/core/ledger";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { openLocal } from "../local/open.ts";

/**
 * What the operator does to an account. Prints the account as JSON afterwards. This is a function,
 * because nothing may read the configuration before `openLocal`.
 */
const usage = () => `Usage: npm run --silent account -- [--aws] COMMAND

  show someone@example.com
  suspend someone@example.com      its token answers 403 until it is opened again
  unsuspend someone@example.com
  plan someone@example.com PLAN    ${Billing.plans()
    .map(({ id }) => id)
    .join(", ")}
  remind                           mails the owners of tokens that expire within 14 days
  reconcile                        compares the counts of closed days with the receipts, and
                                   repairs them

With --aws it works on the table that TABLE_NAME names, with your AWS credentials.
`;

class UsageError extends Error {}

async function run(command: string | undefined, email = "", planId = ""): Promise<string> {
  const now = new Date();
  if (command === "remind") return JSON.stringify(await Account.remindOfExpiry(now));
  if (command === "reconcile") return JSON.stringify(await reconcile(now), null, 2);
  if (!["show", "suspend", "unsuspend", "plan"].includes(command ?? "") || !email.includes("@")) {
    throw new UsageError();
  }
  const plan = Billing.findPlan(planId);
  if (command === "plan" && !plan) throw new UsageError();
  const accountId = await Account.findByEmail(email);
  if (!accountId) throw new VisibleError("account.unknown");
  if (command === "suspend") await Account.suspend(accountId);
  if (command === "unsuspend") await Account.suspend(accountId, false);
  if (command === "plan" && plan) await Account.setPlan(accountId, plan);
  const { used } = await Quota.today(accountId, now);
  const token = await Token.describe(accountId);
  return JSON.stringify({ ...(await Account.find(accountId)), usedToday: used, token }, null, 2);
}

async function reconcile(now: Date) {
  const { failures, ...found } = await Ledger.reconcile(now);
  if (failures.length > 0) process.exitCode = 1;
  return { ...found, failures: failures.map(String) };
}

const args = process.argv.slice(2);
const onAws = args[0] === "--aws";
const close = onAws ? async () => {} : await openLocal("command");
try {
  process.stdout.write(
    `${await run(...(args.slice(onAws ? 1 : 0) as [string?, string?, string?]))}\n`,
  );
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof VisibleError)) throw error;
  process.stderr.write(error instanceof UsageError ? usage() : `${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  await close();
}
