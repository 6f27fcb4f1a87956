import crypto from "node:crypto";
import * as Account from "@imagetotext/core/account";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { argon2Verify } from "hash-wasm";
import { expect, test, vi } from "vitest";
import passwords from "../../packages/core/src/account/common-passwords.json" with { type: "json" };
import { findProfile } from "../../packages/core/src/account/profile.ts";
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
import { HOUR, later, NOW } from "../support/time.ts";

const OTHER = "quiet lantern borrows";

const forgotten = (email: string, now = NOW) =>
  Account.startPasswordReset({ email, address: newAddress() }, now);

test("a reset ends all sessions, devices and other reset links, and the old password", async () => {
  const { email, accountId, address, logIn } = await makePerson(NOW);
  const before = [await logIn(), await logIn()];
  await forgotten(email);
  const older = await linkTo(email, "reset-password");
  await forgotten(email, later(NOW, 1));
  const link = await linkTo(email, "reset-password");
  expect(link).not.toBe(older);
  await Account.resetPassword(link, OTHER, NOW);
  for (const { session } of before) {
    expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
  }
  expect(await outcomeOf(Account.resetPassword(older, PASSWORD, NOW))).toBe("link.invalid");
  expect(await outcomeOf(logIn())).toBe("password.wrong");
  const next = await Account.logIn({ email, password: OTHER, address }, NOW);
  expect(await Account.findSession(next.session.secret, NOW)).toMatchObject({
    account: { accountId },
  });
  expect(await subjectsTo(email)).toContain("Your password was changed");
});

test("a reset link works once, also when it is used 20 times at once", async () => {
  const { email, address } = await makePerson(NOW);
  await forgotten(email);
  const link = await linkTo(email, "reset-password");
  const passwords = Array.from({ length: 20 }, (_, i) => `password of try number ${i}`);
  const outcomes = await Promise.all(
    passwords.map((password) => outcomeOf(Account.resetPassword(link, password, NOW))),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "link.invalid")).toHaveLength(19);
  const winner = passwords[outcomes.indexOf("done")] ?? "";
  expect(await outcomeOf(Account.logIn({ email, password: winner, address }, NOW))).toBe("done");
});

test("a reset link works for 1 hour, and a refused password does not use it up", async () => {
  const { email } = await makePerson(NOW);
  await forgotten(email);
  const link = await linkTo(email, "reset-password");
  expect(await outcomeOf(Account.resetPassword(link, "short", NOW))).toBe("password.too_short");
  expect(await outcomeOf(Account.confirmEmail(link, NOW))).toBe("link.invalid");
  const hash = vi.spyOn(crypto, "argon2");
  expect(await outcomeOf(Account.resetPassword(link, OTHER, later(NOW, HOUR)))).toBe(
    "link.invalid",
  );
  expect(hash).not.toHaveBeenCalled();
  hash.mockRestore();
  expect(await outcomeOf(Account.resetPassword(link, OTHER, later(NOW, HOUR - 1000)))).toBe("done");
});

test("an unknown address gets the same answer after the same work, and a mail that says so", async () => {
  const { email } = await makePerson(NOW);
  const unknown = newEmail();
  const hash = vi.spyOn(crypto, "argon2");
  const calls = await tableCalls(async () => expect(await forgotten(email)).toBeUndefined());
  expect(await tableCalls(async () => expect(await forgotten(unknown)).toBeUndefined())).toEqual(
    calls,
  );
  expect(hash).not.toHaveBeenCalled();
  hash.mockRestore();
  expect(await subjectsTo(email)).toContain("Set a new password");
  expect(await subjectsTo(unknown)).toEqual(["There is no account with this address"]);
  await expect(linkTo(unknown, "reset-password")).rejects.toThrow("no mail");
});

test("a stranger can cause 5 mails an hour to an address, and cannot take its links away", async () => {
  const { email } = await makePerson(later(NOW, -HOUR));
  for (let i = 0; i < 9; i++) await forgotten(email, later(NOW, i));
  const subjects = await subjectsTo(email);
  expect(subjects.filter((subject) => subject === "Set a new password")).toHaveLength(5);
  const link = await linkTo(email, "reset-password");
  expect(await outcomeOf(Account.resetPassword(link, OTHER, NOW))).toBe("done");
});

test("whoever opened an account with another's address loses it when the owner resets", async () => {
  const squatter = await makePerson(NOW, false);
  const { session } = await squatter.logIn();
  await forgotten(squatter.email);
  await Account.resetPassword(await linkTo(squatter.email, "reset-password"), OTHER, NOW);
  expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
  expect(await outcomeOf(squatter.logIn())).toBe("password.wrong");
  expect(await Account.find(squatter.accountId)).toMatchObject({ verified: true });
});

test("a reset leaves the token as it is", async () => {
  const { email, accountId } = await makePerson(NOW);
  const { token } = await Token.issue(accountId, NOW);
  await forgotten(email);
  await Account.resetPassword(await linkTo(email, "reset-password"), OTHER, NOW);
  const caller = await Token.authenticate(`Bearer ${token}`, NOW);
  expect(await outcomeOf(Quota.reserve(caller, NOW))).toBe("done");
});

test("a changed password ends the other sessions and gives this one a new secret", async () => {
  const { accountId, logIn, email, address } = await makePerson(NOW);
  const [here, there] = [await logIn(), await logIn()];
  const request = { accountId, password: PASSWORD, newPassword: OTHER };
  const next = await Account.changePassword(request, NOW);
  for (const { session } of [here, there]) {
    expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
  }
  expect(await Account.findSession(next.session.secret, NOW)).toBeDefined();
  expect(await outcomeOf(logIn())).toBe("password.wrong");
  const again = { email, password: OTHER, address, device: next.device.secret };
  expect(await outcomeOf(Account.logIn(again, NOW))).toBe("done");
  expect(await subjectsTo(email)).toContain("Your password was changed");
});

test("of two changes at once, one wins", async () => {
  const { accountId } = await makePerson(NOW);
  const change = (newPassword: string) =>
    outcomeOf(Account.changePassword({ accountId, password: PASSWORD, newPassword }, NOW));
  const outcomes = await Promise.all([change(OTHER), change(`${OTHER} too`)]);
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
});

test("the password is asked for again, 10 wrong times in 15 minutes", async () => {
  const { accountId, email } = await makePerson(NOW);
  const request = { accountId, password: "wrong", newPassword: OTHER };
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, () => outcomeOf(Account.changePassword(request, NOW))),
  );
  expect(outcomes.filter((outcome) => outcome === "password.wrong")).toHaveLength(10);
  const right = { accountId, password: PASSWORD };
  expect(await outcomeOf(Account.deleteAccount(right, NOW))).toBe("account.throttled");
  expect(await outcomeOf(Account.changeEmail({ ...right, newEmail: newEmail() }, NOW))).toBe(
    "account.throttled",
  );
  expect(await Account.findByEmail(email)).toBe(accountId);
});

test.each([
  ["eleven chars", "ab cd ef gh", "password.too_short"],
  ["eleven that take many bytes", "éßçàû漢字漢字漢字", "password.too_short"],
  ["129 characters", "ab c".repeat(33).slice(0, 129), "password.too_long"],
  ["a common one", "qwertyuiop123", "password.common"],
  ["a common one in capitals", "Password1234", "password.common"],
  ["one character repeated", "aaaaaaaaaaaaaa", "password.common"],
  ["four characters repeated", "abcdabcdabcdab", "password.common"],
  ["one that many leaked log-ins had", "ichliebedich", "password.common"],
  ["the product's name with a year", "ImageToText2026", "password.common"],
])("refuses %s", async (_name, password, code) => {
  const sign = Account.signUp({ email: newEmail(), password, address: newAddress() }, NOW);
  await expect(sign).rejects.toMatchObject({ code, field: "password" });
});

test.each([
  ["12 characters of any kind", "   tree ü 漢 "],
  ["128 characters", "The quick brown fox jumps over it. ".repeat(4).slice(0, 128)],
  ["only small letters", "violetharboursings"],
])("takes %s", async (_name, password) => {
  const email = newEmail();
  await Account.signUp({ email, password, address: newAddress() }, NOW);
  const logIn = (typed: string) =>
    outcomeOf(Account.logIn({ email, password: typed, address: newAddress() }, NOW));
  expect(await logIn(password)).toBe("done");
  // Nothing is cut off, nothing is trimmed.
  expect(await logIn(password.slice(0, -1))).toBe("password.wrong");
});

test("refuses the account's own address as its password, and what little is added to it", async () => {
  const email = `lena.weber-${newEmail()}`;
  const name = email.slice(0, email.indexOf("@"));
  for (const password of [email.toUpperCase(), `${name}12345`, `!${name}!`]) {
    const request = { email, password, address: newAddress() };
    expect(await outcomeOf(Account.signUp(request, NOW)), password).toBe("password.common");
  }
  const more = { email, password: `${name} sings at noon`, address: newAddress() };
  expect(await outcomeOf(Account.signUp(more, NOW))).toBe("done");
});

test("the list of common passwords has more than the 3,000 that fit the rules", () => {
  const fitting = passwords.filter((password) => password.length >= 12 && password.length <= 128);
  expect(new Set(fitting).size).toBe(passwords.length);
  expect(passwords.length).toBe(3795);
  expect(passwords.every((password) => password === password.toLowerCase())).toBe(true);
});

test("a password is one in any composition of its characters", async () => {
  const email = newEmail();
  await Account.signUp(
    { email, password: "J\u00fcrgens kleine Orgel", address: newAddress() },
    NOW,
  );
  const typed = { email, password: "Ju\u0308rgens kleine Orgel", address: newAddress() };
  expect(await outcomeOf(Account.logIn(typed, NOW))).toBe("done");
});

test("hashes are what any Argon2id says, with or without Node's own", async () => {
  const { accountId, logIn } = await makePerson(NOW);
  const hash = (await findProfile(accountId))?.passwordHash ?? "";
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await argon2Verify({ password: PASSWORD, hash })).toBe(true);
  const native = Object.getOwnPropertyDescriptor(crypto, "argon2");
  Object.defineProperty(crypto, "argon2", { value: undefined, configurable: true });
  try {
    expect(await outcomeOf(logIn())).toBe("done");
    expect(await outcomeOf(logIn(NOW, "wrong"))).toBe("password.wrong");
  } finally {
    Object.defineProperty(crypto, "argon2", native ?? {});
  }
});
