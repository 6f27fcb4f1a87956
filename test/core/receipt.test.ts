import * as Account from "@imagetotext/core/account";
import * as Receipt from "@imagetotext/core/receipt";
import { expect, test } from "vitest";
import { makeAccount, receiptsOf } from "../support/account.ts";
import { visible } from "../support/visible.ts";

const receipt = (accountId: string, requestId: string, at: string, plan = "payg") => ({
  accountId,
  requestId,
  at: new Date(at),
  plan,
  bytes: 1,
  pixels: 1,
  ms: 1,
  confidence: 1,
});

test("receipts are counted by UTC day, and those of the free plan are not to be paid", async () => {
  const { accountId } = await makeAccount();
  const moments = [
    ["a", "2026-11-21T23:59:59.999Z", "payg"],
    ["b", "2026-11-22T00:00:00.000Z", "free"],
    ["c", "2026-11-22T00:00:00.000Z", "payg"],
    ["d", "2026-11-22T23:59:59.999Z", "pro"],
    ["e", "2026-11-23T00:00:00.000Z", "payg"],
  ] as const;
  for (const [id, at, plan] of moments) {
    await Receipt.record(receipt(accountId, id, at, plan), new Date(at));
  }
  expect(await Receipt.count(accountId, "2026-11-22")).toBe(3);
  expect(await Receipt.countPaid(accountId, "2026-11-22")).toBe(2);
  expect(await Receipt.countPaid(accountId, "2026-11-24")).toBe(0);
});

test("a day is closed five minutes after its end", () => {
  expect(Receipt.isClosed("2026-11-22", new Date("2026-11-23T00:04:59.999Z"))).toBe(false);
  expect(Receipt.isClosed("2026-11-22", new Date("2026-11-23T00:05:00.000Z"))).toBe(true);
});

test("a closed day gets no receipt any more", async () => {
  const { accountId } = await makeAccount();
  const late = receipt(accountId, "late", "2026-11-22T23:59:59.000Z");
  const error = await visible(Receipt.record(late, new Date("2026-11-23T00:05:00.000Z")));
  expect(error.code).toBe("receipt.unwritten");
  await Receipt.record({ ...late, requestId: "in time" }, new Date("2026-11-23T00:04:59.000Z"));
  expect((await receiptsOf(accountId)).map(({ requestId }) => requestId)).toEqual(["in time"]);
});

test("the registry lists every account once", async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => makeAccount()));
  const listed: string[] = [];
  for await (const accountId of Account.listAll()) listed.push(accountId);
  expect(listed).toEqual(expect.arrayContaining(made.map(({ accountId }) => accountId)));
  expect(new Set(listed).size).toBe(listed.length);
});
