import crypto from "node:crypto";
import { GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import { key, table } from "@imagetotext/core/table";
import { expect, test, vi } from "vitest";
import {
  linkTo,
  makePerson,
  newAddress,
  newEmail,
  outcomeOf,
  PASSWORD,
  tableCalls,
} from "../support/person.ts";
import { DAY, HOUR, later, MINUTE, NOW } from "../support/time.ts";

test("somebody who logged in is known by the session until the log-out, which ends it on the server", async () => {
  const { email, logIn, accountId } = await makePerson(NOW);
  const { session } = await logIn();
  expect(await Account.findSession(session.secret, NOW)).toMatchObject({
    account: { accountId, email, verified: true, suspended: false, plan: "free", dailyLimit: 100 },
  });
  await Account.logOut(session.secret);
  expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
});

test("a log-in makes a new session and ends the one that this browser had", async () => {
  const { email, address, logIn } = await makePerson(NOW);
  const first = await logIn();
  const other = await logIn();
  const next = await Account.logIn(
    { email, password: PASSWORD, address, previous: first.session.secret },
    NOW,
  );
  expect(next.session.secret).not.toBe(first.session.secret);
  expect(await Account.findSession(first.session.secret, NOW)).toBeUndefined();
  expect(await Account.findSession(other.session.secret, NOW)).toBeDefined();
  expect(await Account.findSession(next.session.secret, NOW)).toBeDefined();
});

test("a session ends after 30 minutes without use", async () => {
  const { session } = await (await makePerson(NOW)).logIn();
  expect(await Account.findSession(session.secret, later(NOW, 29 * MINUTE))).toBeDefined();
  expect(await Account.findSession(session.secret, later(NOW, 58 * MINUTE))).toBeDefined();
  expect(await Account.findSession(session.secret, later(NOW, 88 * MINUTE))).toBeUndefined();
});

test("a session ends after 12 hours, however much it is used", async () => {
  const { session } = await (await makePerson(NOW)).logIn();
  for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
    expect(await Account.findSession(session.secret, later(NOW, minutes * MINUTE))).toBeDefined();
  }
  expect(await Account.findSession(session.secret, later(NOW, 12 * HOUR))).toBeUndefined();
});

test("what the table holds of a session, a device and a link cannot be used", async () => {
  const { accountId, logIn } = await makePerson(NOW, false);
  const { session, device } = await logIn();
  const { Items = [] } = await table().send(
    new QueryCommand({
      TableName: "imagetotext",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `ACC#${accountId}` },
    }),
  );
  const stored = JSON.stringify(Items);
  expect(Items.map(({ sk }) => String(sk).split("#")[0]).sort()).toEqual([
    "DEVICE",
    "GATE",
    "LINK",
    "PROFILE",
    "SESSION",
  ]);
  for (const { secret } of [session, device]) {
    // The part after the account's id.
    expect(stored).not.toContain(secret.slice(22));
  }
  expect(stored).not.toContain(PASSWORD);
  expect(stored).toContain("$argon2id$v=19$m=19456,t=2,p=1$");
});

test("an unknown address is refused as a wrong password is, after the same work", async () => {
  const { email } = await makePerson(NOW);
  const hash = vi.spyOn(crypto, "argon2");
  const tryAt = (address: string) =>
    Account.logIn({ email: address, password: "not the password", address: newAddress() }, NOW);
  const failure = async (address: string) => {
    const error = await tryAt(address).catch((thrown) => thrown);
    return { code: error.code, message: error.message, field: error.field };
  };
  const known = await failure(email);
  expect(hash).toHaveBeenCalledTimes(1);
  const unknown = await failure(newEmail());
  expect(hash).toHaveBeenCalledTimes(2);
  expect(unknown).toEqual(known);
  expect(known.code).toBe("password.wrong");
  expect(await tableCalls(() => tryAt(newEmail()))).toEqual(await tableCalls(() => tryAt(email)));
  hash.mockRestore();
});

test("an account without a password (made by a command) cannot be logged in to", async () => {
  const email = newEmail();
  await Account.create(email, NOW);
  for (const password of ["", "undefined", PASSWORD]) {
    const outcome = await outcomeOf(Account.logIn({ email, password, address: newAddress() }, NOW));
    expect(outcome).toBe("password.wrong");
  }
});

test("one client gets 10 wrong tries at one account in 15 minutes, then not even the right one", async () => {
  const { email, logIn } = await makePerson(NOW);
  const address = newAddress();
  const tryIt = (password: string, at = NOW) =>
    outcomeOf(Account.logIn({ email, password, address }, at));
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => tryIt("wrong")));
  expect(outcomes.filter((outcome) => outcome === "password.wrong")).toHaveLength(10);
  expect(await tryIt(PASSWORD)).toBe("account.throttled");
  // Somebody else at the same account does not notice.
  expect(await outcomeOf(logIn())).toBe("done");
  expect(await tryIt(PASSWORD, later(NOW, 15 * MINUTE))).toBe("done");
});

test("says when it is worth trying again", async () => {
  const email = newEmail();
  const address = newAddress();
  const tryIt = () => Account.logIn({ email, password: "wrong", address }, NOW);
  for (let i = 0; i < 10; i++) await tryIt().catch(() => {});
  const error = await tryIt().catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "account.throttled",
    message: "Too many attempts. Try again in 15 minutes, after 12:15 UTC.",
    retryAt: new Date("2030-03-01T12:15:00Z"),
  });
});

test("an attacker with many addresses is stopped, and the owner is not: known device, or mail", async () => {
  const { email, logIn } = await makePerson(NOW);
  const { device, session } = await logIn();
  const attack = () =>
    outcomeOf(Account.logIn({ email, password: "wrong", address: newAddress() }, NOW));
  const outcomes = await Promise.all(Array.from({ length: 120 }, attack));
  expect(outcomes.filter((outcome) => outcome === "password.wrong")).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === "account.throttled")).toHaveLength(20);

  expect(await Account.findSession(session.secret, NOW)).toBeDefined();
  const own = { email, password: PASSWORD, address: newAddress() };
  expect(await outcomeOf(Account.logIn({ ...own, device: device.secret }, NOW))).toBe("done");
  // A new device has to come by the mail, which makes it known.
  expect(await outcomeOf(Account.logIn(own, NOW))).toBe("account.throttled");
  await Account.startPasswordReset({ email, address: newAddress() }, NOW);
  const reset = await Account.resetPassword(await linkTo(email, "reset-password"), PASSWORD, NOW);
  expect(await outcomeOf(Account.logIn({ ...own, device: reset.device.secret }, NOW))).toBe("done");
}, 120_000);

test("a device is known at its own account only, and has its own count", async () => {
  const attacker = await makePerson(NOW);
  const victim = await makePerson(NOW);
  const { device } = await attacker.logIn();
  const address = newAddress();
  const tryAt = (email: string, secret: string) =>
    outcomeOf(Account.logIn({ email, password: "wrong", address, device: secret }, NOW));
  for (let i = 0; i < 10; i++) await tryAt(victim.email, device.secret);
  expect(await tryAt(victim.email, device.secret)).toBe("account.throttled");
  const own = await victim.logIn();
  for (let i = 0; i < 20; i++) await tryAt(victim.email, own.device.secret);
  expect(await tryAt(victim.email, own.device.secret)).toBe("account.throttled");
  expect(await outcomeOf(victim.logIn())).toBe("done");
}, 120_000);

test("right passwords are not counted against anybody", async () => {
  const { email, address } = await makePerson(NOW);
  for (let i = 0; i < 25; i++) {
    expect(await outcomeOf(Account.logIn({ email, password: PASSWORD, address }, NOW))).toBe(
      "done",
    );
  }
}, 120_000);

test("a /64 of IPv6 counts as one client", async () => {
  const email = newEmail();
  const group = () => crypto.randomBytes(2).toString("hex");
  const prefix = `2001:db8:${group()}:${group()}`;
  const tryFrom = (address: string) =>
    outcomeOf(Account.logIn({ email, password: "wrong", address }, NOW));
  for (let i = 0; i < 10; i++) await tryFrom(`${prefix}:${group()}:${group()}::${i}`);
  expect(await tryFrom(`${prefix}::1`)).toBe("account.throttled");
  expect(await tryFrom(`2001:db8:${group()}:ffff::1`)).toBe("password.wrong");
});

test("a session that DynamoDB has not deleted yet is over all the same", async () => {
  const { accountId, logIn } = await makePerson(NOW);
  const { session, device } = await logIn();
  expect(await Account.findSession(session.secret, later(NOW, 2 * DAY))).toBeUndefined();
  const hash = crypto.createHash("sha256").update(session.secret).digest("base64url");
  const Key = key.session(accountId, hash);
  const { Item } = await table().send(new GetCommand({ TableName: "imagetotext", Key }));
  expect(Item?.expiresAt).toBe(Date.parse("2030-03-02T00:00:00Z") / 1000);
  expect(device.expiresAt).toEqual(later(NOW, 180 * DAY));
});
