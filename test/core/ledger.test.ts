import * as Account from "@imagetotext/core/account";
import * as Ledger from "@imagetotext/core/ledger";
import * as Quota from "@imagetotext/core/quota";
import * as Receipt from "@imagetotext/core/receipt";
import { table } from "@imagetotext/core/table";
import * as Token from "@imagetotext/core/token";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readGate, setGate } from "../support/account.ts";
import { useOwnTable } from "../support/own-table.ts";
import { tableCalls } from "../support/person.ts";
import { DAY, later } from "../support/time.ts";

const NOON = new Date("2026-11-20T12:00:00Z");
const NEXT_NIGHT = new Date("2026-11-21T00:30:00Z");

await useOwnTable();

const accounts: string[] = [];
beforeEach(async () => {
  // What the tests before have left is compared by now.
  await Ledger.reconcile(later(NOON, 60 * DAY));
});
afterEach(() => table().middlewareStack.remove("fault"));

async function makeCaller(): Promise<Quota.Caller> {
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, NOON);
  accounts.push(accountId);
  await Account.verify(accountId);
  const { token } = await Token.issue(accountId, NOON);
  return Token.authenticate(`Bearer ${token}`, NOON);
}

/** Counts a request, and answers it or dies. */
async function request(caller: Quota.Caller, at: Date, isAnswered: boolean): Promise<void> {
  const { accountId } = caller;
  await Quota.reserve(caller, at);
  const measured = { plan: "free", bytes: 1, pixels: 1, ms: 1, confidence: 1 };
  const requestId = crypto.randomUUID();
  if (isAnswered) await Receipt.record({ accountId, requestId, at, ...measured }, at);
}

test("a reservation whose process died is found the night after, listed, and given back", async () => {
  const caller = await makeCaller();
  await request(caller, NOON, true);
  await request(caller, NOON, false);
  await request(caller, NOON, true);
  const { accountId } = caller;
  const result = await Ledger.reconcile(NEXT_NIGHT);
  expect(result.differences).toEqual([{ accountId, day: "2026-11-20", counted: 3, receipts: 2 }]);
  expect(await readGate(accountId)).toMatchObject({ n20261120: 2, checkedThrough: "2026-11-20" });
  expect((await Ledger.reconcile(NEXT_NIGHT)).differences).toEqual([]);
});

test("a receipt that could not be taken back is counted", async () => {
  const caller = await makeCaller();
  await request(caller, NOON, true);
  await setGate(caller.accountId, "n20261120", 0);
  const { differences } = await Ledger.reconcile(NEXT_NIGHT);
  expect(differences).toMatchObject([{ counted: 0, receipts: 1 }]);
  expect(await readGate(caller.accountId)).toMatchObject({ n20261120: 1 });
});

test("a day that is not closed is left alone, and compared the night after", async () => {
  const caller = await makeCaller();
  await request(caller, NOON, false);
  const justBefore = new Date("2026-11-21T00:04:59Z");
  expect((await Ledger.reconcile(justBefore)).days).toBe(0);
  expect(await readGate(caller.accountId)).toMatchObject({ n20261120: 1 });
  expect((await Ledger.reconcile(later(NEXT_NIGHT, 3 * DAY))).days).toBe(1);
  expect(await readGate(caller.accountId)).toMatchObject({ n20261120: 0 });
});

test("two runs at once repair a day once", async () => {
  const caller = await makeCaller();
  for (const isAnswered of [true, false, false]) await request(caller, NOON, isAnswered);
  const runs = await Promise.all([Ledger.reconcile(NEXT_NIGHT), Ledger.reconcile(NEXT_NIGHT)]);
  expect(runs.flatMap(({ differences }) => differences)).toHaveLength(1);
  expect(await readGate(caller.accountId)).toMatchObject({ n20261120: 1 });
});

test("a night without requests costs one read an account, and 16 to list them", async () => {
  await makeCaller();
  const calls = await tableCalls(() => Ledger.reconcile(NEXT_NIGHT));
  expect(calls.filter((call) => call === "QueryCommand")).toHaveLength(16);
  expect(calls.filter((call) => call === "GetItemCommand")).toHaveLength(accounts.length);
  expect(calls).toHaveLength(16 + accounts.length);
});

test("an account that cannot be looked at is reported, and the others are compared", async () => {
  const [broken, whole] = [await makeCaller(), await makeCaller()];
  for (const caller of [broken, whole]) await request(caller, NOON, false);
  table().middlewareStack.add(
    (next, context) => (args) => {
      const isHit = JSON.stringify(args.input).includes(broken.accountId);
      if (isHit && context.commandName === "UpdateItemCommand") throw new Error("throttled");
      return next(args);
    },
    { step: "initialize", name: "fault" },
  );
  const { failures, differences } = await Ledger.reconcile(NEXT_NIGHT);
  expect(failures).toHaveLength(1);
  expect(differences.map(({ accountId }) => accountId)).toEqual([whole.accountId]);
});
