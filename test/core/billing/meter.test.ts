import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { config } from "@imagetotext/core/config";
import { table } from "@imagetotext/core/table";
import { afterAll, beforeEach, expect, test } from "vitest";
import { makeAccount } from "../../support/account.ts";
import { billedOf, makeBuyer, makeReceipts, startStripe } from "../../support/stripe.ts";

const stripe = await startStripe();
afterAll(() => stripe.close());
beforeEach(() => stripe.setFault(() => undefined));

const at = (time: string) => {
  const now = new Date(`2030-${time}Z`);
  stripe.setNow(now);
  return now;
};
const restore = (item: object | undefined) =>
  table().send(new PutCommand({ TableName: config().table.name, Item: { ...item } }));

const isMeterEvent = (call: string) => call === "POST /v1/billing/meter_events";

/** Stripe takes a day, but its answer is lost, and it tells nobody what it has. */
function losesAnswers(call: string) {
  if (isMeterEvent(call)) return "lost";
  return call.includes("/billing/meters") ? "refused" : undefined;
}

test("bills each closed day once, with the paid receipts of that day", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("01-10T09:00"));
  await makeReceipts(buyer.accountId, at("01-10T08:00"), 2, "free");
  await makeReceipts(buyer.accountId, at("01-10T10:00"), 3);
  await makeReceipts(buyer.accountId, at("01-11T23:59:50"), 4);
  await makeReceipts(buyer.accountId, at("01-12T00:00"), 5);
  await Billing.billClosedDays(at("01-12T00:04:59"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-01-10": 3 });
  for (const _ of [1, 2]) await Billing.billClosedDays(at("01-12T00:05"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-01-10": 3, "2030-01-11": 4 });
  expect(await Billing.listBilled(buyer.accountId, "2030-01")).toEqual([
    { day: "2030-01-10", requests: 3 },
    { day: "2030-01-11", requests: 4 },
  ]);
  expect(await Billing.findCustomer(buyer.accountId)).toMatchObject({
    billedThrough: "2030-01-11",
  });
});

test("an answer that is lost after Stripe has taken the day bills it once", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("02-10T09:00"));
  await makeReceipts(buyer.accountId, at("02-10T10:00"), 3);
  stripe.setFault(losesAnswers);
  await expect(Billing.billClosedDays(at("02-11T00:30"))).rejects.toThrow("were not billed");
  expect(billedOf(stripe, buyer)).toEqual({ "2030-02-10": 3 });
  stripe.setFault(() => undefined);
  await Billing.billClosedDays(at("02-11T00:40"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-02-10": 3 });
  expect(await Billing.listBilled(buyer.accountId, "2030-02")).toEqual([
    { day: "2030-02-10", requests: 3 },
  ]);
});

test("so it does when the next run comes after Stripe has forgotten the identifier", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("03-10T09:00"));
  await makeReceipts(buyer.accountId, at("03-10T10:00"), 3);
  stripe.setFault(losesAnswers);
  await expect(Billing.billClosedDays(at("03-11T00:30"))).rejects.toThrow("were not billed");
  stripe.setFault(() => undefined);
  await Billing.billClosedDays(at("03-13T00:30"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-03-10": 3 });
});

test("so it does after the table was restored to the day before", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("03-20T09:00"));
  await makeReceipts(buyer.accountId, at("03-20T10:00"), 3);
  const backup = await Billing.findCustomer(buyer.accountId);
  await Billing.billClosedDays(at("03-21T00:30"));
  await restore(backup);
  await Billing.billClosedDays(at("03-22T00:30"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-03-20": 3 });
});

test("a run whose identifier Stripe refuses goes on with the next day", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("04-10T09:00"));
  await makeReceipts(buyer.accountId, at("04-10T10:00"), 3);
  await makeReceipts(buyer.accountId, at("04-11T10:00"), 2);
  stripe.setFault(losesAnswers);
  await expect(Billing.billClosedDays(at("04-12T00:30"))).rejects.toThrow("were not billed");
  // The sums of Stripe lag behind: only the identifier tells.
  stripe.setFault(() => undefined);
  const usage = stripe.ledger.usage;
  stripe.ledger.usage = () => 0;
  await Billing.billClosedDays(at("04-12T00:31"));
  stripe.ledger.usage = usage;
  expect(billedOf(stripe, buyer)).toEqual({ "2030-04-10": 3, "2030-04-11": 2 });
});

test("a night asks Stripe again before it gives a customer up", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("05-01T09:00"));
  await makeReceipts(buyer.accountId, at("05-01T10:00"), 2);
  let refused = 0;
  stripe.setFault((call) => (isMeterEvent(call) && refused++ === 0 ? "refused" : undefined));
  await Billing.billClosedDays(at("05-02T00:30"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-05-01": 2 });
});

test("a fault of one customer stops no other, and is reported when all are done", async () => {
  const now = at("05-10T09:00");
  const buyers = await Promise.all([1, 2, 3].map(() => makeBuyer(stripe, "payg", now)));
  for (const { accountId } of buyers) await makeReceipts(accountId, at("05-10T10:00"), 2);
  const [first] = buyers;
  stripe.setFault((call) => (call.endsWith(String(first?.customerId)) ? "refused" : undefined));
  await expect(Billing.billClosedDays(at("05-11T00:30"))).rejects.toThrow(/^1 of \d+ customers/);
  expect(buyers.map((buyer) => billedOf(stripe, buyer)["2030-05-10"])).toEqual([undefined, 2, 2]);
  stripe.setFault(() => undefined);
  await Billing.billClosedDays(at("05-11T00:40"));
  expect(buyers.map((buyer) => billedOf(stripe, buyer)["2030-05-10"])).toEqual([2, 2, 2]);
});

test("many runs at once, half of whose answers are lost, bill everything once", async () => {
  const now = at("06-10T09:00");
  const buyers = await Promise.all([1, 2, 3, 4].map(() => makeBuyer(stripe, "payg", now)));
  for (const { accountId } of buyers) {
    await makeReceipts(accountId, at("06-10T10:00"), 2);
    await makeReceipts(accountId, at("06-11T10:00"), 3);
  }
  let turn = 0;
  stripe.setFault((call) => {
    turn += 1;
    if (!isMeterEvent(call)) return undefined;
    return (["lost", undefined, "refused", "lost"] as const)[turn % 4];
  });
  const run = () => Billing.billClosedDays(at("06-12T00:30")).catch(() => {});
  for (let i = 0; i < 3; i++) await Promise.all([run(), run(), run()]);
  stripe.setFault(() => undefined);
  await run();
  for (const buyer of buyers) {
    expect(billedOf(stripe, buyer)).toEqual({ "2030-06-10": 2, "2030-06-11": 3 });
    expect(await Billing.listBilled(buyer.accountId, "2030-06")).toEqual([
      { day: "2030-06-10", requests: 2 },
      { day: "2030-06-11", requests: 3 },
    ]);
  }
});

test("a run that was held up takes nothing back from one that overtook it", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("06-20T09:00"));
  await makeReceipts(buyer.accountId, at("06-20T10:00"), 2);
  await makeReceipts(buyer.accountId, at("06-21T10:00"), 3);
  const overtaken = Promise.withResolvers<undefined>();
  const isHeldUp = new Promise((resolve) =>
    stripe.setFault((call) => {
      if (!isMeterEvent(call)) return undefined;
      resolve(true);
      return overtaken.promise;
    }),
  );
  const slow = Billing.billClosedDays(at("06-21T00:30"));
  await isHeldUp;
  stripe.setFault(() => undefined);
  await Billing.billClosedDays(at("06-22T00:30"));
  overtaken.resolve(undefined);
  await slow;
  expect(billedOf(stripe, buyer)).toEqual({ "2030-06-20": 2, "2030-06-21": 3 });
  expect(await Billing.findCustomer(buyer.accountId)).toMatchObject({
    billedThrough: "2030-06-21",
  });
});

test("a run that is killed half-way is made up for, and bills nothing twice", async () => {
  const now = at("07-10T09:00");
  const buyers = await Promise.all([1, 2, 3].map(() => makeBuyer(stripe, "payg", now)));
  for (const { accountId } of buyers) await makeReceipts(accountId, at("07-10T10:00"), 2);
  at("07-11T00:30");
  const script = fileURLToPath(new URL("../../support/bill.ts", import.meta.url));
  const child = spawn(process.execPath, [script, "2030-07-11T00:30Z"], { stdio: "ignore" });
  const exited = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  stripe.setFault((call) => {
    if (!isMeterEvent(call)) return undefined;
    // Taken, but whoever sent it is dead by then.
    child.kill("SIGKILL");
    return "lost";
  });
  expect(await exited).toBe("SIGKILL");
  stripe.setFault(() => undefined);
  const isSent = buyers.map((buyer) => billedOf(stripe, buyer)["2030-07-10"] === 2);
  expect(isSent).toContain(true);
  await Billing.billClosedDays(at("07-12T00:30"));
  for (const buyer of buyers) expect(billedOf(stripe, buyer)).toEqual({ "2030-07-10": 2 });
});

test("a day that is too old for Stripe is not billed, and holds up no later one", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("08-01T13:00"));
  await makeReceipts(buyer.accountId, at("08-01T14:00"), 2);
  await makeReceipts(buyer.accountId, at("09-09T14:00"), 3);
  await Billing.billClosedDays(at("09-10T00:30"));
  expect(billedOf(stripe, buyer)).toEqual({ "2030-09-09": 3 });
});

test("each invoice has the days of one calendar month, the last of them included", async () => {
  const buyer = await makeBuyer(stripe, "payg", at("10-20T09:00"));
  await Billing.sync(buyer.accountId, at("10-20T09:00"));
  await makeReceipts(buyer.accountId, at("10-31T23:59:57"), 3);
  await makeReceipts(buyer.accountId, at("11-01T00:00"), 4);
  await Billing.billClosedDays(at("11-02T00:30"));
  at("11-02T00:31");
  stripe.ledger.endPeriod(buyer.subscription);
  const [october] = stripe.ledger.invoices;
  expect(october?.lines).toEqual([{ description: "Requests", amount: 0, quantity: 3 }]);
  expect(stripe.ledger.preview(buyer.subscription)).toMatchObject([{ quantity: 4 }]);
});

test("an account that was put on a plan by hand is not billed", async () => {
  const account = await makeAccount();
  await Account.setPlan(account.accountId, Billing.getPlan("payg"));
  await makeReceipts(account.accountId, at("12-10T10:00"), 3);
  await Billing.billClosedDays(at("12-11T00:30"));
  expect(billedOf(stripe, account)).toEqual({});
});
