import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { key, table } from "../table.ts";
import { transact } from "../transact.ts";
import type { Customer } from "./customer.ts";

/** One closed day (UTC, `2026-11-22`), and the requests of it that Stripe has. */
export type BilledDay = { day: string; requests: number };

const DAYS_KEPT = 400;

/**
 * Says that a day is about to be sent.
 * @returns "first", or "again" where somebody has said so before: Stripe may have the day then; or
 *   "passed" when another run has moved on
 */
export async function markSending(
  { accountId, billedThrough }: Customer,
  day: string,
): Promise<"first" | "again" | "passed"> {
  try {
    const { Attributes } = await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.customer(accountId),
        UpdateExpression: "SET sending = :day",
        ConditionExpression: "billedThrough = :before",
        ExpressionAttributeValues: { ":day": day, ":before": billedThrough },
        ReturnValues: "UPDATED_OLD",
      }),
    );
    return Attributes?.sending === day ? "again" : "first";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "passed";
    throw error;
  }
}

/**
 * Moves the customer's mark on by one day, and keeps what was billed for it: both or neither.
 * @returns false when another run has done it
 */
export async function recordBilled(customer: Customer, billed: BilledDay): Promise<boolean> {
  const TableName = config().table.name;
  const { accountId, billedThrough } = customer;
  const failed = await transact([
    {
      Update: {
        TableName,
        Key: key.customer(accountId),
        UpdateExpression: "SET billedThrough = :day",
        ConditionExpression: "billedThrough = :before",
        ExpressionAttributeValues: { ":day": billed.day, ":before": billedThrough },
      },
    },
    {
      Put: {
        TableName,
        Item: {
          ...key.billedDay(accountId, billed.day),
          ...billed,
          expiresAt: Date.parse(billed.day) / 1000 + DAYS_KEPT * 86_400,
        },
      },
    },
  ]);
  return failed === undefined;
}

/** The billed days of a month (`2026-11`), oldest first. */
export async function listBilled(accountId: string, month: string): Promise<BilledDay[]> {
  const { pk, sk } = key.billedDay(accountId, month);
  const { Items = [] } = await table().send(
    new QueryCommand({
      TableName: config().table.name,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :month)",
      ExpressionAttributeValues: { ":pk": pk, ":month": `${sk}-` },
      ConsistentRead: true,
    }),
  );
  return Items.map(({ day, requests }) => ({ day: String(day), requests: Number(requests) }));
}
