import { randomUUID } from "node:crypto";
import { GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as Account from "@imagetotext/core/account";
import { config } from "@imagetotext/core/config";
import { key, table } from "@imagetotext/core/table";
import * as Token from "@imagetotext/core/token";

export type TestAccount = { accountId: string; token: string; email: string };

/** A verified account of its own with its token. */
export async function makeAccount(options: { dailyLimit?: number } = {}): Promise<TestAccount> {
  const email = `${randomUUID()}@example.com`;
  const accountId = await Account.create(email, new Date());
  await Account.verify(accountId);
  const { token } = await Token.issue(accountId, new Date());
  if (options.dailyLimit !== undefined) await setGate(accountId, "dailyLimit", options.dailyLimit);
  return { accountId, token, email };
}

export async function setGate(accountId: string, attribute: string, value: unknown): Promise<void> {
  await table().send(
    new UpdateCommand({
      TableName: config().table.name,
      Key: key.gate(accountId),
      UpdateExpression: "SET #a = :v",
      ExpressionAttributeNames: { "#a": attribute },
      ExpressionAttributeValues: { ":v": value },
    }),
  );
}

export async function readGate(accountId: string): Promise<Record<string, unknown>> {
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.gate(accountId),
      ConsistentRead: true,
    }),
  );
  return Item ?? {};
}

/** How many requests of today the gate has counted. */
export async function usedToday(accountId: string): Promise<number> {
  const gate = await readGate(accountId);
  const counters = Object.keys(gate).filter((name) => /^n\d{8}$/.test(name));
  return counters.reduce((sum, name) => sum + Number(gate[name]), 0);
}

export async function receiptsOf(accountId: string): Promise<Record<string, unknown>[]> {
  const { Items } = await table().send(
    new QueryCommand({
      TableName: config().table.name,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": `ACC#${accountId}`, ":prefix": "RECEIPT#" },
    }),
  );
  return Items ?? [];
}
