import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { config } from "../config.ts";
import { type ErrorCode, VisibleError } from "../error.ts";
import { key, table, tableOnce } from "../table.ts";
import { dayOf, secondsOf } from "../time.ts";

/**
 * What the API looks at on each call, one item an account. Beside these attributes it holds one
 * counter a day, named `n` + the UTC date, for example `n20261122`: a new day is a new attribute, so
 * there is nothing to reset at midnight and no race while doing it.
 */
export type Gate = {
  verified: boolean;
  suspended: boolean;
  plan: string;
  /** Requests a day; 0 closes the account. */
  dailyLimit: number;
  /** `jti` of the one active token; missing before the first is issued. */
  tokenId?: string;
  /** Unix seconds. */
  tokenExpiresAt?: number;
  /** ISO 8601. */
  tokenCreatedAt?: string;
  /** The last characters of the token, by which its owner knows it again. */
  tokenEnd?: string;
  /** The last day (UTC, `2026-11-22`) whose count was compared with the receipts. */
  checkedThrough?: string;
};

/** Who calls, as the token says: see `Token.authenticate`. */
export type Caller = { accountId: string; tokenId: string };

/** How much of the day is used. */
export type Allowance = { plan: string; limit: number; used: number; resetsAt: Date };

/** One request that was counted and is not answered yet. Keep it, or give it back by `release`. */
export type Reservation = { accountId: string; day: string; allowance: Allowance };

/** A refusal by the gate: it carries the allowance, so that the answer can say what is left. */
export class RefusedError extends VisibleError {
  readonly allowance: Allowance;
  constructor(code: ErrorCode, allowance: Allowance, detail?: string) {
    super(code, detail);
    this.allowance = allowance;
  }
}

/** The attribute that counts a day. */
const COUNTER = /^n(\d{4})(\d{2})(\d{2})$/;

/** Days of counts that are kept: the dashboard shows 30. */
const DAYS_KEPT = 35;

/**
 * Counts one request, if the token is the active one, the account may call, and the day has room.
 * All of it is ONE conditional write: two concurrent callers can never share the last request. It is
 * sent once, because one that is carried out twice would count twice.
 * @throws VisibleError token.revoked, token.expired; RefusedError account.unverified,
 *   account.suspended, quota.daily_limit, quota.daily_cap: nothing is counted then. VisibleError
 *   table.unavailable: it may be counted, and heals at midnight (UTC).
 */
export async function reserve(caller: Caller, now: Date): Promise<Reservation> {
  const day = counterName(now);
  let gate: Gate;
  try {
    const { Attributes } = await tableOnce().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(caller.accountId),
        UpdateExpression: "SET #day = if_not_exists(#day, :zero) + :one",
        ConditionExpression:
          "tokenId = :tokenId AND tokenExpiresAt > :now AND verified = :true AND suspended = :false" +
          " AND (attribute_not_exists(#day) AND dailyLimit > :zero OR #day < dailyLimit)",
        ExpressionAttributeNames: { "#day": day },
        ExpressionAttributeValues: {
          ":tokenId": caller.tokenId,
          ":now": secondsOf(now),
          ":true": true,
          ":false": false,
          ":zero": 0,
          ":one": 1,
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    gate = Attributes as Gate;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw unavailable(error);
    // The document client leaves the item of an error in DynamoDB's own notation.
    const refused = error.Item && (unmarshall(error.Item) as Gate);
    assertMayCall(refused, caller, now);
    throw usedUp(allowanceOf(refused, now));
  }
  const allowance = allowanceOf(gate, now);
  if (allowance.used === 1) await forgetOldDays(caller.accountId, gate, now);
  return { accountId: caller.accountId, day, allowance };
}

/**
 * Gives a reservation back. Call it at most once for each. It is sent once: were it carried out twice,
 * the day would have room that nobody paid for, while one that is lost heals at midnight (UTC).
 * @returns the allowance after it
 */
export async function release(reservation: Reservation): Promise<Allowance> {
  const { accountId, day, allowance } = reservation;
  try {
    const { Attributes } = await tableOnce().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET #day = #day - :one",
        ConditionExpression: "#day > :zero",
        ExpressionAttributeNames: { "#day": day },
        ExpressionAttributeValues: { ":zero": 0, ":one": 1 },
        ReturnValues: "UPDATED_NEW",
      }),
    );
    return { ...allowance, used: Number(Attributes?.[day]) };
  } catch (error) {
    // The account was deleted meanwhile: there is nothing to give back to.
    if (error instanceof ConditionalCheckFailedException) return { ...allowance, used: 0 };
    throw error;
  }
}

/**
 * How much of the day is used, without using any of it.
 * @throws VisibleError as `reserve` does, but for the limit
 */
export async function usage(
  caller: Caller,
  now: Date,
): Promise<Allowance & { tokenExpiresAt: Date }> {
  const { Item } = await table()
    .send(
      new GetCommand({
        TableName: config().table.name,
        Key: key.gate(caller.accountId),
        ConsistentRead: true,
      }),
    )
    .catch((error) => {
      throw unavailable(error);
    });
  const gate = Item as Gate | undefined;
  assertMayCall(gate, caller, now);
  return { ...allowanceOf(gate, now), tokenExpiresAt: new Date((gate.tokenExpiresAt ?? 0) * 1000) };
}

/**
 * How much of the day is used, for the account's owner: whatever state it is in, with or without a
 * token.
 * @throws VisibleError account.unknown
 */
export async function today(accountId: string, now: Date): Promise<Allowance> {
  return allowanceOf(await getGate(accountId), now);
}

/** Requests counted on one day (UTC, `2026-11-22`), those under way included. */
export type DayCount = { day: string; used: number };

/**
 * The counts of the last days, oldest first, today last. Days without a request are in it.
 * @param days 1..35: counts of earlier days are not kept
 * @throws VisibleError account.unknown
 */
export async function history(accountId: string, days: number, now: Date): Promise<DayCount[]> {
  const counts: Record<string, unknown> = await getGate(accountId);
  const length = Math.min(days, DAYS_KEPT);
  return Array.from({ length }, (_, index) => {
    const at = new Date(now.getTime() - (length - 1 - index) * 86_400_000);
    return { day: dayOf(at), used: Number(counts[counterName(at)] ?? 0) };
  });
}

/**
 * The counts that were not compared with the receipts yet, oldest first, those of today included. Days
 * without a request are not in it.
 */
export async function unchecked(accountId: string): Promise<DayCount[]> {
  const gate = await getGate(accountId);
  const { checkedThrough = "" } = gate;
  return Object.entries(gate)
    .filter(([name]) => COUNTER.test(name))
    .map(([name, used]) => ({ day: name.replace(COUNTER, "$1-$2-$3"), used: Number(used) }))
    .filter(({ day }) => day > checkedThrough)
    .sort((a, b) => a.day.localeCompare(b.day));
}

/**
 * Notes that a closed day was compared with its receipts, and sets its count to what they say.
 * @returns false when the count has changed since it was read: nothing is noted then
 */
export async function check(
  accountId: string,
  { day, used }: DayCount,
  receipts: number,
): Promise<boolean> {
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET #day = :receipts, checkedThrough = :checked",
        ConditionExpression: "#day = :used",
        ExpressionAttributeNames: { "#day": counterName(new Date(day)) },
        ExpressionAttributeValues: { ":receipts": receipts, ":used": used, ":checked": day },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** @throws VisibleError account.unknown */
export async function getGate(accountId: string): Promise<Gate> {
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.gate(accountId),
      ConsistentRead: true,
    }),
  );
  if (!Item) throw new VisibleError("account.unknown");
  return Item as Gate;
}

function assertMayCall(gate: Gate | undefined, caller: Caller, now: Date): asserts gate is Gate {
  if (!gate || gate.tokenId !== caller.tokenId) throw new VisibleError("token.revoked");
  if ((gate.tokenExpiresAt ?? 0) <= secondsOf(now)) throw new VisibleError("token.expired");
  if (!gate.verified) throw new RefusedError("account.unverified", allowanceOf(gate, now));
  if (gate.suspended) throw new RefusedError("account.suspended", allowanceOf(gate, now));
}

function allowanceOf(gate: Gate, now: Date): Allowance {
  const used = (gate as Record<string, unknown>)[counterName(now)];
  return {
    plan: gate.plan,
    limit: gate.dailyLimit,
    used: typeof used === "number" ? used : 0,
    resetsAt: nextMidnight(now),
  };
}

/** On pay as you go the limit is the owner's own, so the owner is told where to raise it. */
function usedUp(allowance: Allowance): RefusedError {
  const { plan, limit, resetsAt } = allowance;
  const next = resetsAt.toISOString();
  return plan === "payg"
    ? new RefusedError(
        "quota.daily_cap",
        allowance,
        `Your daily cap of ${limit} requests is reached. Raise it in your dashboard, or go on at ${next}.`,
      )
    : new RefusedError(
        "quota.daily_limit",
        allowance,
        `All ${limit} requests of today are used (plan: ${plan}). The next are free at ${next}.`,
      );
}

/**
 * Called on the first request of a day, so that the item does not grow for ever. The request is counted
 * by now: were it refused because this failed, it would not be given back. The next day tries again.
 */
async function forgetOldDays(accountId: string, gate: Gate, now: Date): Promise<void> {
  const oldest = counterName(new Date(now.getTime() - DAYS_KEPT * 86_400_000));
  const old = Object.keys(gate).filter((name) => COUNTER.test(name) && name < oldest);
  if (old.length === 0) return;
  const update = new UpdateCommand({
    TableName: config().table.name,
    Key: key.gate(accountId),
    UpdateExpression: `REMOVE ${old.map((_, i) => `#d${i}`).join(", ")}`,
    // Without it a gate that was deleted a moment ago would come back empty.
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: Object.fromEntries(old.map((name, i) => [`#d${i}`, name])),
  });
  await tableOnce()
    .send(update)
    .catch(() => {});
}

/** Throttled, timed out or out of reach: the caller may try again. */
function unavailable(cause: unknown): VisibleError {
  return new VisibleError("table.unavailable", undefined, { cause });
}

function counterName(at: Date): string {
  return `n${dayOf(at).replaceAll("-", "")}`;
}

function nextMidnight(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}
