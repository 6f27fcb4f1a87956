import * as Account from "@imagetotext/core/account";
import { expect, test } from "vitest";
import { readGate } from "../support/account.ts";

test("of 50 concurrent sign-ups with one address, one makes an account", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => Account.create(email, new Date())),
  );
  const made = outcomes.filter((outcome) => outcome.status === "fulfilled");
  expect(made).toHaveLength(1);
  expect(await Account.findByEmail(email)).toBe(made[0]?.value);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason.code).toBe("account.exists");
  }
});

test("an address is one address in any case, composition and spacing", async () => {
  const name = crypto.randomUUID();
  const accountId = await Account.create(`J\u00fcrgen.${name}@Example.com`, new Date());
  expect(await Account.findByEmail(` ju\u0308rgen.${name.toUpperCase()}@EXAMPLE.COM `)).toBe(
    accountId,
  );
  await expect(Account.create(`j\u00fcrgen.${name}@example.com`, new Date())).rejects.toMatchObject(
    {
      code: "account.exists",
    },
  );
});

test("a new account is unverified, on the free plan, with 100 requests a day", async () => {
  const accountId = await Account.create(`${crypto.randomUUID()}@example.com`, new Date());
  expect(await readGate(accountId)).toMatchObject({
    verified: false,
    suspended: false,
    plan: "free",
    dailyLimit: 100,
  });
});

test("an account that is not there cannot be verified into being", async () => {
  const accountId = crypto.randomUUID();
  await expect(Account.verify(accountId)).rejects.toMatchObject({ code: "account.unknown" });
  expect(await readGate(accountId)).toEqual({});
});
