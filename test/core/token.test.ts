import * as Account from "@imagetotext/core/account";
import * as Token from "@imagetotext/core/token";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { readGate } from "../support/account.ts";

async function makeVerified(): Promise<string> {
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, new Date());
  await Account.verify(accountId);
  return accountId;
}

test("is a signed JWT behind the prefix itt_, and names no person", async () => {
  const accountId = await makeVerified();
  const { token } = await Token.issue(accountId, new Date());
  expect(token).toMatch(/^itt_[\w-]+\.[\w-]+\.[\w-]+$/);
  const jwt = token.slice("itt_".length);
  expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: "EdDSA", typ: "imagetotext+jwt" });
  expect(Object.keys(decodeJwt(jwt)).sort()).toEqual(["aud", "exp", "iat", "iss", "jti", "sub"]);
  expect(decodeJwt(jwt).sub).toBe(accountId);
});

test.each([
  ["2026-11-22T10:00:00.000Z", "2027-05-22T10:00:00.000Z"],
  ["2026-08-31T10:00:00.000Z", "2027-02-28T10:00:00.000Z"],
  ["2027-08-31T23:59:59.000Z", "2028-02-29T23:59:59.000Z"],
])("a token of %s is valid until %s", async (issued, expires) => {
  const { token, expiresAt } = await Token.issue(await makeVerified(), new Date(issued));
  expect(expiresAt.toISOString()).toBe(expires);
  const end = new Date(expires).getTime();
  await expect(Token.authenticate(`Bearer ${token}`, new Date(end - 1000))).resolves.toHaveProperty(
    "tokenId",
  );
  await expect(Token.authenticate(`Bearer ${token}`, new Date(end))).rejects.toMatchObject({
    code: "token.expired",
  });
});

test("only a verified account gets a token", async () => {
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, new Date());
  await expect(Token.issue(accountId, new Date())).rejects.toMatchObject({
    code: "account.unverified",
  });
});

test("of 50 tokens generated at once, the one that was told is the active one", async () => {
  const accountId = await makeVerified();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => Token.issue(accountId, new Date())),
  );
  const told = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? [decodeJwt(outcome.value.token.slice("itt_".length)).jti] : [],
  );
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason.code] : [],
  );
  expect(told.length).toBeGreaterThanOrEqual(1);
  expect(new Set(refused)).toEqual(new Set(["token.replaced"]));
  // Calls that did not overlap may win one after the other; the last of them holds.
  expect(told).toContain((await readGate(accountId)).tokenId);
});
