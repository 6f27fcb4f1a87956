import { createHash } from "node:crypto";
import {
  ConditionalCheckFailedException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";
import { secondsOf } from "../time.ts";
import type { Writes } from "../transact.ts";

/**
 * A request's hold on its Idempotency-Key. The first request with a key owns it and pays; a later one
 * with the same content is a replay and pays nothing. No text is kept: a replay reads the image again.
 */
export type Claim = {
  accountId: string;
  /** SHA-256 of the key, base64url. */
  keyHash: string;
  /** Id of the request that made the claim. */
  owner: string;
  isReplay: boolean;
};

/** Characters. */
const MAX_LENGTH = 255;

/** Seconds a key is kept, from its first request. */
const KEPT = 24 * 3600;

/** Seconds until a request that neither ended nor was answered counts as dead: a function lives 28 s. */
const LEASE = 35;

/** A replay costs us a reading, so there is an end to them. */
const MAX_REPLAYS = 20;

type Item = {
  content: string;
  owner: string;
  /** Unix seconds. */
  leaseUntil: number;
  /** Set with the receipt, in one transaction. */
  isDone?: true;
  replays?: number;
};

/**
 * Claims a key for a request, with one conditional write: of many concurrent requests one is first.
 * The key dies with `release`, or is settled together with the receipt by `settled`.
 * @param request.content what the request asks for; the same key must always come with the same
 * @throws VisibleError idempotency.invalid_key, idempotency.other_content, idempotency.in_progress,
 *   idempotency.exhausted, table.unavailable
 */
export async function claim(
  request: {
    accountId: string;
    requestId: string;
    key: string;
    content: readonly (string | Uint8Array)[];
  },
  now: Date,
): Promise<Claim> {
  const { accountId, requestId: owner } = request;
  assertKey(request.key);
  const keyHash = hash([request.key]);
  // With the account and the key in it, it tells nobody whether two callers sent the same image.
  const content = hash([accountId, request.key, ...request.content]);
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.idempotency(accountId, keyHash),
        UpdateExpression:
          "SET content = :content, #owner = :owner, leaseUntil = :leaseUntil, expiresAt = :expiresAt" +
          " REMOVE isDone, replays",
        // DynamoDB deletes what has expired some time later, so its time is looked at here too.
        ConditionExpression:
          "attribute_not_exists(pk) OR expiresAt <= :now" +
          " OR (attribute_not_exists(isDone) AND leaseUntil <= :now)",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: {
          ":content": content,
          ":owner": owner,
          ":leaseUntil": secondsOf(now) + LEASE,
          ":expiresAt": secondsOf(now) + KEPT,
          ":now": secondsOf(now),
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { accountId, keyHash, owner, isReplay: false };
  } catch (error) {
    if (error instanceof TransactionConflictException) throw inProgress(error);
    if (!(error instanceof ConditionalCheckFailedException)) throw unavailable(error);
    const held = error.Item && (unmarshall(error.Item) as Item);
    // A write that was sent again meets itself.
    if (held?.owner === owner) return { accountId, keyHash, owner, isReplay: false };
    if (held && held.content !== content) throw new VisibleError("idempotency.other_content");
    if (!held?.isDone) throw inProgress(error);
    await countReplay(accountId, keyHash, held);
    return { accountId, keyHash, owner: held.owner, isReplay: true };
  }
}

/** Counted before it is answered: from here on the first request's receipt cannot be taken back. */
async function countReplay(accountId: string, keyHash: string, held: Item): Promise<void> {
  if ((held.replays ?? 0) >= MAX_REPLAYS) throw new VisibleError("idempotency.exhausted");
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.idempotency(accountId, keyHash),
        UpdateExpression: "SET replays = if_not_exists(replays, :zero) + :one",
        ConditionExpression: "isDone = :true AND #owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":zero": 0, ":one": 1, ":true": true, ":owner": held.owner },
      }),
    );
  } catch (error) {
    // The first request could not answer after all, and took its receipt back.
    if (error instanceof ConditionalCheckFailedException) throw inProgress(error);
    if (error instanceof TransactionConflictException) throw inProgress(error);
    throw unavailable(error);
  }
}

/**
 * Gives up a claim whose request was not answered with a result, so that the key can be used again.
 * A claim that was settled, or that another request has taken over, stays.
 */
export async function release({ accountId, keyHash, owner }: Claim): Promise<void> {
  try {
    await table().send(
      new DeleteCommand({
        TableName: config().table.name,
        Key: key.idempotency(accountId, keyHash),
        ConditionExpression: "#owner = :owner AND attribute_not_exists(isDone)",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": owner },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The write that goes with the receipt: it fails when another request has taken the key over. */
export function settled({ accountId, keyHash, owner }: Claim): Writes[number] {
  return {
    Update: {
      TableName: config().table.name,
      Key: key.idempotency(accountId, keyHash),
      UpdateExpression: "SET isDone = :true",
      ConditionExpression: "#owner = :owner",
      ExpressionAttributeNames: { "#owner": "owner" },
      ExpressionAttributeValues: { ":owner": owner, ":true": true },
    },
  };
}

/** The write that takes it back: it fails when a replay has been promised an answer meanwhile. */
export function unsettled({ accountId, keyHash, owner }: Claim): Writes[number] {
  return {
    Delete: {
      TableName: config().table.name,
      Key: key.idempotency(accountId, keyHash),
      ConditionExpression: "#owner = :owner AND attribute_not_exists(replays)",
      ExpressionAttributeNames: { "#owner": "owner" },
      ExpressionAttributeValues: { ":owner": owner },
    },
  };
}

function assertKey(text: string): void {
  if (text === "" || text.length > MAX_LENGTH) {
    throw new VisibleError("idempotency.invalid_key", undefined, { field: "Idempotency-Key" });
  }
}

function hash(parts: readonly (string | Uint8Array)[]): string {
  const sum = createHash("sha256");
  // The length keeps "ab","c" and "a","bc" apart.
  for (const part of parts) sum.update(`${Buffer.byteLength(part)}:`).update(part);
  return sum.digest("base64url");
}

function inProgress(cause: unknown): VisibleError {
  return new VisibleError("idempotency.in_progress", undefined, { cause });
}

function unavailable(cause: unknown): VisibleError {
  return new VisibleError("table.unavailable", undefined, { cause });
}
