import * as Account from "@imagetotext/core/account";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { expect, test } from "vitest";
import { makeAccount, readGate, setGate } from "../support/account.ts";

const NOON = new Date("2030-03-01T12:00:00Z");

/** An account whose token is valid at NOON. */
async function makeCaller(dailyLimit: number): Promise<Quota.Caller> {
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, NOON);
  await Account.verify(accountId);
  const { token } = await Token.issue(accountId, NOON);
  await setGate(accountId, "dailyLimit", dailyLimit);
  return Token.authenticate(`Bearer ${token}`, NOON);
}

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "reserved",
    (error) => error.code as string,
  );

test("lets exactly 100 of 200 concurrent requests through at a limit of 100", async () => {
  const caller = await makeCaller(100);
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () => outcomeOf(Quota.reserve(caller, NOON))),
  );
  expect(outcomes.filter((outcome) => outcome === "reserved")).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === "quota.daily_limit")).toHaveLength(100);
});

test("begins a new day at 00:00 UTC", async () => {
  const caller = await makeCaller(1);
  const beforeMidnight = new Date("2030-03-01T23:59:59.999Z");
  const midnight = new Date("2030-03-02T00:00:00.000Z");
  await Quota.reserve(caller, beforeMidnight);
  expect(await outcomeOf(Quota.reserve(caller, beforeMidnight))).toBe("quota.daily_limit");
  const { allowance } = await Quota.reserve(caller, midnight);
  expect(allowance).toEqual({
    plan: "free",
    limit: 1,
    used: 1,
    resetsAt: new Date("2030-03-03T00:00:00.000Z"),
  });
});

test("gives a request back on the day that it was counted on", async () => {
  const caller = await makeCaller(1);
  const reservation = await Quota.reserve(caller, new Date("2030-03-01T23:59:59Z"));
  await Quota.reserve(caller, new Date("2030-03-02T00:00:01Z"));
  expect((await Quota.release(reservation)).used).toBe(0);
  const gate = await readGate(caller.accountId);
  expect([gate.n20300301, gate.n20300302]).toEqual([0, 1]);
});

test("never counts below zero", async () => {
  const caller = await makeCaller(5);
  const reservation = await Quota.reserve(caller, NOON);
  await Quota.release(reservation);
  expect((await Quota.release(reservation)).used).toBe(0);
  expect((await readGate(caller.accountId)).n20300301).toBe(0);
});

test("a limit of 0 lets nothing through, on the first request of a day too", async () => {
  const caller = await makeCaller(0);
  expect(await outcomeOf(Quota.reserve(caller, NOON))).toBe("quota.daily_limit");
});

test("generating a token does not reset the day's count", async () => {
  const { accountId, token } = await makeAccount({ dailyLimit: 2 });
  const now = new Date();
  await Quota.reserve(await Token.authenticate(`Bearer ${token}`, now), now);
  const next = await Token.issue(accountId, now);
  const { allowance } = await Quota.reserve(
    await Token.authenticate(`Bearer ${next.token}`, now),
    now,
  );
  expect(allowance.used).toBe(2);
});

test("keeps the counts of the last weeks and forgets older ones", async () => {
  const caller = await makeCaller(9);
  await setGate(caller.accountId, "n20300101", 7);
  await setGate(caller.accountId, "n20300210", 8);
  await Quota.reserve(caller, NOON);
  const gate = await readGate(caller.accountId);
  expect(gate.n20300101).toBeUndefined();
  expect(gate.n20300210).toBe(8);
  expect(gate.n20300301).toBe(1);
});

test("a token that expired since it was checked is refused by the gate", async () => {
  const caller = await makeCaller(9);
  const later = new Date(NOON.getTime() + 200 * 86_400_000);
  expect(await outcomeOf(Quota.reserve(caller, later))).toBe("token.expired");
});

test("who pays per request is refused at a cap that can be raised, under a code of its own", async () => {
  const caller = await makeCaller(1);
  await setGate(caller.accountId, "plan", "payg");
  await Quota.reserve(caller, NOON);
  expect(await outcomeOf(Quota.reserve(caller, NOON))).toBe("quota.daily_cap");
});
