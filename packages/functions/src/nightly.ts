import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import * as Ledger from "@imagetotext/core/ledger";
import { log, logBug } from "./log.ts";
import { metricOf } from "./metrics.ts";

/** What a job does in a night. It may be run twice, or not for a day, and makes up for that. */
type Job = {
  name: string;
  /** @returns counts for the log */
  run: (now: Date) => Promise<Record<string, number>>;
};

/** They run one after the other, in this order. */
const JOBS: readonly Job[] = [
  { name: "reconcile", run: reconcile },
  { name: "bill", run: async (now) => ({ ...(await Billing.billClosedDays(now)) }) },
  { name: "remind of expiry", run: Account.remindOfExpiry },
];

/** Lambda entry of the nightly function. */
export const handler = (): Promise<void> => runJobs(JOBS, new Date());

/**
 * Runs each job, also when one before it failed.
 * @throws Error naming the jobs that failed, so that the alarm sees it, and Lambda tries again
 */
export async function runJobs(jobs: readonly Job[], now: Date): Promise<void> {
  const failed: string[] = [];
  for (const { name: job, run } of jobs) {
    const startedAt = performance.now();
    try {
      const counts = await run(now);
      log({ job, ...counts, ms: Math.round(performance.now() - startedAt) });
    } catch (error) {
      failed.push(job);
      logBug(error instanceof Error ? error : new Error("not an error"), { job });
    }
  }
  if (failed.length > 0) throw new Error(`Failed: ${failed.join(", ")}`);
}

/** Each difference has a line of its own, and their number is a metric. */
async function reconcile(now: Date): Promise<Record<string, number>> {
  const { accounts, days, differences, failures } = await Ledger.reconcile(now);
  for (const difference of differences) log({ job: "reconcile", ...difference });
  const count = differences.length;
  if (process.env.METRICS === "on") log({ job: "reconcile" }, metricOf("differences", count, now));
  if (failures.length > 0) throw new AggregateError(failures);
  return { accounts, days, differences: count };
}
