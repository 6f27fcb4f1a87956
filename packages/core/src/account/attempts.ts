import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";

/** How often one thing may be tried in one window of time. */
type Limit = {
  /** What is counted, and for whom: hashed before it is stored. */
  subject: readonly string[];
  limit: number;
  windowMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Log-in slows down whoever guesses, and never the owner. A browser that has logged in before holds a
 * device secret and is counted alone, so nobody else can use up its tries. Others share three counts:
 * one client on one address, one client on all addresses, and all clients on one address, which stops
 * a guess spread over many machines. The last one can be used up by an attacker; a password reset by
 * mail is then the way in from a new device, for it makes the device known.
 */
export const LIMITS = {
  logInKnown: (deviceHash: string): Limit => ({
    subject: ["log-in-device", deviceHash],
    limit: 20,
    windowMs: 15 * MINUTE_MS,
  }),
  logInUnknown: (email: string, address: string): Limit[] => [
    {
      subject: ["log-in-pair", email, network(address)],
      limit: 10,
      windowMs: 15 * MINUTE_MS,
    },
    { subject: ["log-in-network", network(address)], limit: 50, windowMs: 15 * MINUTE_MS },
    { subject: ["log-in-email", email], limit: 100, windowMs: 24 * HOUR_MS },
  ],
  /** The password asked for again by somebody logged in. */
  confirm: (accountId: string): Limit => ({
    subject: ["confirm", accountId],
    limit: 10,
    windowMs: 15 * MINUTE_MS,
  }),
  signUp: (address: string): Limit => ({
    subject: ["sign-up", network(address)],
    limit: 20,
    windowMs: HOUR_MS,
  }),
  reset: (address: string): Limit => ({
    subject: ["reset", network(address)],
    limit: 20,
    windowMs: HOUR_MS,
  }),
  /** Mails that a stranger can cause. Past it none is sent, and the answer stays the same. */
  mailTo: (email: string): Limit => ({
    subject: ["mail-to", email],
    limit: 5,
    windowMs: HOUR_MS,
  }),
  /** Mails that somebody logged in can cause, to whatever address. */
  mailFrom: (accountId: string): Limit => ({
    subject: ["mail-from", accountId],
    limit: 10,
    windowMs: HOUR_MS,
  }),
};

/**
 * Counts one attempt against each limit, by one conditional write each.
 * @throws VisibleError account.throttled, with `retryAt`, when one is reached; the others stay counted
 */
export async function attempt(limits: readonly Limit[], now: Date): Promise<void> {
  const allowed = await Promise.all(limits.map((limit) => isAllowed(limit, now)));
  const reached = limits.filter((_, index) => !allowed[index]);
  if (reached.length === 0) return;
  throw throttled(new Date(Math.max(...reached.map((limit) => windowEnd(limit, now)))), now);
}

function throttled(retryAt: Date, now: Date): VisibleError {
  const minutes = Math.ceil((retryAt.getTime() - now.getTime()) / MINUTE_MS);
  const wait = minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const clock = retryAt.toISOString().slice(11, 16);
  const detail = `Too many attempts. Try again in ${wait}, after ${clock} UTC.`;
  return new VisibleError("account.throttled", detail, { retryAt });
}

/** Counts one attempt. @returns false, and counts nothing, when the limit is reached */
export async function isAllowed({ subject, limit, windowMs }: Limit, now: Date): Promise<boolean> {
  const end = windowEnd({ windowMs }, now);
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: keyOf(subject, end),
        // DynamoDB deletes the item some time after the window.
        UpdateExpression: "SET tries = if_not_exists(tries, :zero) + :one, expiresAt = :end",
        ConditionExpression: "attribute_not_exists(tries) OR tries < :limit",
        ExpressionAttributeValues: { ":zero": 0, ":one": 1, ":limit": limit, ":end": end / 1000 },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Gives an attempt back that turned out to be right: only wrong ones are to add up. */
export async function forgive(limits: readonly Limit[], now: Date): Promise<void> {
  await Promise.all(
    limits.map(async (limit) => {
      try {
        await table().send(
          new UpdateCommand({
            TableName: config().table.name,
            Key: keyOf(limit.subject, windowEnd(limit, now)),
            UpdateExpression: "SET tries = tries - :one",
            ConditionExpression: "tries > :zero",
            ExpressionAttributeValues: { ":zero": 0, ":one": 1 },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }),
  );
}

/** Each window is an item of its own, so there is nothing to reset and no race while doing it. */
function keyOf(subject: readonly string[], end: number) {
  const hash = createHash("sha256").update(JSON.stringify(subject)).digest("base64url");
  return key.attempts(hash, new Date(end).toISOString());
}

function windowEnd({ windowMs }: Pick<Limit, "windowMs">, now: Date): number {
  return (Math.floor(now.getTime() / windowMs) + 1) * windowMs;
}

/** One customer of a provider has a /64 of IPv6 to himself: count that, not its 2^64 addresses. */
function network(address: string): string {
  if (!isIPv6(address)) return address;
  // An IPv4 client on a socket for both: ::ffff:192.0.2.1
  const [, ipv4] = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i) ?? [];
  if (ipv4) return ipv4;
  const [head = "", tail = ""] = address.split("%")[0]?.split("::") ?? [];
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = address.includes("::")
    ? [...groups(head), ...new Array<string>(Math.max(0, missing)).fill("0"), ...groups(tail)]
    : groups(head);
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
