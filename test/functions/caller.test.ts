import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import { key, table } from "@imagetotext/core/table";
import * as Token from "@imagetotext/core/token";
import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { makeAccount, setGate, usedToday } from "../support/account.ts";
import { bearer, expectStatus, useApp } from "../support/app.ts";

/** Who may call: the same for every route that wants a token. */

const app = useApp();

const ROUTES = [
  ["POST", "/api/ocr/extract-text"],
  ["POST", "/api/ocr/extract-text-from-file"],
  ["GET", "/api/ocr/usage"],
] as const;

const claims = { accountId: "a", tokenId: "t" };

/** A token that is right in everything but what the test changes. */
async function forge(options: { key?: Parameters<SignJWT["sign"]>[0]; kid?: string } = {}) {
  const real = await makeAccount();
  const [header = "", payload = ""] = real.token.slice("itt_".length).split(".");
  const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  const signer = new SignJWT(decode(payload)).setProtectedHeader({
    ...decode(header),
    ...(options.kid ? { kid: options.kid } : {}),
  });
  const { privateKey } = generateKeyPairSync("ed25519");
  return { real, jwt: await signer.sign(options.key ?? privateKey), payload: decode(payload) };
}

const invalid: Record<string, () => Promise<string>> = {
  "another's signature": async () => `itt_${(await forge()).jwt}`,
  "an unknown key id": async () => `itt_${(await forge({ kid: "unknown1" })).jwt}`,
  "no signature (alg none)": async () => {
    const { payload } = await forge();
    return `itt_${new UnsecuredJWT(payload).encode()}`;
  },
  "a changed account id": async () => {
    const { token } = await makeAccount();
    const [header, , signature] = token.split(".");
    const payload = Buffer.from(JSON.stringify({ sub: claims.accountId })).toString("base64url");
    return [header, payload, signature].join(".");
  },
  "no prefix": async () => (await makeAccount()).token.slice("itt_".length),
  "half of the token": async () => (await makeAccount()).token.slice(0, 100),
  garbage: async () => "itt_garbage",
};

describe.each(ROUTES)("%s %s", (method, path) => {
  const send = (headers: Record<string, string>) => app.request(path, { method, headers });

  test.each([
    ["no Authorization header", {}],
    ["an empty one", { Authorization: "" }],
    ["another scheme", { Authorization: "Basic YTpi" }],
    ["no token after the scheme", { Authorization: "Bearer " }],
    ["two tokens", { Authorization: "Bearer a b" }],
  ])("refuses %s with 401 token.missing", async (_name, headers) => {
    const response = await send(headers as Record<string, string>);
    const answer = await expectStatus(response, 401);
    expect(answer).toMatchObject({
      success: false,
      message: "Invalid or expired token",
      code: "token.missing",
      request_id: response.headers.get("X-Request-Id"),
    });
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
  });

  test.each(Object.entries(invalid))("refuses a token with %s", async (_name, make) => {
    const answer = await expectStatus(await send(bearer(await make())), 401);
    expect(answer.message).toBe("Invalid or expired token");
    expect(answer.code).toBe("token.invalid");
  });

  test("refuses an expired token", async () => {
    const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, new Date());
    await Account.verify(accountId);
    const longAgo = new Date(Date.now() - 200 * 86_400_000);
    const { token } = await Token.issue(accountId, longAgo);
    const answer = await expectStatus(await send(bearer(token)), 401);
    expect(answer.code).toBe("token.expired");
  });

  test("refuses a token at once when a newer one was generated", async () => {
    const { token, accountId } = await makeAccount();
    const { token: newer } = await Token.issue(accountId, new Date());
    expect((await expectStatus(await send(bearer(token)), 401)).code).toBe("token.revoked");
    expect((await send(bearer(newer))).status).not.toBe(401);
  });

  test("refuses the token of a deleted account", async () => {
    const { token, accountId } = await makeAccount();
    await table().send(new DeleteCommand({ TableName: "imagetotext", Key: key.gate(accountId) }));
    expect((await expectStatus(await send(bearer(token)), 401)).code).toBe("token.revoked");
  });

  test("refuses an unverified account with 403 and counts nothing", async () => {
    const { token, accountId } = await makeAccount();
    await setGate(accountId, "verified", false);
    const response = await send(bearer(token));
    const answer = await expectStatus(response, 403);
    expect(answer.message).toBe("Unverified account");
    expect(answer.code).toBe("account.unverified");
    expect(response.headers.get("X-RateLimit-Remaining")).toBe("100");
    expect(await usedToday(accountId)).toBe(0);
  });

  test("refuses a suspended account with 403, and serves it when it is opened again", async () => {
    const { token, accountId } = await makeAccount();
    await Account.suspend(accountId);
    expect((await expectStatus(await send(bearer(token)), 403)).code).toBe("account.suspended");
    await Account.suspend(accountId, false);
    expect((await send(bearer(token))).status).not.toBe(403);
  });

  test("answers a wrong method with 405 and the right ones", async () => {
    for (const wrong of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((m) => m !== method)) {
      const response = await app.request(path, { method: wrong });
      expect((await expectStatus(response, 405)).code).toBe("route.method_not_allowed");
      expect(response.headers.get("Allow")).toBe(method === "GET" ? "GET, HEAD" : "POST");
    }
  });

  test("lets a browser of any origin ask first, and read the headers of a refusal", async () => {
    const preflight = await app.request(path, {
      method: "OPTIONS",
      headers: {
        Origin: "https://example.com",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toBe(
      "Authorization,Content-Type,Idempotency-Key",
    );
    const refused = await send({ Origin: "https://example.com" });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(refused.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(refused.headers.get("Access-Control-Expose-Headers")).toContain("X-Request-Id");
  });
});

test("answers an unknown path with 404 in the same shape", async () => {
  for (const path of [
    "/nothing",
    "/api/ocr",
    "/api/ocr/extract-text//",
    "/api/ocr/extract-texts",
    "/api/ocr/extract-text/x",
    "/%00",
  ]) {
    const response = await app.request(path, { method: "POST" });
    const answer = await expectStatus(response, 404);
    expect(answer).toEqual({
      success: false,
      message: "Not found",
      detail: "There is nothing at this address.",
      code: "route.not_found",
      doc_url: "http://localhost/api-docs#route.not_found",
      request_id: response.headers.get("X-Request-Id"),
    });
  }
});

test("a private key never signs for a key id that is not its own", async () => {
  const seed = Buffer.alloc(32, 7);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { jwt } = await forge({ key });
  const answer = await expectStatus(
    await app.request("/api/ocr/usage", { headers: bearer(`itt_${jwt}`) }),
    401,
  );
  expect(answer.code).toBe("token.invalid");
});
