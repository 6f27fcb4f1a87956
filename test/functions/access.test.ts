import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import * as Token from "@imagetotext/core/token";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setGate, usedToday } from "../support/account.ts";
import { bearer, useApp } from "../support/app.ts";
import { bucketEnvironment, openBucket } from "../support/bucket.ts";
import { linkTo, makePerson, newEmail, PASSWORD } from "../support/person.ts";
import { buyPlan, startStripe } from "../support/stripe.ts";

/**
 * Every route, taken from the app itself, as nobody, somebody unverified, another account and somebody
 * suspended; all but nobody are on Pay as you go. Each request names the account of somebody else, the
 * owner, in every way it can.
 */

const ROLES = ["nobody", "unverified", "another", "suspended"] as const;
type Role = (typeof ROLES)[number];

const TO_LOG_IN = "303 /log-in?notice=ended";
const all = (outcome: string) => [outcome, outcome, outcome, outcome];
const loggedIn = (outcome: string) => [TO_LOG_IN, outcome, outcome, outcome];

/** What each role gets, in the order of ROLES. A new route fails the first test until it is here. */
const OUTCOMES: Record<string, string[]> = {
  "GET /": all("200"),
  "GET /api-docs": all("200"),
  "GET /api-reference": all("200"),
  "GET /pricing": all("200"),
  "GET /support": all("200"),
  "GET /status": all("200"),
  "GET /privacy": all("200"),
  "GET /security": all("200"),
  "GET /robots.txt": all("200"),
  "GET /llms.txt": all("200"),
  "GET /openapi.json": all("200"),
  "GET /favicon.ico": all("200"),
  "GET /sample/receipt.jpg": all("200"),
  "GET /health": all("200"),
  "GET /dev/outbox": all("404"),
  "GET /sign-up": all("200"),
  "POST /sign-up": all("200"),
  "GET /log-in": all("200"),
  "POST /log-in": all("401"),
  "POST /log-out": all("303 /log-in?notice=out"),
  "GET /forgot-password": all("200"),
  "POST /forgot-password": all("200"),
  "GET /verify-email": all("422"),
  "POST /verify-email": all("422"),
  "GET /reset-password": all("422"),
  "POST /reset-password": all("422"),
  "GET /dashboard": loggedIn("200"),
  "GET /dashboard/requests.csv": loggedIn("200"),
  // Somebody suspended may replace the token; the new one is refused as the one before was.
  "POST /dashboard/token": [TO_LOG_IN, "403", "200", "200"],
  "POST /dashboard/verification": loggedIn("303 /dashboard?sent=1"),
  "GET /playground": loggedIn("200"),
  "POST /playground/token": [TO_LOG_IN, "403", "200", "403"],
  "GET /settings": loggedIn("200"),
  "POST /settings/email": loggedIn("303 /settings?done=email"),
  "POST /settings/password": loggedIn("303 /settings?done=password"),
  "POST /settings/delete": loggedIn("303 /log-in?notice=closed"),
  "GET /billing": loggedIn("200"),
  "GET /billing/return": loggedIn("303 /billing"),
  "GET /billing/usage.csv": loggedIn("200"),
  "GET /billing/usage.json": loggedIn("200"),
  // All have Pay as you go. Who may not call buys nothing, but may spend less and end the plan.
  "POST /billing/checkout": [TO_LOG_IN, "403", "303 /billing", "403"],
  "POST /billing/cap": loggedIn("303 /billing?done=cap"),
  "POST /billing/change": [TO_LOG_IN, "403", "303 /billing?done=plan", "403"],
  "POST /billing/portal": loggedIn("303 stripe/portal"),
  "POST /billing/cancel": loggedIn("303 /billing?done=cancelled"),
  "POST /billing/keep": loggedIn("303 /billing?done=kept"),
  // Stripe has signed nothing of it.
  "POST /stripe/webhook": all("422"),
  "GET /api/ocr/usage": ["401", "403", "200", "403"],
  "POST /api/ocr/extract-text": ["401", "403", "422", "403"],
  "POST /api/ocr/extract-text-from-file": ["401", "403", "422", "403"],
  "GET /api/ocr/extract-text/stored": ["401", "403", "404", "403"],
  "GET /api/ocr/extract-text-from-file/stored": ["401", "403", "404", "403"],
};

const stripe = await startStripe();
const bucket = await openBucket();
Object.assign(process.env, bucketEnvironment(bucket));
const app = useApp();
afterAll(async () => {
  bucket.close();
  await stripe.close();
});

/** An image of the owner that waits in the bucket. */
const UPLOAD = crypto.randomUUID();

let owner: Awaited<ReturnType<typeof makeMember>>;
beforeAll(async () => {
  owner = await makeMember("another");
  const image = { bytes: Buffer.from("an image"), contentType: "multipart/form-data; boundary=x" };
  bucket.objects.set(`/uploads/${owner.accountId}/${UPLOAD}`, image);
});

/** Somebody with a session, a token and a plan. */
async function makeMember(role: Exclude<Role, "nobody">) {
  const now = new Date();
  const person = await makePerson(now);
  const { session } = await person.logIn();
  const { token } = await Token.issue(person.accountId, now);
  const { customerId, subscription } = await buyPlan(stripe, person, "payg", now);
  await Billing.sync(person.accountId, now);
  if (role === "unverified") await setGate(person.accountId, "verified", false);
  if (role === "suspended") await Account.suspend(person.accountId);
  return { ...person, token, session: session.secret, customerId, subscription };
}

const credentials = ({ session, token }: { session: string; token: string }) => ({
  Cookie: `session=${session}`,
  ...bearer(token),
});

async function request(route: string, headers: Record<string, string>) {
  const [method = "", path = ""] = route.split(" ");
  const { accountId, email, customerId, subscription } = owner;
  const ofStripe = { customer: customerId, customerId, subscriptionId: subscription.id };
  const query = new URLSearchParams({
    accountId,
    email,
    ...ofStripe,
    upload: UPLOAD,
    cursor: accountId,
    token: accountId,
    month: "2026-11",
  });
  const fields = new URLSearchParams({
    accountId,
    email,
    ...ofStripe,
    token: accountId,
    newEmail: newEmail(),
    // One's own where it is asked for again; otherwise a guess.
    password: path.startsWith("/settings/") ? PASSWORD : "a guess at a password",
    newPassword: "slow copper morning",
    plan: "pro",
    cap: "5",
  }).toString();
  const form = {
    Origin: "http://localhost",
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(fields.length),
  };
  const address = `${crypto.randomUUID()}`;
  return app.request(
    `${path}?${query}`,
    method === "GET" ? { headers } : { method, headers: { ...form, ...headers }, body: fields },
    { incoming: { socket: { remoteAddress: address } } },
  );
}

/** Files of the pages: the same bytes for everybody, at addresses that change with them. */
const isAsset = (route: string) => route.startsWith("GET /assets/");

test("every route of the app is walked", () => {
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !isAsset(route));
  expect([...new Set(routes)].sort()).toEqual(Object.keys(OUTCOMES).sort());
});

test.each(ROLES)(
  "nothing that %s sends to any route shows or changes another account",
  async (role) => {
    const before = await stateOfOwner();
    let member = role === "nobody" ? undefined : await makeMember(role);
    const found: Record<string, string> = {};
    for (const route of Object.keys(OUTCOMES)) {
      const answer = await request(route, member ? credentials(member) : {});
      const body = await answer.text();
      const location = answer.headers.get("location") ?? "";
      expect(location, route).not.toContain(owner.customerId);
      // Of a page of Stripe, which has an id of its own, its kind.
      const place = location.replace(stripe.url, "stripe").replace(/^(stripe\/\w+).*/, "$1");
      found[route] = [answer.status, place].filter(Boolean).join(" ");
      // Pages that show again what was typed show the address that was typed.
      if (!route.startsWith("POST")) expect(body, route).not.toContain(owner.email);
      expect(body, route).not.toContain(owner.token);
      expect(body, route).not.toContain(owner.customerId);
      expect(await stateOfOwner(), route).toEqual(before);
      if (member && role !== "nobody" && /settings|log-out|dashboard\/token/.test(route)) {
        member = await makeMember(role);
      }
    }
    const index = ROLES.indexOf(role);
    const expected = Object.entries(OUTCOMES).map(([route, outcomes]) => [route, outcomes[index]]);
    expect(found).toEqual(Object.fromEntries(expected));
  },
);

async function stateOfOwner() {
  const { accountId, session, token } = owner;
  const usage = await app.request("/api/ocr/usage", { headers: bearer(token) });
  const page = await app.request("/dashboard", { headers: { Cookie: `session=${session}` } });
  return {
    account: await Account.find(accountId),
    customer: await Billing.findCustomer(accountId),
    subscription: structuredClone(owner.subscription),
    isStored: bucket.objects.has(`/uploads/${accountId}/${UPLOAD}`),
    used: await usedToday(accountId),
    token: usage.status,
    session: page.status,
  };
}

/** The same secret under the name of another account: its first 16 bytes are the account's id. */
function renamed(secret: string, accountId: string): string {
  const bytes = Buffer.from(secret, "base64url");
  Buffer.from(accountId.replaceAll("-", ""), "hex").copy(bytes);
  return bytes.toString("base64url");
}

test("a session, a link or a token that names another account opens nothing", async () => {
  const other = await makeMember("another");
  const now = new Date();
  const session = renamed(other.session, owner.accountId);
  const page = await app.request("/dashboard", { headers: { Cookie: `session=${session}` } });
  expect(page.headers.get("location")).toBe("/log-in?notice=ended");

  await Account.changeEmail(
    { accountId: other.accountId, password: PASSWORD, newEmail: other.email },
    now,
  );
  await Account.startPasswordReset({ email: other.email, address: other.address }, now);
  const verify = await linkTo(other.email, "verify-email");
  const reset = await linkTo(other.email, "reset-password");
  expect(await Account.isLinkValid(verify, "verify", now)).toBe(true);
  expect(await Account.isLinkValid(renamed(verify, owner.accountId), "verify", now)).toBe(false);
  expect(await Account.isLinkValid(reset, "reset", now)).toBe(true);
  expect(await Account.isLinkValid(renamed(reset, owner.accountId), "reset", now)).toBe(false);

  const [head = "", payload = "", signature = ""] = other.token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: owner.accountId }));
  const token = `${head}.${forged.toString("base64url")}.${signature}`;
  const answer = await app.request("/api/ocr/usage", { headers: bearer(token) });
  expect(answer.status).toBe(401);
});

test("a link confirms its own account, whoever is logged in where it is used", async () => {
  const email = newEmail();
  await Account.signUp({ email, password: PASSWORD, address: email }, new Date());
  const unverified = await makeMember("unverified");
  const token = await linkTo(email, "verify-email");
  const body = new URLSearchParams({ token }).toString();
  const answer = await app.request("/verify-email", {
    method: "POST",
    headers: {
      Origin: "http://localhost",
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": String(body.length),
      Cookie: `session=${unverified.session}`,
    },
    body,
  });
  expect(answer.status).toBe(303);
  expect((await Account.find(unverified.accountId))?.verified).toBe(false);
  const accountId = (await Account.findByEmail(email)) ?? "";
  expect((await Account.find(accountId))?.verified).toBe(true);
});
