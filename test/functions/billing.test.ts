import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createApp } from "../../packages/functions/src/api/app.ts";
import { failurePage } from "../../packages/functions/src/web/failure.tsx";
import { webRoutes } from "../../packages/functions/src/web/index.ts";
import { readGate } from "../support/account.ts";
import { expectStatus } from "../support/app.ts";
import { captureLog } from "../support/log-lines.ts";
import { makePerson, PASSWORD } from "../support/person.ts";
import { makeReceipts, startStripe } from "../support/stripe.ts";

/** What the billing pages and the webhook answer, without a browser. */

const lines = captureLog();
const stripe = await startStripe();
const app = createApp(failurePage);
webRoutes(app);
afterAll(() => stripe.close());
beforeEach(() => {
  stripe.setFault(() => undefined);
  stripe.ledger.now = () => Math.floor(Date.now() / 1000);
});

const SITE = "http://localhost";

async function makeSession(verified = true) {
  const person = await makePerson(new Date(), verified);
  const { session } = await person.logIn();
  return { ...person, headers: { Accept: "text/html", Cookie: `session=${session.secret}` } };
}

type Headers = Record<string, string>;

function post(path: string, headers: Headers, fields: Record<string, string> = {}) {
  const body = new URLSearchParams(fields).toString();
  const type = "application/x-www-form-urlencoded";
  const length = String(body.length);
  const sent = { Origin: SITE, "Content-Type": type, "Content-Length": length, ...headers };
  return app.request(path, { method: "POST", headers: sent, body });
}

/** Buys a plan by the forms, with Stripe's event arriving at the webhook. */
async function buy(headers: Headers, plan: string): Promise<void> {
  const answer = await post("/billing/checkout", headers, { plan });
  const page = answer.headers.get("location") ?? "";
  expect(answer.status, await answer.text()).toBe(303);
  const session = stripe.ledger.sessions.get(page.split("/").at(-1) ?? "");
  if (!session) throw new Error(`no session at ${page}`);
  stripe.ledger.complete(session);
}

const deliver = (payload: string, more: Headers = {}) => {
  const headers = {
    "Stripe-Signature": stripe.ledger.sign(payload, "whsec_local"),
    "Content-Length": String(Buffer.byteLength(payload)),
    ...more,
  };
  return app.request("/stripe/webhook", { method: "POST", headers, body: payload });
};

test("Stripe's event at the webhook puts the account on its plan", async () => {
  const { headers, accountId } = await makeSession();
  await buy(headers, "pro");
  const { payload = "" } = stripe.ledger.events.at(-1) ?? {};
  await expectStatus(await deliver(payload), 200);
  expect(await readGate(accountId)).toMatchObject({ plan: "pro", dailyLimit: 50_000 });
});

test("the webhook takes nothing that Stripe did not sign, and nothing large", async () => {
  const payload = '{"id":"evt_2","object":"event","data":{"object":{}}}';
  const wrong = await deliver(payload, { "Stripe-Signature": "t=1,v1=00" });
  expect((await expectStatus(wrong, 422)).code).toBe("billing.invalid_event");
  const none = await deliver(payload, { "Stripe-Signature": "" });
  await expectStatus(none, 422);
  const large = await deliver(payload, { "Content-Length": "500001" });
  await expectStatus(large, 422);
  await expectStatus(await deliver(payload), 200);
});

test("the plan is there on the way back from Stripe, before any event", async () => {
  const { headers, accountId } = await makeSession();
  await buy(headers, "payg");
  const answer = await app.request("/billing/return", { headers });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/billing"]);
  expect(await readGate(accountId)).toMatchObject({ plan: "payg" });
});

test("forms may lead to Stripe's pages, and nowhere else", async () => {
  const { headers } = await makeSession();
  const page = await app.request("/billing", { headers });
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain(`form-action 'self' ${stripe.url};`);
});

test("whoever has not confirmed the address cannot buy, and is told why on the page", async () => {
  const { headers } = await makeSession(false);
  const answer = await post("/billing/checkout", headers, { plan: "payg" });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("Open the link in the verification mail");
});

test("a suspended account can neither buy a plan nor change it", async () => {
  const { headers, accountId } = await makeSession();
  await Account.suspend(accountId);
  expect((await post("/billing/checkout", headers, { plan: "payg" })).status).toBe(403);
  await Account.suspend(accountId, false);
  await buy(headers, "payg");
  await app.request("/billing/return", { headers });
  await Account.suspend(accountId);
  const answer = await post("/billing/change", headers, { plan: "pro" });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("This account is suspended. Write to support.");
  expect(await readGate(accountId)).toMatchObject({ plan: "payg" });
});

test.each(["checkout", "change", "portal", "cancel", "keep", "cap"])(
  "the form %s is for whoever is logged in, and taken from our own pages only",
  async (name) => {
    const { headers } = await makeSession();
    const path = `/billing/${name}`;
    const stranger = await post(path, { Accept: "text/html" }, { plan: "payg", cap: "1" });
    expect(stranger.headers.get("location")).toBe("/log-in?notice=ended");
    const foreign = await post(path, { ...headers, Origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
  },
);

test("the billing page says so when Stripe does not answer, and is there all the same", async () => {
  const { headers } = await makeSession();
  await buy(headers, "payg");
  await app.request("/billing/return", { headers });
  stripe.setFault(() => "refused");
  const page = await app.request("/billing", { headers });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Our payment service does not answer.");
  const refused = await post("/billing/cancel", headers);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain("Try again in a few minutes.");
  const back = await app.request("/billing/return", { headers });
  expect(back.headers.get("location")).toBe("/billing");
});

test("the log says on which page Stripe did not answer, and where, without a word of Stripe's", async () => {
  const { headers } = await makeSession();
  await buy(headers, "payg");
  await app.request("/billing/return", { headers });
  stripe.setFault(() => "refused");
  for (const page of ["/billing", "/billing/return"]) {
    lines.length = 0;
    await app.request(page, { headers });
    expectUnavailable();
  }
  lines.length = 0;
  await post("/billing/cancel", headers);
  expectUnavailable();
});

test("a page does not wait for Stripe a second time", async () => {
  const { headers } = await makeSession();
  await buy(headers, "payg");
  stripe.setFault(() => "refused");
  stripe.calls.length = 0;
  await app.request("/billing/return", { headers });
  expect(stripe.calls).toHaveLength(1);
});

function expectUnavailable(): void {
  expect(lines.at(-1)).toMatchObject({ code: "billing.unavailable" });
  const bug = {
    bug: expect.stringMatching(/^Error|^Stripe/),
    stack: expect.stringContaining(" at "),
  };
  expect(lines[0]).toMatchObject(bug);
  // What the stand-in says.
  expect(JSON.stringify(lines)).not.toContain("Try again");
}

test("the export of a month has each billed day of this account alone, as CSV and JSON", async () => {
  const { headers, accountId } = await makeSession();
  const other = await makeSession();
  await buy(headers, "payg");
  await app.request("/billing/return", { headers });
  const today = new Date().toISOString().slice(0, 10);
  await makeReceipts(accountId, new Date(`${today}T00:00:00Z`), 7);
  const night = new Date(Date.parse(today) + 86_400_000 + 1_800_000);
  stripe.setNow(night);
  await Billing.billClosedDays(night);
  const month = today.slice(0, 7);
  const of = (format: string, who: Headers) =>
    app.request(`/billing/usage.${format}?month=${month}`, { headers: who });
  expect(await (await of("csv", headers)).text()).toBe(`day,requests\r\n${today},7\r\n`);
  expect(await (await of("json", headers)).json()).toEqual({
    month,
    requests: 7,
    days: [{ day: today, requests: 7 }],
  });
  expect(await (await of("csv", other.headers)).text()).toBe("day,requests\r\n");
  for (const wrong of ["", "2026-13", "2026", "2026-11-01"]) {
    const path = `/billing/usage.json?month=${wrong}`;
    const answer = await app.request(path, { headers: { Cookie: headers.Cookie } });
    expect((await expectStatus(answer, 422)).code).toBe("billing.invalid_month");
  }
});

test("whoever has a plan is asked before it is changed", async () => {
  const { headers, accountId } = await makeSession();
  await buy(headers, "payg");
  await app.request("/billing/return", { headers });
  const chosen = await post("/billing/checkout", headers, { plan: "pro" });
  expect([chosen.status, chosen.headers.get("location")]).toEqual([303, "/billing"]);
  expect(await readGate(accountId)).toMatchObject({ plan: "payg" });
  await post("/billing/change", headers, { plan: "pro" });
  expect(await readGate(accountId)).toMatchObject({ plan: "pro" });
});

test("deleting an account with a plan ends it, and says so", async () => {
  const person = await makeSession();
  await buy(person.headers, "pro");
  const answer = await post("/settings/delete", person.headers, {
    password: PASSWORD,
  });
  expect(answer.headers.get("location")).toBe("/log-in?notice=closed");
  expect(await Account.findByEmail(person.email)).toBeUndefined();
});

test("the prices lead to checkout where plans are sold", async () => {
  const page = await (await app.request("/pricing", { headers: { Accept: "text/html" } })).text();
  expect(page).toContain('action="/billing/checkout"');
  expect(page).not.toContain("Ask support");
});
