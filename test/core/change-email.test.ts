import * as Account from "@imagetotext/core/account";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { expect, test } from "vitest";
import {
  linkTo,
  makePerson,
  newAddress,
  newEmail,
  outcomeOf,
  PASSWORD,
  subjectsTo,
} from "../support/person.ts";
import { NOW } from "../support/time.ts";

async function makeCaller() {
  const person = await makePerson(NOW);
  const { token } = await Token.issue(person.accountId, NOW);
  const caller = await Token.authenticate(`Bearer ${token}`, NOW);
  const call = () => outcomeOf(Quota.reserve(caller, NOW));
  const change = (newEmail: string, password = PASSWORD) =>
    Account.changeEmail({ accountId: person.accountId, password, newEmail }, NOW);
  return { ...person, call, change };
}

test("another address closes the API until its mail is confirmed; the token and log-in stay", async () => {
  const { accountId, email, call, change, logIn } = await makeCaller();
  const next = newEmail();
  expect(await call()).toBe("done");
  await change(next.toUpperCase());
  expect(await call()).toBe("account.unverified");
  expect(await outcomeOf(logIn())).toBe("done");
  expect(await Account.find(accountId)).toMatchObject({ email, pendingEmail: next });
  expect(await subjectsTo(email)).toContain("Your e-mail address is being changed");

  await Account.confirmEmail(await linkTo(next, "verify-email"), NOW);
  expect(await call()).toBe("done");
  expect(await Account.findByEmail(next)).toBe(accountId);
  expect(await Account.findByEmail(email)).toBeUndefined();
  expect((await Account.find(accountId))?.pendingEmail).toBeUndefined();
  expect(await outcomeOf(logIn())).toBe("password.wrong");
  const request = { email: next, password: PASSWORD, address: newAddress() };
  expect(await outcomeOf(Account.logIn(request, NOW))).toBe("done");
  expect(await subjectsTo(email)).toContain("Your e-mail address was changed");
});

test("an address that has an account looks the same from here, and its owner gets no link", async () => {
  const owner = await makePerson(NOW);
  const { accountId, change } = await makeCaller();
  expect(await change(owner.email)).toBeUndefined();
  expect(await Account.find(accountId)).toMatchObject({
    verified: false,
    pendingEmail: owner.email,
  });
  expect((await subjectsTo(owner.email))[0]).toBe("You have an account already");
  expect(await Account.findByEmail(owner.email)).toBe(owner.accountId);
});

test("of two accounts that want one address, the first to confirm has it", async () => {
  const [one, two] = [await makeCaller(), await makeCaller()];
  const next = newEmail();
  await one.change(next);
  const linkOfOne = await linkTo(next, "verify-email");
  await Account.signUp({ email: next, password: PASSWORD, address: newAddress() }, NOW);
  expect(await outcomeOf(Account.confirmEmail(linkOfOne, NOW))).toBe("account.exists");
  const other = newEmail();
  await one.change(other);
  const first = await linkTo(other, "verify-email");
  await two.change(other);
  await Account.confirmEmail(first, NOW);
  expect(await Account.findByEmail(other)).toBe(one.accountId);
  expect(await two.call()).toBe("account.unverified");
});

test("a link to an address that was replaced meanwhile confirms nothing", async () => {
  const { email, accountId, change } = await makeCaller();
  const [wrong, right] = [newEmail(), newEmail()];
  await change(wrong);
  const stale = await linkTo(wrong, "verify-email");
  await change(right);
  expect(await outcomeOf(Account.confirmEmail(stale, NOW))).toBe("link.invalid");
  await Account.requestVerification(accountId, NOW);
  await Account.confirmEmail(await linkTo(right, "verify-email"), NOW);
  expect(await Account.findByEmail(right)).toBe(accountId);
  expect(await Account.findByEmail(email)).toBeUndefined();
});

test("the own address takes a change back, once it is confirmed again", async () => {
  const { email, accountId, call, change } = await makeCaller();
  await change(newEmail());
  await change(email);
  expect((await Account.find(accountId))?.pendingEmail).toBeUndefined();
  expect(await call()).toBe("account.unverified");
  await Account.confirmEmail(await linkTo(email, "verify-email"), NOW);
  expect(await call()).toBe("done");
});

test("whoever holds the old address stops a change by a reset", async () => {
  const { email, accountId, call, change } = await makeCaller();
  const thief = newEmail();
  await change(thief);
  await Account.startPasswordReset({ email, address: newAddress() }, NOW);
  await Account.resetPassword(await linkTo(email, "reset-password"), "quiet lantern bows", NOW);
  const link = await linkTo(thief, "verify-email");
  expect(await outcomeOf(Account.confirmEmail(link, NOW))).toBe("link.invalid");
  expect((await Account.find(accountId))?.email).toBe(email);
  expect(await call()).toBe("done");
});

test("nothing changes without the password, or for what is no address", async () => {
  const { accountId, call, change } = await makeCaller();
  expect(await outcomeOf(change(newEmail(), "wrong"))).toBe("password.wrong");
  await expect(change("no address")).rejects.toMatchObject({
    code: "email.invalid",
    field: "newEmail",
  });
  expect(await call()).toBe("done");
  expect((await Account.find(accountId))?.pendingEmail).toBeUndefined();
});

test("somebody logged in cannot send mails without end", async () => {
  const { accountId } = await makeCaller();
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, () => outcomeOf(Account.requestVerification(accountId, NOW))),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === "account.throttled")).toHaveLength(2);
});
