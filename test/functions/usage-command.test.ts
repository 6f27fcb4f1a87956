import { expect, test } from "vitest";
import { usageReport } from "../../packages/functions/src/cli/usage-report.ts";
import { makeDataDir, ownEnvironment, run } from "../support/server.ts";

const USAGE = "packages/functions/src/cli/usage.ts";

test("puts requests, revenue and AWS cost of each account side by side, the busiest first", () => {
  const report = usageReport("2026-11", [
    { accountId: "small", plan: "free", requests: 1_000, paid: 0 },
    { accountId: "big", plan: "payg", requests: 999_000, paid: 998_000 },
    { accountId: "idle", plan: "pro", requests: 0, paid: 0 },
  ]);
  const rows = report.split("\n").map((row) => row.split(/ {2,}/));
  // A million requests cost about 46 dollars: see the table of check:deploy.
  expect(rows.slice(2)).toEqual([
    ["account", "plan", "requests", "revenue", "AWS cost", "margin", "per request"],
    ["big", "payg", "999,000", "1497.00", "46.05", "1450.95", "0.001452"],
    ["small", "free", "1,000", "0.00", "0.05", "-0.05", "-0.000046"],
    ["idle", "pro", "0", "29.00", "0.00", "29.00", "-"],
    ["all 3", "1,000,000", "1526.00", "46.10", "1479.90", "0.001480"],
  ]);
});

test("the command reads the accounts of the local table", async () => {
  const env = ownEnvironment(makeDataDir());
  const { code, stdout, stderr } = await run(USAGE, ["--month", "2026-11"], env);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("all 0");
});

test.each([[[]], [["--month", "2026-13"]], [["--month", "November"]]])(
  "says how it is used when it is asked wrongly: %j",
  async (args) => {
    const { code, stdout, stderr } = await run(USAGE, args, ownEnvironment(makeDataDir()));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--month 2026-11");
  },
);
