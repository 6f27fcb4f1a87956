import * as Account from "@imagetotext/core/account";
import { config } from "@imagetotext/core/config";
import { ERRORS } from "@imagetotext/core/error";
import { availableLanguages } from "@imagetotext/core/ocr";
import * as Receipt from "@imagetotext/core/receipt";
import * as Token from "@imagetotext/core/token";
import { describe, expect, test } from "vitest";
import { createApp } from "../../packages/functions/src/api/app.ts";
import { LANGUAGES } from "../../packages/functions/src/web/docs.tsx";
import { webRoutes } from "../../packages/functions/src/web/index.ts";
import { bearer, expectStatus, useApp } from "../support/app.ts";
import { OWN_PAGES, PUBLIC_PAGES } from "../support/pages.ts";
import { linkTo, newEmail, PASSWORD } from "../support/person.ts";

/** What pages answer, without a browser. */

const SITE = "http://localhost";
const HTML = { Accept: "text/html,application/xhtml+xml" };

const app = useApp();

const post = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) => {
  const body = new URLSearchParams(fields).toString();
  return app.request(path, {
    method: "POST",
    headers: {
      Origin: SITE,
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": String(body.length),
      ...headers,
    },
    body,
  });
};

/** A person with a session of their own. */
async function makePerson(options: { verified?: boolean; suspended?: boolean } = {}) {
  const { verified = true, suspended = false } = options;
  const email = newEmail();
  const now = new Date();
  await Account.signUp({ email, password: PASSWORD, address: email }, now);
  const accountId = (await Account.findByEmail(email)) ?? "";
  if (verified) await Account.verify(accountId);
  const { session } = await Account.logIn({ email, password: PASSWORD, address: email }, now);
  const { token } = verified ? await Token.issue(accountId, now) : { token: "" };
  if (suspended) await Account.suspend(accountId);
  return { email, accountId, token, cookie: { Cookie: `session=${session.secret}` } };
}

const PAGES = [...PUBLIC_PAGES, ...OWN_PAGES];

test.each(PAGES)("%s weighs less than 100 kB with its style and scripts", async (path) => {
  const { cookie } = await makePerson();
  const response = await app.request(path, { headers: { ...HTML, ...cookie } });
  const html = await response.text();
  expect(response.status, html).toBe(200);
  let bytes = Buffer.byteLength(html);
  for (const [, url = ""] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:css|js))"/g)) {
    const asset = await app.request(url);
    expect(asset.status).toBe(200);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    bytes += (await asset.arrayBuffer()).byteLength;
  }
  expect(bytes).toBeLessThan(100_000);
});

test("every answer forbids inline scripts, frames and guessing of types", async () => {
  for (const path of ["/", "/openapi.json", "/nothing"]) {
    const { headers } = await app.request(path, { headers: HTML });
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
  }
});

test("where no payment is set up nothing is sold, changed or ended, and no event is taken", async () => {
  const { cookie } = await makePerson();
  for (const action of ["checkout", "change", "portal", "cancel", "keep", "cap"]) {
    const answer = await post(`/billing/${action}`, { plan: "pro", cap: "5" }, cookie);
    expect(answer.status, action).toBe(409);
  }
  expect((await expectStatus(await post("/stripe/webhook", {}), 409)).code).toBe(
    "billing.not_offered",
  );
});

test("only the API is open to pages of other sites", async () => {
  const allowed = async (path: string) =>
    (await app.request(path)).headers.get("access-control-allow-origin");
  expect(await allowed("/api/ocr/usage")).toBe("*");
  expect(await allowed("/openapi.json")).toBe("*");
  for (const path of PAGES) expect(await allowed(path), path).toBeNull();
});

test("an unknown address is a page for people and JSON for programs and the API", async () => {
  const html = await app.request("/nothing", { headers: HTML });
  expect(html.status).toBe(404);
  expect(html.headers.get("content-type")).toContain("text/html");
  await expectStatus(await app.request("/nothing"), 404);
  await expectStatus(await app.request("/api/nothing", { headers: HTML }), 404);
});

test("doc_url of an error leads to its paragraph, and every code has one", async () => {
  const answer = await expectStatus(await app.request("/api/ocr/usage"), 401);
  expect(answer.doc_url).toBe("http://localhost/api-docs#token.missing");
  const docs = await (await app.request("/api-docs")).text();
  for (const code of Object.keys(ERRORS)) expect(docs).toContain(`<div id="${code}">`);
});

test("programs are kept from the pages of an account, and told of retries and of the redirect", async () => {
  const robots = await (await app.request("/robots.txt")).text();
  for (const path of ["/dashboard", "/settings", "/billing", "/playground"]) {
    expect(robots).toContain(`Disallow: ${path}\n`);
  }
  const llms = await (await app.request("/llms.txt")).text();
  const docs = await (await app.request("/api-docs")).text();
  for (const text of [llms, docs]) {
    expect(text).toContain("Idempotency-Key");
    expect(text).toContain("303");
  }
  expect(docs).toContain('<h2 id="retries">Retries</h2>');
});

test("the documentation names the languages that are bundled", async () => {
  expect(Object.keys(LANGUAGES)).toEqual(await availableLanguages(config().ocr.tessdataDir));
});

test("what a stranger typed is shown as text", async () => {
  const email = '"><script>alert(1)</script>@example.com';
  const html = await (await post("/sign-up", { email, password: "x" })).text();
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;script&gt;alert");
});

describe("a form that is refused says why next to its field, and keeps what was typed", () => {
  const WRONG = "wrong horse battery";
  const email = newEmail();

  test.each([
    ["/sign-up", { email: "nonsense", password: PASSWORD }, "email", "nonsense"],
    ["/sign-up", { email, password: "too short" }, "password", email],
    ["/log-in", { email, password: WRONG }, "password", email],
    ["/forgot-password", { email: "nonsense" }, "email", "nonsense"],
    ["/settings/email", { newEmail: "nonsense", password: PASSWORD }, "newEmail", "nonsense"],
    ["/settings/email", { newEmail: email, password: WRONG }, "email-password", email],
    ["/settings/password", { password: WRONG, newPassword: PASSWORD }, "password-password", ""],
    ["/settings/password", { password: PASSWORD, newPassword: "too short" }, "newPassword", ""],
    ["/settings/delete", { password: WRONG }, "delete-password", ""],
  ])("%s with %o", async (path, fields: Record<string, string>, id, kept) => {
    const { cookie } = await makePerson();
    const answer = await post(path, fields, cookie);
    expect([401, 422]).toContain(answer.status);
    const html = await answer.text();
    expectProblemAt(id, html);
    if (kept) expect(html).toContain(`value="${kept}"`);
    for (const secret of [PASSWORD, WRONG, "too short"]) expect(html).not.toContain(secret);
  });

  test("/reset-password, whose link still works", async () => {
    const person = await makePerson();
    await post("/forgot-password", { email: person.email });
    const token = await linkTo(person.email, "reset-password");
    const html = await (await post("/reset-password", { token, password: "too short" })).text();
    expectProblemAt("password", html);
    expect(html).toContain(`name="token" value="${token}"`);
  });

  function expectProblemAt(id: string, html: string): void {
    const [field = ""] = html.match(new RegExp(`<input id="${id}"[^>]*>`)) ?? [];
    expect(field).toContain('aria-invalid="true"');
    expect(field).toMatch(new RegExp(`aria-describedby="${id}-error`));
    expect(html).toMatch(new RegExp(`<p class="error" id="${id}-error">[^<]+</p>`));
    expect(html.match(/class="error"/g)).toHaveLength(1);
  }
});

test("the first steps are there until an hour after the first call", async () => {
  const { accountId, cookie } = await makePerson();
  const look = async () => (await app.request("/dashboard", { headers: cookie })).text();
  expect(await look()).toContain("First steps");
  const measured = { plan: "free", bytes: 1, pixels: 1, ms: 1, confidence: 1 };
  const record = (requestId: string, minutesAgo: number) => {
    const at = new Date(Date.now() - minutesAgo * 60_000);
    return Receipt.record({ accountId, requestId, at, ...measured }, at);
  };
  await record("second", 1);
  expect(await look()).toContain("All set");
  await record("first", 61);
  expect(await look()).not.toContain("All set");
  expect(await look()).not.toContain("First steps");
});

describe("forms of other sites", () => {
  const ACTIONS = [
    "/sign-up",
    "/verify-email",
    "/log-in",
    "/log-out",
    "/forgot-password",
    "/reset-password",
    "/dashboard/token",
    "/dashboard/verification",
    "/playground/token",
    "/settings/email",
    "/settings/password",
    "/settings/delete",
    "/billing/cancel",
    "/billing/cap",
    "/billing/change",
    "/billing/checkout",
    "/billing/keep",
    "/billing/portal",
  ];
  /** Not for browsers: tokens and signatures say who calls. */
  const forPrograms = (path: string) => path.startsWith("/api/") || path === "/stripe/webhook";

  test("the list has every POST outside the API", () => {
    const mounted = app.routes.filter(
      ({ method, path }) => method === "POST" && !forPrograms(path),
    );
    expect(mounted.map(({ path }) => path).sort()).toEqual([...ACTIONS].sort());
  });

  test.each(ACTIONS)("%s refuses them, and JSON", async (path) => {
    const { cookie } = await makePerson();
    for (const Origin of ["https://evil.example", "null", ""]) {
      await expectStatus(await post(path, {}, { Origin, ...cookie }), 403);
    }
    const json = { "Content-Type": "application/json", ...cookie };
    await expectStatus(await post(path, {}, json), 422);
  });
});

describe("who may see what", () => {
  const PRIVATE = ["/dashboard", "/dashboard/requests.csv", "/settings", "/playground"];
  const ACTIONS = ["/dashboard/token", "/dashboard/verification", "/playground/token"];

  test("nobody is sent to the log-in page, from every page and form of an account", async () => {
    for (const headers of [{}, { Cookie: "session=made-up" }]) {
      const answers = [
        ...PRIVATE.map((path) => app.request(path, { headers })),
        ...[...ACTIONS, "/settings/email", "/settings/password", "/settings/delete"].map((path) =>
          post(path, {}, headers),
        ),
      ];
      for (const answer of await Promise.all(answers)) {
        expect([answer.status, answer.headers.get("location")]).toEqual([
          303,
          "/log-in?notice=ended",
        ]);
      }
    }
  });

  test("somebody unverified sees the dashboard, but gets no token", async () => {
    const { cookie } = await makePerson({ verified: false });
    expect((await app.request("/dashboard", { headers: cookie })).status).toBe(200);
    const html = await (await post("/dashboard/token", {}, cookie)).text();
    expect(html).toContain("Open the link in the verification mail");
    expect(html).not.toContain('id="token"');
    await expectStatus(await post("/playground/token", {}, cookie), 403);
  });

  test("somebody suspended is told so, and the token is refused", async () => {
    const { cookie, token } = await makePerson({ suspended: true });
    const html = await (await app.request("/dashboard", { headers: cookie })).text();
    expect(html).toContain("This account is suspended.");
    await expectStatus(await app.request("/api/ocr/usage", { headers: bearer(token) }), 403);
    await expectStatus(await post("/playground/token", {}, cookie), 403);
  });

  test("another account sees its own data only", async () => {
    const one = await makePerson();
    const other = await makePerson();
    for (const path of PRIVATE) {
      const html = await (await app.request(path, { headers: other.cookie })).text();
      expect(html).not.toContain(one.email);
    }
    await post("/dashboard/token", {}, other.cookie);
    const usage = await app.request("/api/ocr/usage", { headers: bearer(one.token) });
    expect(usage.status).toBe(200);
  });

  test("opening the link of a mail changes nothing; its button works once", async () => {
    const email = newEmail();
    await Account.signUp({ email, password: PASSWORD, address: email }, new Date());
    const token = await linkTo(email, "verify-email");
    const path = `/verify-email?token=${token}`;
    for (let i = 0; i < 3; i++) expect((await app.request(path)).status).toBe(200);
    expect((await post("/verify-email", { token })).status).toBe(303);
    expect((await post("/verify-email", { token })).status).toBe(422);
    expect((await app.request(path)).status).toBe(422);
  });

  test("a new password by mail ends the session, and logs in", async () => {
    const { email, cookie } = await makePerson();
    await post("/forgot-password", { email });
    const token = await linkTo(email, "reset-password");
    const refused = await post("/reset-password", { token, password: "short" });
    expect(refused.status).toBe(422);
    const password = "another harbour sings";
    expect((await post("/reset-password", { token, password })).status).toBe(303);
    expect((await app.request("/dashboard", { headers: cookie })).status).toBe(303);
    const location = (await post("/log-in", { email, password })).headers.get("location");
    expect(location).toBe("/dashboard");
  });

  test("deleting the account asks for the password, and ends token and session at once", async () => {
    const { cookie, token } = await makePerson();
    const wrong = await post("/settings/delete", { password: "wrong" }, cookie);
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain("This is not your password.");
    await post("/settings/delete", { password: PASSWORD }, cookie);
    await expectStatus(await app.request("/api/ocr/usage", { headers: bearer(token) }), 401);
    expect((await app.request("/dashboard", { headers: cookie })).status).toBe(303);
  });
});

test("cookies are for this host and https only, and no script reads them", async () => {
  const { email } = await makePerson();
  const url = "https://ocr.example.com/log-in";
  const answer = await post(url, { email, password: PASSWORD }, { Origin: new URL(url).origin });
  const cookies = answer.headers.getSetCookie();
  expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual([
    "__Host-session",
    "__Host-device",
  ]);
  for (const cookie of cookies) {
    expect(cookie).toContain("; Path=/");
    expect(cookie).toContain("; HttpOnly");
    expect(cookie).toContain("; Secure");
    expect(cookie).toContain("; SameSite=Lax");
    expect(cookie).not.toContain("Domain");
  }
});

describe("the outbox", () => {
  const open = (url: string, remoteAddress: string) =>
    app.request(url, { headers: HTML }, { incoming: { socket: { remoteAddress } } });

  test("is not mounted where the site is deployed", async () => {
    const deployed = createApp();
    webRoutes(deployed);
    expect(deployed.routes.filter(({ path }) => path.startsWith("/dev"))).toEqual([]);
  });

  test("answers on this machine only, by its name and its address", async () => {
    expect((await open("http://localhost/dev/outbox", "127.0.0.1")).status).toBe(200);
    expect((await open("http://[::1]/dev/outbox", "::1")).status).toBe(200);
    expect((await open("http://localhost/dev/outbox", "192.0.2.1")).status).toBe(404);
    expect((await open("http://ocr.example.com/dev/outbox", "127.0.0.1")).status).toBe(404);
    expect((await app.request("/dev/outbox")).status).toBe(404);
  });
});

test("who tried too often is told when to try again, on the page and in Retry-After", async () => {
  const fields = { email: newEmail(), password: "not the password" };
  const env = { incoming: { socket: { remoteAddress: "192.0.2.99" } } };
  const body = new URLSearchParams(fields).toString();
  const headers = {
    Origin: SITE,
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(body.length),
  };
  const tryIt = () => app.request("/log-in", { method: "POST", headers, body }, env);
  for (let i = 0; i < 10; i++) expect((await tryIt()).status).toBe(401);
  const answer = await tryIt();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(15 * 60);
  const html = await answer.text();
  expect(html).toMatch(/Too many attempts. Try again in \d+ minutes?, after \d\d:\d\d UTC./);
  expect(html).toContain(`value="${fields.email}"`);
  expect(html).not.toContain(fields.password);
});
