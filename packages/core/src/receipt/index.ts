import {
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import * as Idempotency from "../idempotency/index.ts";
import { key, queryPages, table } from "../table.ts";
import { dayOf, secondsOf } from "../time.ts";
import { transact } from "../transact.ts";

/** One answered request: the request log and the bill. It holds no image and no text. */
export type Receipt = {
  accountId: string;
  requestId: string;
  /** When the request was counted: its day (UTC) is the day it is billed for. */
  at: Date;
  /** The account's plan at that moment. */
  plan: string;
  /** Size of the image file, bytes. */
  bytes: number;
  pixels: number;
  /** From the arrival of the request to its result, ms. */
  ms: number;
  /** Integer 0..100. */
  confidence: number;
};

const DAYS_KEPT = 90;

/** How long after its end (UTC) a day may still get receipts: far longer than a request takes. */
const DAY_CLOSES_AFTER_MS = 5 * 60_000;

/**
 * Whether the day (`2026-11-22`) is over and has all its receipts: from then on its count never changes.
 */
export function isClosed(day: string, now: Date): boolean {
  return now.getTime() >= Date.parse(day) + 86_400_000 + DAY_CLOSES_AFTER_MS;
}

/**
 * Writes the receipt of a request that is about to be answered with its result. Exactly one for each
 * 200, and none for anything else.
 * @param claim on the request's Idempotency-Key, if it has one: settled in the same transaction
 * @throws VisibleError receipt.unwritten; idempotency.in_progress when another request has taken the
 *   key over. The request must then not be answered with 200.
 */
export async function record(
  receipt: Receipt,
  now: Date,
  claim?: Idempotency.Claim,
): Promise<void> {
  // A process that was frozen overnight must not add to a day that is billed by now.
  if (isClosed(dayOf(receipt.at), now)) throw new VisibleError("receipt.unwritten");
  // The key is this request's own, so that a write that is sent again replaces itself.
  const put = { TableName: config().table.name, Item: itemOf(receipt) };
  let isTakenOver = false;
  try {
    if (!claim) await table().send(new PutCommand(put));
    else isTakenOver = (await transact([{ Put: put }, Idempotency.settled(claim)])) !== undefined;
  } catch (cause) {
    // It may have been written though no answer came, and would be billed without a 200.
    await takeBack(receipt, claim).catch(() => {});
    throw new VisibleError("receipt.unwritten", undefined, { cause });
  }
  if (isTakenOver) throw new VisibleError("idempotency.in_progress");
}

async function takeBack(receipt: Receipt, claim?: Idempotency.Claim): Promise<void> {
  const { accountId, at, requestId } = receipt;
  const remove = { TableName: config().table.name, Key: key.receipt(accountId, at, requestId) };
  if (!claim) await table().send(new DeleteCommand(remove));
  else await transact([{ Delete: remove }, Idempotency.unsettled(claim)]);
}

function itemOf({ accountId, requestId, at, ...rest }: Receipt) {
  return {
    ...key.receipt(accountId, at, requestId),
    requestId,
    at: at.toISOString(),
    ...rest,
    // DynamoDB deletes it some time after this Unix second.
    expiresAt: secondsOf(at) + DAYS_KEPT * 86_400,
  };
}

/** A page of receipts, newest first. `cursor` leads to the next one; without it this is the last. */
export type Page = { receipts: Receipt[]; cursor?: string };

/**
 * The account's receipts, newest first.
 * @param options.from none older than this
 * @param options.limit 1..1000 receipts a page
 * @param options.cursor of the page before. It leads nowhere but into the same account's receipts.
 */
export async function list(
  accountId: string,
  options: { from?: Date; limit: number; cursor?: string },
): Promise<Page> {
  const { from, limit, cursor } = options;
  const oldest = key.receipt(accountId, from ?? new Date(0), "");
  // Past any request id of the newest moment there is.
  const newest = cursor ? decode(cursor) : "RECEIPT#~";
  if (newest <= oldest.sk) return { receipts: [] };
  const { Items = [] } = await table().send(
    new QueryCommand({
      TableName: config().table.name,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :oldest AND :newest",
      ExpressionAttributeValues: { ":pk": oldest.pk, ":oldest": oldest.sk, ":newest": newest },
      ScanIndexForward: false,
      // One more says whether there is another page, and one for the cursor's own receipt.
      Limit: limit + 2,
      ConsistentRead: true,
    }),
  );
  const found = Items.filter(({ sk }) => sk !== newest);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    receipts: shown.map((item) => toReceipt(accountId, item)),
    ...(last && found.length > limit ? { cursor: encode(last.sk) } : {}),
  };
}

/** How many receipts the account has of one day (UTC, `2026-11-22`), or of one month (`2026-11`). */
export async function count(accountId: string, period: string): Promise<number> {
  return countWhere(accountId, period, {});
}

/** How many of them are to be paid: those of any plan but the free one. */
export async function countPaid(accountId: string, period: string): Promise<number> {
  return countWhere(accountId, period, {
    FilterExpression: "#plan <> :free",
    ExpressionAttributeNames: { "#plan": "plan" },
    ExpressionAttributeValues: { ":free": "free" },
  });
}

async function countWhere(
  accountId: string,
  period: string,
  filter: Partial<QueryCommandInput>,
): Promise<number> {
  const pages = queryPages({
    ...filter,
    Select: "COUNT",
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :period)",
    ExpressionAttributeValues: {
      ...filter.ExpressionAttributeValues,
      ":pk": key.gate(accountId).pk,
      ":period": `RECEIPT#${period}`,
    },
    ConsistentRead: true,
  });
  let total = 0;
  for await (const { Count = 0 } of pages) total += Count;
  return total;
}

/** When the account was last answered with a result. */
export async function lastAt(accountId: string): Promise<Date | undefined> {
  const { receipts } = await list(accountId, { limit: 1 });
  return receipts[0]?.at;
}

function toReceipt(accountId: string, item: Record<string, unknown>): Receipt {
  return {
    accountId,
    requestId: String(item.requestId),
    at: new Date(String(item.at)),
    plan: String(item.plan),
    bytes: Number(item.bytes),
    pixels: Number(item.pixels),
    ms: Number(item.ms),
    confidence: Number(item.confidence),
  };
}

const encode = (sk: string) => Buffer.from(sk).toString("base64url");

/** A cursor that somebody made up must not reach other kinds of items. */
function decode(cursor: string): string {
  const sk = Buffer.from(cursor, "base64url").toString();
  return sk.startsWith("RECEIPT#") ? sk : "RECEIPT#";
}
