import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import * as Quota from "@imagetotext/core/quota";
import * as Receipt from "@imagetotext/core/receipt";
import * as Token from "@imagetotext/core/token";
import { expect, test } from "vitest";
import { setGate } from "../support/account.ts";
import { makePerson, newEmail, outcomeOf, subjectsTo } from "../support/person.ts";
import { DAY, later, MINUTE, NOW } from "../support/time.ts";

/** What the dashboard and the operator see. */

const record = (receipt: Receipt.Receipt) => Receipt.record(receipt, receipt.at);

const MEASURED = { plan: "free", bytes: 10, pixels: 20, ms: 30, confidence: 40 };

async function makeVerified(now = NOW) {
  const email = newEmail();
  const accountId = await Account.create(email, now);
  await Account.verify(accountId);
  return { accountId, email };
}

test("receipts are listed newest first, page by page, each once", async () => {
  const { accountId } = await makeVerified();
  for (let i = 0; i < 25; i++) {
    await record({ accountId, requestId: `r${i}`, at: later(NOW, i * 1000), ...MEASURED });
  }
  const ids: string[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await Receipt.list(accountId, { limit: 10, ...(cursor ? { cursor } : {}) });
    ids.push(...page.receipts.map(({ requestId }) => requestId));
    sizes.push(page.receipts.length);
    cursor = page.cursor;
  } while (cursor);
  expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `r${24 - i}`));
  expect(sizes).toEqual([10, 10, 5]);
  const { receipts } = await Receipt.list(accountId, { limit: 10, from: later(NOW, 23_000) });
  expect(receipts.map(({ requestId }) => requestId)).toEqual(["r24", "r23"]);
  expect(receipts[0]).toEqual({ accountId, requestId: "r24", at: later(NOW, 24_000), ...MEASURED });
});

test("a last page that is just full is the last", async () => {
  const { accountId } = await makeVerified();
  for (let i = 0; i < 4; i++) {
    await record({ accountId, requestId: `r${i}`, at: later(NOW, i), ...MEASURED });
  }
  const first = await Receipt.list(accountId, { limit: 2 });
  const second = await Receipt.list(accountId, { limit: 2, cursor: first.cursor ?? "" });
  expect(second.receipts.map(({ requestId }) => requestId)).toEqual(["r1", "r0"]);
  expect(second.cursor).toBeUndefined();
});

test("a cursor of another account, or a made-up one, shows no other account's receipts", async () => {
  const [one, two] = [await makePerson(NOW), await makePerson(NOW)];
  await two.logIn();
  for (const { accountId } of [one, two]) {
    for (let i = 0; i < 3; i++) {
      await record({ accountId, requestId: accountId, at: later(NOW, i), ...MEASURED });
    }
  }
  const { cursor = "" } = await Receipt.list(one.accountId, { limit: 1 });
  const foreign = Buffer.from(`ACC#${one.accountId}`).toString("base64url");
  const beyond = Buffer.from("RECEIPT#~~~").toString("base64url");
  const session = Buffer.from("SESSION#~").toString("base64url");
  for (const made of [cursor, foreign, beyond, session, "x", "%00"]) {
    const { receipts } = await Receipt.list(two.accountId, { limit: 10, cursor: made });
    for (const { requestId } of receipts) expect(requestId).toBe(two.accountId);
  }
});

test("the chart has every day, oldest first, those without a request as 0", async () => {
  const { accountId } = await makeVerified();
  await setGate(accountId, "n20300301", 5);
  await setGate(accountId, "n20300227", 7);
  await setGate(accountId, "n20300101", 9);
  expect(await Quota.history(accountId, 4, NOW)).toEqual([
    { day: "2030-02-26", used: 0 },
    { day: "2030-02-27", used: 7 },
    { day: "2030-02-28", used: 0 },
    { day: "2030-03-01", used: 5 },
  ]);
  const month = await Quota.history(accountId, 30, NOW);
  expect(month).toHaveLength(30);
  expect(month[0]?.day).toBe("2030-01-31");
});

test("today's use is shown to an account without a token", async () => {
  const { accountId } = await makeVerified();
  await setGate(accountId, "n20300301", 5);
  expect(await Quota.today(accountId, NOW)).toEqual({
    plan: "free",
    limit: 100,
    used: 5,
    resetsAt: new Date("2030-03-02T00:00:00Z"),
  });
});

test("of a token its end, its times and its last use are shown, and never more", async () => {
  const { accountId } = await makeVerified();
  expect(await Token.describe(accountId)).toBeUndefined();
  await record({ accountId, requestId: "old", at: later(NOW, -1000), ...MEASURED });
  const { token, expiresAt } = await Token.issue(accountId, NOW);
  const hint = `itt_…${token.slice(-6)}`;
  expect(await Token.describe(accountId)).toEqual({ hint, createdAt: NOW, expiresAt });
  const usedAt = later(NOW, 5000);
  await record({ accountId, requestId: "new", at: usedAt, ...MEASURED });
  expect(await Token.describe(accountId)).toEqual({
    hint,
    createdAt: NOW,
    lastUsedAt: usedAt,
    expiresAt,
  });
});

test("a playground token spends the account's own quota for 5 minutes and dies with the real one", async () => {
  const { accountId } = await makeVerified();
  expect(await outcomeOf(Token.issueShortLived(accountId, NOW))).toBe("token.none");
  await Token.issue(accountId, NOW);
  const { token, expiresAt } = await Token.issueShortLived(accountId, NOW);
  expect(expiresAt).toEqual(later(NOW, 5 * MINUTE));
  const header = `Bearer ${token}`;
  const caller = await Token.authenticate(header, NOW);
  expect((await Quota.reserve(caller, NOW)).allowance.used).toBe(1);
  expect(await outcomeOf(Token.authenticate(header, later(NOW, 5 * MINUTE)))).toBe("token.expired");
  await Token.issue(accountId, NOW);
  expect(await outcomeOf(Quota.reserve(caller, NOW))).toBe("token.revoked");
});

test("a playground token is not made for whom the API would refuse", async () => {
  const { accountId } = await makeVerified();
  const { expiresAt } = await Token.issue(accountId, NOW);
  const last = await Token.issueShortLived(accountId, later(expiresAt, -MINUTE));
  expect(last.expiresAt).toEqual(expiresAt);
  expect(await outcomeOf(Token.issueShortLived(accountId, expiresAt))).toBe("token.none");
  await Account.suspend(accountId);
  expect(await outcomeOf(Token.issueShortLived(accountId, NOW))).toBe("account.suspended");
  await setGate(accountId, "verified", false);
  expect(await outcomeOf(Token.issueShortLived(accountId, NOW))).toBe("account.unverified");
});

test("the owner is reminded of a token once, in its last 14 days, and not of a replaced one", async () => {
  // A month of its own, so that no other test's tokens are in it.
  const issued = new Date("2031-01-20T12:00:00Z");
  const { accountId, email } = await makeVerified(issued);
  await Token.issue(accountId, issued);
  const { expiresAt } = await Token.issue(accountId, later(issued, 1000));
  expect(expiresAt).toEqual(new Date("2031-07-20T12:00:01Z"));
  const subject = "Your API token expires on 2031-07-20";
  await Account.remindOfExpiry(later(expiresAt, -15 * DAY));
  expect(await subjectsTo(email)).toEqual([]);
  const sent = await Promise.all(
    [1, 2, 3].map(() => Account.remindOfExpiry(later(expiresAt, -14 * DAY))),
  );
  expect(sent.reduce((sum, count) => sum + count.sent, 0)).toBe(1);
  expect(await subjectsTo(email)).toEqual([subject]);
  expect(await Account.remindOfExpiry(later(expiresAt, -13 * DAY))).toEqual({ sent: 0, unsent: 0 });
  await Token.issue(accountId, later(expiresAt, -13 * DAY));
  expect(await subjectsTo(email)).toEqual([subject]);
});

test("a reminder that a missed day owed is made up for", async () => {
  const issued = new Date("2032-01-20T12:00:00Z");
  const { accountId, email } = await makeVerified(issued);
  const { expiresAt } = await Token.issue(accountId, issued);
  await Account.remindOfExpiry(later(expiresAt, -3 * DAY));
  expect(await subjectsTo(email)).toEqual(["Your API token expires on 2032-07-20"]);
  const gone = await makePerson(issued);
  await Token.issue(gone.accountId, issued);
  await Account.remindOfExpiry(expiresAt);
  expect(await subjectsTo(gone.email)).toEqual(["Confirm your e-mail address"]);
});

test("an account on another plan has that plan's day at once, and keeps today's count", async () => {
  const { accountId } = await makeVerified();
  await setGate(accountId, "n20300301", 5);
  await Account.setPlan(accountId, Billing.getPlan("pro"));
  expect(await Quota.today(accountId, NOW)).toMatchObject({ plan: "pro", limit: 50_000, used: 5 });
});
