import { DeleteCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import * as Quota from "@imagetotext/core/quota";
import * as Receipt from "@imagetotext/core/receipt";
import { key, table } from "@imagetotext/core/table";
import * as Token from "@imagetotext/core/token";
import { expect, test } from "vitest";
import { makePerson, newAddress, outcomeOf, PASSWORD } from "../support/person.ts";
import { later, NOW } from "../support/time.ts";

async function itemsOf(accountId: string): Promise<unknown[]> {
  const { Items = [] } = await table().send(
    new QueryCommand({
      TableName: "imagetotext",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `ACC#${accountId}` },
    }),
  );
  return Items;
}

test("a deleted account's token is dead, its session over, its data gone and its address free", async () => {
  const { accountId, email, logIn } = await makePerson(NOW);
  const { session } = await logIn();
  const { token } = await Token.issue(accountId, NOW);
  const caller = await Token.authenticate(`Bearer ${token}`, NOW);
  const receipt = { accountId, plan: "free", bytes: 1, pixels: 1, ms: 1, confidence: 1 };
  for (let i = 0; i < 60; i++) {
    await Receipt.record({ ...receipt, requestId: `r${i}`, at: later(NOW, i) }, NOW);
  }
  expect(await Account.deleteAccount({ accountId, password: PASSWORD }, NOW)).toEqual({
    closed: [],
    kept: [],
  });

  expect(await outcomeOf(Quota.reserve(caller, NOW))).toBe("token.revoked");
  expect(await Account.findSession(session.secret, NOW)).toBeUndefined();
  expect(await Account.findByEmail(email)).toBeUndefined();
  expect(await Account.find(accountId)).toBeUndefined();
  expect(await outcomeOf(logIn())).toBe("password.wrong");
  for await (const listed of Account.listAll()) expect(listed).not.toBe(accountId);
  expect(await itemsOf(accountId)).toEqual([]);
  await Account.signUp({ email, password: PASSWORD, address: newAddress() }, NOW);
  expect(await Account.findByEmail(email)).not.toBe(accountId);
});

test("nothing in the table names the address of a deleted account", async () => {
  const { accountId, email } = await makePerson(NOW);
  await Account.deleteAccount({ accountId, password: PASSWORD }, NOW);
  const found: unknown[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table().send(
      new ScanCommand({ TableName: "imagetotext", ExclusiveStartKey: from }),
    );
    found.push(...Items.filter((item) => JSON.stringify(item).includes(email)));
    from = LastEvaluatedKey;
  } while (from);
  expect(found).toEqual([]);
});

test("a wrong password deletes nothing", async () => {
  const { accountId, logIn } = await makePerson(NOW);
  expect(await outcomeOf(Account.deleteAccount({ accountId, password: "wrong" }, NOW))).toBe(
    "password.wrong",
  );
  expect(await outcomeOf(logIn())).toBe("done");
});

/** Lets the call with this number to the table fail, as a crash or a lost connection would. */
async function failingCall(number: number, work: () => Promise<unknown>): Promise<boolean> {
  let calls = 0;
  table().middlewareStack.add(
    (next) => (args) => {
      calls++;
      if (calls === number) throw new Error("cut off");
      return next(args);
    },
    { step: "initialize", name: "failCall" },
  );
  await work().catch(() => {});
  table().middlewareStack.remove("failCall");
  return calls >= number;
}

test("a deletion that was cut off anywhere is finished by trying again", async () => {
  let wasCutOff = true;
  let cut = 0;
  while (wasCutOff) {
    cut++;
    const { accountId, email, logIn } = await makePerson(NOW);
    const { token } = await Token.issue(accountId, NOW);
    const caller = await Token.authenticate(`Bearer ${token}`, NOW);
    const receipt = { accountId, plan: "free", bytes: 1, pixels: 1, ms: 1, confidence: 1 };
    await Receipt.record({ ...receipt, requestId: "r1", at: NOW }, NOW);
    await logIn();
    const request = { accountId, password: PASSWORD };
    wasCutOff = await failingCall(cut, () => Account.deleteAccount(request, NOW));

    // Whoever still has an account logs in and tries again.
    if (await Account.findByEmail(email)) {
      expect(await outcomeOf(logIn()), `cut off at call ${cut}`).toBe("done");
      expect(await outcomeOf(Account.deleteAccount(request, NOW))).toBe("done");
    }
    expect(await outcomeOf(Quota.reserve(caller, NOW))).toBe("token.revoked");
    expect(await itemsOf(accountId), `cut off at call ${cut}`).toEqual([]);
    expect(await Account.findByEmail(email)).toBeUndefined();
  }
  expect(cut).toBeGreaterThan(8);
});

test("two deletions at once are one", async () => {
  const { accountId, email } = await makePerson(NOW);
  const outcomes = await Promise.all(
    [1, 2].map(() => outcomeOf(Account.deleteAccount({ accountId, password: PASSWORD }, NOW))),
  );
  expect(outcomes).toContain("done");
  expect(await Account.findByEmail(email)).toBeUndefined();
});

test("an account that no registry names can be deleted", async () => {
  const { accountId } = await makePerson(NOW);
  const remove = { TableName: "imagetotext", Key: key.registered(accountId) };
  await table().send(new DeleteCommand(remove));
  await Account.deleteAccount({ accountId, password: PASSWORD }, NOW);
  expect(await Account.find(accountId)).toBeUndefined();
});
