import * as Account from "@imagetotext/core/account";
import { log, logBug } from "./log.ts";

/** What a job does in a night. It may be run twice, or not for a day, and makes up for that. */
export type Job = {
  name: string;
  /** @returns counts for the log */
  run: (now: Date) => Promise<Record<string, number>>;
};

/** They run one after the other, in this order. */
const JOBS: readonly Job[] = [{ name: "remind of expiry", run: Account.remindOfExpiry }];

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
