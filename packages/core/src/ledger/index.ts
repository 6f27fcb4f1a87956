import * as Account from "../account/index.ts";
import { VisibleError } from "../error.ts";
import * as Quota from "../quota/index.ts";
import * as Receipt from "../receipt/index.ts";

/**
 * A day on which more requests were counted than answered: a process died in between, or a give-back
 * failed. Or fewer: a receipt could not be taken back.
 */
export type Difference = { accountId: string; day: string; counted: number; receipts: number };

type Reconciliation = {
  accounts: number;
  /** Days of accounts that were compared. */
  days: number;
  /** What was found, and repaired. */
  differences: Difference[];
  /** Accounts that could not be looked at. The next run tries them again. */
  failures: unknown[];
};

/**
 * Compares what the gate has counted with the receipts, for every account and closed day since the last
 * run, and sets the counts to what the receipts say. Two runs at once, or one that is ended half-way
 * and repeated, do no harm.
 */
export async function reconcile(now: Date): Promise<Reconciliation> {
  const differences: Difference[] = [];
  let days = 0;
  const result = await Account.forEach(async (accountId) => {
    for (const counted of await uncheckedDays(accountId)) {
      if (!Receipt.isClosed(counted.day, now)) break;
      const receipts = await Receipt.count(accountId, counted.day);
      const isNoted = await Quota.check(accountId, counted, receipts);
      // Another run, or a deletion, was faster.
      if (!isNoted) break;
      days++;
      if (receipts === counted.used) continue;
      differences.push({ accountId, day: counted.day, counted: counted.used, receipts });
    }
  });
  return { ...result, days, differences };
}

/** An account that was deleted since it was listed has none. */
async function uncheckedDays(accountId: string): Promise<Quota.DayCount[]> {
  try {
    return await Quota.unchecked(accountId);
  } catch (error) {
    if (error instanceof VisibleError && error.code === "account.unknown") return [];
    throw error;
  }
}
