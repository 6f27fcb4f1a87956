import { expect, test } from "vitest";
import { makeDataDir, ownEnvironment, run } from "../support/server.ts";

/** The operator's command of the README, run as its reader runs it. */

const ACCOUNT = "packages/functions/src/cli/account.ts";
const TOKEN = "packages/functions/src/cli/token.ts";

test("an operator shows, suspends and opens an account, and sets its plan", async () => {
  const env = ownEnvironment(makeDataDir());
  const { stdout: token } = await run(TOKEN, ["someone@example.com"], env);
  const account = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(ACCOUNT, args, env);
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain(token.trim());
    return JSON.parse(stdout);
  };
  expect(await account("show", "Someone@Example.com")).toMatchObject({
    email: "someone@example.com",
    verified: true,
    suspended: false,
    plan: "free",
    dailyLimit: 100,
    usedToday: 0,
    token: { hint: `itt_…${token.trim().slice(-6)}` },
  });
  expect(await account("suspend", "someone@example.com")).toMatchObject({ suspended: true });
  expect(await account("unsuspend", "someone@example.com")).toMatchObject({ suspended: false });
  expect(await account("plan", "someone@example.com", "pro")).toMatchObject({
    plan: "pro",
    dailyLimit: 50_000,
  });
  expect(await account("remind")).toEqual({ sent: 0, unsent: 0 });
  expect(await account("reconcile")).toEqual({
    accounts: 1,
    days: 0,
    differences: [],
    failures: [],
  });
});

test("says what is wrong, on stderr, and changes nothing", async () => {
  const env = ownEnvironment(makeDataDir());
  for (const args of [[], ["explode"], ["suspend"], ["plan", "someone@example.com", "gold"]]) {
    const { code, stdout, stderr } = await run(ACCOUNT, args, env);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("npm run --silent account -- [--aws] COMMAND");
  }
  const { code, stderr } = await run(ACCOUNT, ["show", "nobody@example.com"], env);
  expect(code).toBe(1);
  expect(stderr).toBe("No account has this e-mail address.\n");
});
