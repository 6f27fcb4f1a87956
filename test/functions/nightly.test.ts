import { config } from "@imagetotext/core/config";
import * as Token from "@imagetotext/core/token";
import { expect, test, vi } from "vitest";
import { handler, runJobs } from "../../packages/functions/src/nightly.ts";
import { makeAccount, setGate } from "../support/account.ts";
import { captureLog } from "../support/log-lines.ts";
import { useOwnTable } from "../support/own-table.ts";

await useOwnTable();

const lines = captureLog();

test("every night reminds the owners of tokens that end soon, once", async () => {
  expect(config().mail.outboxDir).toBeDefined();
  const { accountId } = await makeAccount();
  const halfAYearAgo = new Date(Date.now() - 175 * 86_400_000);
  await Token.issue(accountId, halfAYearAgo);
  await handler();
  await handler();
  const reminders = lines.filter(({ job }) => job === "remind of expiry");
  expect(reminders).toMatchObject([
    { sent: 1, unsent: 0 },
    { sent: 0, unsent: 0 },
  ]);
});

test("every night repairs the counts of closed days, and says where they differed", async () => {
  const { accountId } = await makeAccount();
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await setGate(accountId, `n${yesterday.replaceAll("-", "")}`, 3);
  process.env.METRICS = "on";
  // Before 00:05 yesterday is not closed yet.
  const at = new Date(Math.max(Date.now(), Date.parse(yesterday) + 86_400_000 + 10 * 60_000));
  vi.useFakeTimers({ toFake: ["Date"], now: at });
  await handler();
  vi.useRealTimers();
  delete process.env.METRICS;
  expect(lines.filter(({ job }) => job === "reconcile")).toMatchObject([
    { accountId, day: yesterday, counted: 3, receipts: 0 },
    {
      differences: 1,
      _aws: {
        CloudWatchMetrics: [{ Namespace: "imagetotext", Metrics: [{ Name: "differences" }] }],
      },
    },
    { days: 1, differences: 1 },
  ]);
});

test("a job that fails does not keep the others waiting, is named in the log, and fails the night", async () => {
  const ran: string[] = [];
  const secret = "someone@example.com";
  const night = runJobs(
    [
      {
        name: "breaks",
        run: async () => {
          throw new TypeError(secret);
        },
      },
      {
        name: "goes on",
        run: async () => {
          ran.push("goes on");
          return { done: 3 };
        },
      },
    ],
    new Date(),
  );
  await expect(night).rejects.toThrow("Failed: breaks");
  expect(ran).toEqual(["goes on"]);
  expect(lines).toMatchObject([
    { job: "breaks", bug: "TypeError" },
    { job: "goes on", done: 3 },
  ]);
  expect(JSON.stringify(lines)).not.toContain(secret);
});
