import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { GetCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import type { Gate } from "../quota/index.ts";
import { key, table } from "../table.ts";

/**
 * Makes an account that is not verified yet. The address is unique: of many concurrent calls with one
 * address, one makes an account.
 * @returns the account's id
 * @throws VisibleError account.exists
 */
export async function create(email: string, now: Date): Promise<string> {
  const accountId = randomUUID();
  const address = normaliseEmail(email);
  const gate: Gate = {
    verified: false,
    suspended: false,
    plan: "free",
    dailyLimit: config().freeDailyLimit,
  };
  const profile = { email: address, createdAt: now.toISOString() };
  const put = (item: object) => ({
    Put: {
      TableName: config().table.name,
      Item: { ...item },
      ConditionExpression: "attribute_not_exists(pk)",
    },
  });
  try {
    await table().send(
      new TransactWriteCommand({
        TransactItems: [
          put({ ...key.email(address), accountId }),
          put({ ...key.profile(accountId), ...profile }),
          put({ ...key.gate(accountId), ...gate }),
        ],
      }),
    );
  } catch (cause) {
    if (addressIsTaken(cause)) throw new VisibleError("account.exists", undefined, { cause });
    throw cause;
  }
  return accountId;
}

/** @returns the id of the account with this address, or undefined */
export async function findByEmail(email: string): Promise<string | undefined> {
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.email(normaliseEmail(email)),
      ConsistentRead: true,
    }),
  );
  return Item?.accountId as string | undefined;
}

/**
 * Marks the e-mail address as the account's own. From now on a token can be issued.
 * @throws VisibleError account.unknown
 */
export async function verify(accountId: string): Promise<void> {
  await setOnGate(accountId, "verified", true);
}

/**
 * Closes an account to all calls, or opens it again. Its token and its data stay.
 * @throws VisibleError account.unknown
 */
export async function suspend(accountId: string, suspended = true): Promise<void> {
  await setOnGate(accountId, "suspended", suspended);
}

async function setOnGate(
  accountId: string,
  attribute: "verified" | "suspended",
  value: boolean,
): Promise<void> {
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET #attribute = :value",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: { ":value": value },
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new VisibleError("account.unknown", undefined, { cause });
  }
}

/** The spelling under which an address is unique: composed Unicode, lower case, no outer spaces. */
function normaliseEmail(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

/** The item of the address is the first of the transaction; a conflict is another call with it. */
function addressIsTaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const reason = error.CancellationReasons?.[0]?.Code;
  return reason === "ConditionalCheckFailed" || reason === "TransactionConflict";
}
