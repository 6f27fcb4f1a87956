import crypto from "node:crypto";
import * as Account from "@imagetotext/core/account";
import { expect, test, vi } from "vitest";
import {
  linkTo,
  makePerson,
  newAddress,
  newEmail,
  outcomeOf,
  PASSWORD,
  subjectsTo,
  tableCalls,
} from "../support/person.ts";
import { DAY, HOUR, later, NOW } from "../support/time.ts";

test("50 concurrent sign-ups of one address make one account and say nothing about it", async () => {
  const email = newEmail();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () =>
      outcomeOf(Account.signUp({ email, password: PASSWORD, address: newAddress() }, NOW)),
    ),
  );
  expect(new Set(outcomes)).toEqual(new Set(["done"]));
  const subjects = await subjectsTo(email);
  const verifications = subjects.filter((subject) => subject === "Confirm your e-mail address");
  expect(verifications.length).toBeLessThanOrEqual(1);
  // A stranger can cause five mails an hour, however many requests he sends.
  expect(subjects).toHaveLength(5);
  expect(await Account.findByEmail(email)).toBeDefined();
});

test("an address that is taken gets the same answer after the same work, and its owner a mail", async () => {
  const hash = vi.spyOn(crypto, "argon2");
  const email = newEmail();
  const signUp = () => Account.signUp({ email, password: PASSWORD, address: newAddress() }, NOW);
  const callsOfNew = await tableCalls(async () => expect(await signUp()).toBeUndefined());
  expect(hash).toHaveBeenCalledTimes(1);
  const callsOfTaken = await tableCalls(async () => expect(await signUp()).toBeUndefined());
  expect(hash).toHaveBeenCalledTimes(2);
  expect(callsOfTaken).toEqual(callsOfNew);
  expect(callsOfNew.length).toBeGreaterThan(2);
  expect((await subjectsTo(email)).sort()).toEqual([
    "Confirm your e-mail address",
    "You have an account already",
  ]);
  hash.mockRestore();
});

test("a taken address does not change its owner's password", async () => {
  const person = await makePerson(NOW);
  const { email } = person;
  await Account.signUp({ email, password: "another harbour sings", address: newAddress() }, NOW);
  expect(await outcomeOf(person.logIn(NOW, "another harbour sings"))).toBe("password.wrong");
  expect(await outcomeOf(person.logIn())).toBe("done");
});

test("a link works once, also when it is used 20 times at once", async () => {
  const { email } = await makePerson(NOW, false);
  const link = await linkTo(email, "verify-email");
  expect(await Account.isLinkValid(link, "verify", NOW)).toBe(true);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => outcomeOf(Account.confirmEmail(link, NOW))),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "link.invalid")).toHaveLength(19);
  expect(await Account.isLinkValid(link, "verify", NOW)).toBe(false);
});

test("a verification link works for 24 hours, and for nothing else", async () => {
  const { email } = await makePerson(NOW, false);
  const link = await linkTo(email, "verify-email");
  expect(await outcomeOf(Account.resetPassword(link, PASSWORD, NOW))).toBe("link.invalid");
  expect(await Account.isLinkValid(link, "reset", NOW)).toBe(false);
  expect(await outcomeOf(Account.confirmEmail(link, later(NOW, DAY)))).toBe("link.invalid");
  expect(await outcomeOf(Account.confirmEmail(link, later(NOW, DAY - 1000)))).toBe("done");
});

test.each(["", "x", "A".repeat(64), `${"A".repeat(63)}\n`, "a/../b"])(
  "a link that nobody was sent is refused: %j",
  async (link) => {
    expect(await outcomeOf(Account.confirmEmail(link, NOW))).toBe("link.invalid");
    expect(await outcomeOf(Account.resetPassword(link, PASSWORD, NOW))).toBe("link.invalid");
    expect(await Account.findSession(link, NOW)).toBeUndefined();
  },
);

test("somebody who lost the mail gets another one, and both links lead to one verified account", async () => {
  const { email, accountId } = await makePerson(NOW, false);
  const first = await linkTo(email, "verify-email");
  await Account.requestVerification(accountId, later(NOW, HOUR));
  const second = await linkTo(email, "verify-email");
  expect(second).not.toBe(first);
  await Account.confirmEmail(second, later(NOW, HOUR));
  expect(await Account.find(accountId)).toMatchObject({ email, verified: true });
});

test.each([
  "plain",
  "a@b",
  "@example.com",
  "a@",
  "a b@example.com",
  "a@exa mple.com",
  "a@b@example.com",
  "a@example.com\nBcc: b@example.com",
  "a\u0000@example.com",
  "<a@example.com>",
  "a,b@example.com",
  "a@-example.com",
  "a@example..com",
  "a@127.0.0.1",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(20)}.com`,
])("an address that no mail can reach is refused at the field: %j", async (email) => {
  await expect(
    Account.signUp({ email, password: PASSWORD, address: newAddress() }, NOW),
  ).rejects.toMatchObject({ code: "email.invalid", field: "email" });
});

test.each(["o'brien+tag@example.com", "jürgen@bücher.example", "a.b-c_d@sub.example.co"])(
  "an address that a mail can reach is taken: %s",
  async (email) => {
    const unique = email.replace("@", `${crypto.randomUUID().slice(0, 8)}@`);
    await Account.signUp({ email: unique, password: PASSWORD, address: newAddress() }, NOW);
    expect(await subjectsTo(unique)).toEqual(["Confirm your e-mail address"]);
  },
);

test("one client cannot open accounts without end", async () => {
  const address = newAddress();
  const outcomes: string[] = [];
  for (let i = 0; i < 21; i++) {
    outcomes.push(
      await outcomeOf(Account.signUp({ email: newEmail(), password: PASSWORD, address }, NOW)),
    );
  }
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(20);
  expect(outcomes.at(-1)).toBe("account.throttled");
  expect(
    await outcomeOf(
      Account.signUp({ email: newEmail(), password: PASSWORD, address }, later(NOW, HOUR)),
    ),
  ).toBe("done");
});
