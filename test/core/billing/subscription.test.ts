import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { afterAll, beforeEach, expect, test } from "vitest";
import { makeAccount, readGate } from "../../support/account.ts";
import { makePerson, outcomeOf, PASSWORD, subjectsTo } from "../../support/person.ts";
import {
  type Buyer,
  billedOf,
  makeBuyer,
  makeReceipts,
  startStripe,
} from "../../support/stripe.ts";
import { DAY, HOUR, later } from "../../support/time.ts";

const stripe = await startStripe();
afterAll(() => stripe.close());
beforeEach(() => stripe.setFault(() => undefined));

const NOW = new Date("2030-03-10T12:00:00Z");
const site = "http://localhost:3000";
const SECRET = "whsec_local";

/** The last events of a customer, oldest first, as Stripe would send them. */
function eventsOf(customerId: string) {
  return stripe.ledger.events.filter(({ payload }) => payload.includes(customerId));
}

function receive({ payload }: { payload: string }, now = NOW, secret = SECRET): Promise<string> {
  stripe.setNow(now);
  return outcomeOf(Billing.receiveEvent(payload, stripe.ledger.sign(payload, secret), now));
}

/** The page of Stripe that a click on a plan leads to. */
async function openCheckout(
  { accountId, email }: { accountId: string; email: string },
  plan: Billing.PaidPlanId,
) {
  stripe.setNow(NOW);
  const url = await Billing.startCheckout({ accountId, email, plan, site }, NOW);
  const session = stripe.ledger.sessions.get(url.split("/").at(-1) ?? "");
  if (!session) throw new Error(`no session at ${url}`);
  return session;
}

async function receiveAll(customerId: string, now = NOW): Promise<void> {
  for (const event of eventsOf(customerId)) expect(await receive(event, now)).toBe("done");
}

test("an account is on the plan as soon as an event tells of its purchase, with the plan's day", async () => {
  const buyer = await makeBuyer(stripe, "pro", NOW);
  expect(await Account.find(buyer.accountId)).toMatchObject({ plan: "free", dailyLimit: 100 });
  await receiveAll(buyer.customerId);
  expect(await Account.find(buyer.accountId)).toMatchObject({ plan: "pro", dailyLimit: 50_000 });
});

test("events in any order, and twice, leave the account as Stripe has it", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  stripe.ledger.cancelNow(buyer.subscription, true);
  const events = eventsOf(buyer.customerId);
  for (const event of [...events, ...events].reverse()) expect(await receive(event)).toBe("done");
  expect(await Account.find(buyer.accountId)).toMatchObject({ plan: "free", dailyLimit: 100 });
});

test("an event that was taken is not looked into again", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await receiveAll(buyer.customerId);
  const before = stripe.calls.length;
  await receiveAll(buyer.customerId);
  expect(stripe.calls.length).toBe(before);
});

test("an event that could not be looked into is taken when it comes again", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  const [event] = eventsOf(buyer.customerId);
  if (!event) throw new Error("no event");
  stripe.setFault(() => "refused");
  expect(await receive(event)).toBe("billing.unavailable");
  stripe.setFault(() => undefined);
  expect(await receive(event)).toBe("done");
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "payg" });
});

test("an event is refused with another secret, another body, and after 5 minutes", async () => {
  const payload = '{"id":"evt_1","object":"event","data":{"object":{}}}';
  const refused = "billing.invalid_event";
  expect(await receive({ payload }, NOW, "whsec_other")).toBe(refused);
  stripe.setNow(NOW);
  const signature = stripe.ledger.sign(payload, SECRET);
  expect(await outcomeOf(Billing.receiveEvent(`${payload} `, signature, NOW))).toBe(refused);
  const late = later(NOW, 301_000);
  expect(await outcomeOf(Billing.receiveEvent(payload, signature, late))).toBe(refused);
  expect(await outcomeOf(Billing.receiveEvent(payload, signature, NOW))).toBe("done");
});

test("an older answer of Stripe never replaces a newer one", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await Billing.sync(buyer.accountId, NOW);
  // Each call reads a state of its own: the plan goes and comes while many ask.
  const answers = [];
  for (let i = 0; i < 6; i++) {
    answers.push(Billing.sync(buyer.accountId, NOW));
    buyer.subscription.status = i % 2 ? "active" : "canceled";
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await Promise.all(answers);
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "payg" });
});

test("a failed payment leaves the plan for 7 days, with one mail, and then ends it with another", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await receiveAll(buyer.customerId);
  stripe.ledger.useCard(buyer.customerId, true);
  stripe.ledger.endPeriod(buyer.subscription);
  await receiveAll(buyer.customerId);
  await Billing.billClosedDays(later(NOW, DAY));
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "payg" });
  expect(await subjectsTo(buyer.email)).toEqual(["Your payment failed"]);

  stripe.setNow(later(NOW, 7 * DAY - 60_000));
  await Billing.billClosedDays(later(NOW, 7 * DAY - 60_000));
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "payg" });
  stripe.setNow(later(NOW, 7 * DAY));
  for (const _ of [1, 2]) await Billing.billClosedDays(later(NOW, 7 * DAY));
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "free", dailyLimit: 100 });
  expect(buyer.subscription.status).toBe("canceled");
  expect(await subjectsTo(buyer.email)).toEqual([
    "Your plan Pay as you go has ended",
    "Your payment failed",
  ]);
});

test("the last invoice after the 7 days has the requests up to the day before", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  stripe.ledger.useCard(buyer.customerId, true);
  const failed = new Date("2030-04-01T12:00:00Z");
  stripe.setNow(failed);
  stripe.ledger.endPeriod(buyer.subscription);
  await Billing.sync(buyer.accountId, failed);
  await makeReceipts(buyer.accountId, later(failed, 6 * DAY), 20);
  const end = later(failed, 7 * DAY);
  stripe.setNow(end);
  await Billing.sync(buyer.accountId, end);
  const last = stripe.ledger.invoices.find(({ customer }) => customer === buyer.customerId);
  expect(last?.lines).toEqual([{ description: "Requests", quantity: 20, amount: 3 }]);
});

test("a payment that succeeds within the 7 days keeps the plan, and the cap", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await receiveAll(buyer.customerId);
  await Billing.setCap(buyer.accountId, 250);
  stripe.ledger.useCard(buyer.customerId, true);
  stripe.ledger.endPeriod(buyer.subscription);
  await receiveAll(buyer.customerId);
  stripe.ledger.useCard(buyer.customerId, false);
  await receiveAll(buyer.customerId);
  stripe.setNow(later(NOW, 8 * DAY));
  await Billing.billClosedDays(later(NOW, 8 * DAY));
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "payg", dailyLimit: 250 });
});

test("a cancelled plan stays to the end of its month, and can be taken back until then", async () => {
  const buyer = await makeBuyer(stripe, "pro", NOW);
  await Billing.cancelAtMonthEnd(buyer.accountId, true, NOW);
  const endsAt = "2030-04-01T12:00:00.000Z";
  expect(await Billing.findCustomer(buyer.accountId)).toMatchObject({ plan: "pro", endsAt });
  await Billing.cancelAtMonthEnd(buyer.accountId, false, NOW);
  expect((await Billing.findCustomer(buyer.accountId))?.endsAt).toBeUndefined();
  await Billing.cancelAtMonthEnd(buyer.accountId, true, NOW);
  stripe.ledger.endPeriod(buyer.subscription);
  await receiveAll(buyer.customerId);
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "free" });
  expect(await subjectsTo(buyer.email)).toEqual(["Your plan Pro has ended"]);
});

test("after Pay as you go comes Pro at once, and requests of before keep their price", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await Billing.sync(buyer.accountId, NOW);
  await makeReceipts(buyer.accountId, NOW, 40);
  const next = later(NOW, DAY);
  stripe.setNow(next);
  await Billing.changePlan(buyer.accountId, "pro", next);
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "pro", dailyLimit: 50_000 });
  await makeReceipts(buyer.accountId, next, 5, "pro");
  stripe.setNow(later(NOW, 2 * DAY));
  await Billing.billClosedDays(later(NOW, 2 * DAY));
  // 40 requests at 0.15 cents are 6 cents; the 5 after them are among those that Pro includes.
  const lines = stripe.ledger.preview(buyer.subscription);
  expect(lines.filter(({ description }) => description === "Requests")).toEqual([
    { description: "Requests", quantity: 40, amount: 6 },
    { description: "Requests", quantity: 5, amount: 0 },
  ]);
});

test("a change of plan asks Stripe five times, and seven where yesterday was sent and not confirmed", async () => {
  const next = later(NOW, DAY);
  const callsOf = async (buyer: Buyer) => {
    const before = stripe.calls.length;
    await Billing.changePlan(buyer.accountId, "pro", next);
    return stripe.calls.length - before;
  };
  const plain = await makeBuyer(stripe, "payg", NOW);
  const cutOff = await makeBuyer(stripe, "payg", NOW);
  for (const { accountId } of [plain, cutOff]) {
    await Billing.sync(accountId, NOW);
    await makeReceipts(accountId, NOW, 2);
  }
  stripe.setNow(next);
  stripe.setFault((call) => (call.includes("meter_events") ? "refused" : undefined));
  expect(await outcomeOf(callsOf(cutOff))).toBe("billing.unavailable");
  stripe.setFault(() => undefined);
  expect([await callsOf(plain), await callsOf(cutOff)]).toEqual([5, 7]);
});

test("a plan is not changed before the requests of yesterday are billed by its price", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await makeReceipts(buyer.accountId, NOW, 2);
  const change = (time: string) => {
    const now = new Date(`2030-03-11T${time}Z`);
    stripe.setNow(now);
    return outcomeOf(Billing.changePlan(buyer.accountId, "pro", now));
  };
  expect(await change("00:04:59")).toBe("billing.unavailable");
  expect(await change("00:05:00")).toBe("done");
  const [requests] = stripe.ledger.preview(buyer.subscription);
  expect(requests).toEqual({ description: "Requests", quantity: 2, amount: 0 });
});

test("nobody leaves Pro for Pay as you go at once, to have the included requests again", async () => {
  const buyer = await makeBuyer(stripe, "pro", NOW);
  for (const plan of ["payg", "pro"] as const) {
    const change = Billing.changePlan(buyer.accountId, plan, NOW);
    expect(await outcomeOf(change)).toBe("billing.plan_changed");
  }
  expect(buyer.subscription.items.map(({ price }) => price)).toEqual([
    "price_pro",
    "price_pro_requests",
  ]);
});

test("of two plans that were bought at once, the newer stays, and the other bills nothing", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  stripe.setNow(later(NOW, 1000));
  const newer = stripe.ledger.subscribe(buyer.customerId, ["price_pro", "price_pro_requests"]);
  await receiveAll(buyer.customerId);
  expect([buyer.subscription.status, newer.status]).toEqual(["canceled", "active"]);
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "pro" });
});

test("a purchase closes the other pages on which the same customer could buy", async () => {
  const account = await makeAccount();
  const [first, second] = [await openCheckout(account, "payg"), await openCheckout(account, "pro")];
  stripe.ledger.complete(second);
  await Billing.sync(account.accountId, NOW);
  expect([first.status, second.status]).toEqual(["expired", "complete"]);
});

test("a page of Stripe that is open while its account is deleted cannot be paid any more", async () => {
  const person = await makePerson(NOW);
  const session = await openCheckout(person, "pro");
  const { accountId } = person;
  await Account.deleteAccount({ accountId, password: PASSWORD }, NOW);
  expect(session.status).toBe("expired");
});

test("a plan that was paid while its account was deleted is ended", async () => {
  const person = await makePerson(NOW);
  const { customer } = await openCheckout(person, "pro");
  await Account.deleteAccount({ accountId: person.accountId, password: PASSWORD }, NOW);
  const bought = stripe.ledger.subscribe(customer, ["price_pro"], { plan: "pro" });
  const other = stripe.ledger.subscribe(customer, ["price_pro"]);
  const stranger = stripe.ledger.addCustomer("somebody@example.com", "of another shop");
  const elsewhere = stripe.ledger.subscribe(stranger.id, ["price_pro"], { plan: "pro" });
  await receiveAll(customer);
  await receiveAll(stranger.id);
  expect(bought.status).toBe("canceled");
  expect([other.status, elsewhere.status]).toEqual(["active", "active"]);
});

test("a plan stays when the operator sells it by another price", async () => {
  const buyer = await makeBuyer(stripe, "pro", NOW);
  await Billing.sync(buyer.accountId, NOW);
  // What was bought keeps its price, of which the settings know nothing any more.
  Object.assign(buyer.subscription.items[1] ?? {}, { price: "price_of_last_year" });
  await Billing.sync(buyer.accountId, NOW);
  expect(await readGate(buyer.accountId)).toMatchObject({ plan: "pro" });
});

test("a subscription to something else that the operator sells is no plan", async () => {
  const account = await makeAccount();
  await Billing.startCheckout({ ...account, plan: "payg", site }, NOW);
  const customer = await Billing.findCustomer(account.accountId);
  const other = stripe.ledger.subscribe(customer?.customerId ?? "", ["price_pro"]);
  await Billing.sync(account.accountId, NOW);
  expect(await readGate(account.accountId)).toMatchObject({ plan: "free" });
  expect(other.status).toBe("active");
});

test("whoever has a plan cannot buy a second one", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  const again = Billing.startCheckout({ ...buyer, plan: "pro", site }, NOW);
  expect(await outcomeOf(again)).toBe("billing.plan_changed");
});

test("whoever owes for a plan that ended pays first, and can then buy again", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  stripe.ledger.useCard(buyer.customerId, true);
  stripe.ledger.endPeriod(buyer.subscription);
  await Billing.sync(buyer.accountId, NOW);
  const end = later(NOW, 7 * DAY);
  const buy = () => outcomeOf(Billing.startCheckout({ ...buyer, plan: "payg", site }, end));
  stripe.setNow(end);
  expect(await buy()).toBe("billing.unpaid");
  stripe.ledger.useCard(buyer.customerId, false);
  expect(await buy()).toBe("done");
});

test("a plan that ended can be bought again, the same day", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  await Billing.sync(buyer.accountId, NOW);
  stripe.ledger.cancelNow(buyer.subscription, true);
  const url = await Billing.startCheckout({ ...buyer, plan: "payg", site }, NOW);
  expect(stripe.ledger.sessions.get(url.split("/").at(-1) ?? "")?.status).toBe("open");
});

test("a click whose answer is lost on the way begins one purchase", async () => {
  const account = await makeAccount();
  let lost = 0;
  stripe.setFault((call) => (call.startsWith("POST") && lost++ % 2 === 0 ? "lost" : undefined));
  await Billing.startCheckout({ ...account, plan: "payg", site }, NOW);
  const customers = [...stripe.ledger.customers.values()];
  const mine = customers.filter(({ email }) => email === account.email);
  const sessions = [...stripe.ledger.sessions.values()];
  const begun = sessions.filter(({ customer }) => customer === mine[0]?.id);
  expect([lost, mine.length, begun.length]).toEqual([4, 1, 1]);
});

test("two first clicks at once make one customer", async () => {
  const account = await makeAccount();
  const click = () => Billing.startCheckout({ ...account, plan: "payg", site }, NOW);
  await Promise.all([click(), click()]);
  const all = [...stripe.ledger.customers.values()];
  expect(all.filter(({ email }) => email === account.email)).toHaveLength(1);
});

test("the cap is the owner's on pay as you go, from 0 to the plan's limit, and nobody else's", async () => {
  const buyer = await makeBuyer(stripe, "payg", NOW);
  const free = await makeAccount();
  await Billing.sync(buyer.accountId, NOW);
  for (const cap of [0, 10_000]) {
    await Billing.setCap(buyer.accountId, cap);
    expect(await readGate(buyer.accountId)).toMatchObject({ dailyLimit: cap });
  }
  for (const cap of [-1, 10_001, 1.5, Number.NaN]) {
    expect(await outcomeOf(Billing.setCap(buyer.accountId, cap))).toBe("billing.invalid_cap");
  }
  expect(await outcomeOf(Billing.setCap(free.accountId, 5))).toBe("billing.plan_changed");
  expect(await readGate(free.accountId)).toMatchObject({ dailyLimit: 100 });
});

test("a deleted account pays for its last requests, and for nothing after", async () => {
  const { accountId, email } = await makePerson(NOW);
  const { token } = await Token.issue(accountId, NOW);
  const caller = await Token.authenticate(`Bearer ${token}`, NOW);
  const session = await openCheckout({ accountId, email }, "payg");
  stripe.ledger.complete(session);
  await Billing.sync(accountId, NOW);
  await makeReceipts(accountId, NOW, 1000);
  const end = later(NOW, HOUR);
  stripe.setNow(end);

  stripe.setFault((call) => (call.startsWith("DELETE") ? "refused" : undefined));
  const request = { accountId, password: PASSWORD };
  expect(await outcomeOf(Account.deleteAccount(request, end))).toBe("billing.unavailable");
  // The account is still there, but what it pays for was counted for the last time.
  expect(await outcomeOf(Quota.reserve(caller, end))).toBe("token.revoked");
  expect(await outcomeOf(Token.issue(accountId, end))).toBe("account.unverified");
  stripe.setFault(() => undefined);
  expect(await Account.deleteAccount(request, end)).toEqual({
    closed: ["The plan Pay as you go"],
    kept: ["Invoices, at Stripe, for as long as the law says"],
  });
  expect(stripe.ledger.subscriptionsOf(session.customer)).toEqual([]);
  // 1,000 at 1.50 dollars a thousand.
  expect(stripe.ledger.invoices[0]?.lines).toEqual([
    { description: "Requests", amount: 150, quantity: 1000 },
  ]);
  expect(await Billing.findCustomer(accountId)).toBeUndefined();
  await receiveAll(session.customer, end);
  expect(await Account.find(accountId)).toBeUndefined();
  expect(billedOf(stripe, { accountId, email, token: "" })).toEqual({ "2030-03-10": 1000 });
});
