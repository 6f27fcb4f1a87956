import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import * as Mail from "../mail/index.ts";
import { key, table } from "../table.ts";
import type { Writes } from "../transact.ts";
import { makeSecret, readSecret } from "./secret.ts";

/** What a link of a mail is for. */
type Purpose = "verify" | "reset";

/** `bound` is what must not have changed since: the address to confirm, or the account's epoch. */
export type Link = { accountId: string; hash: string; bound: string };

const HOUR_MS = 3_600_000;
const KINDS = {
  verify: { path: "/verify-email", lifetimeMs: 24 * HOUR_MS },
  reset: { path: "/reset-password", lifetimeMs: HOUR_MS },
} as const satisfies Record<Purpose, { path: string; lifetimeMs: number }>;

/** @returns the address of the page whose button uses the link */
export async function issueLink(
  accountId: string,
  purpose: Purpose,
  bound: string,
  now: Date,
): Promise<string> {
  const { secret, hash } = makeSecret(accountId);
  const { path, lifetimeMs } = KINDS[purpose];
  const expiresAt = Math.floor((now.getTime() + lifetimeMs) / 1000);
  await table().send(
    new PutCommand({
      TableName: config().table.name,
      Item: { ...key.link(accountId, hash), purpose, bound, expiresAt },
    }),
  );
  return `${Mail.siteUrl()}${path}?token=${secret}`;
}

/** Whether the link still stands, without using it: scanners of mails open links. */
export async function isLinkValid(secret: string, purpose: Purpose, now: Date): Promise<boolean> {
  return (await findLink(secret, purpose, now)) !== undefined;
}

/** @throws VisibleError link.invalid */
export async function getLink(secret: string, purpose: Purpose, now: Date): Promise<Link> {
  const link = await findLink(secret, purpose, now);
  if (!link) throw new VisibleError("link.invalid");
  return link;
}

/** The write that uses a link up: of many at once, one succeeds. */
export function useLink({ accountId, hash }: Link): Writes[number] {
  return {
    Delete: {
      TableName: config().table.name,
      Key: key.link(accountId, hash),
      ConditionExpression: "attribute_exists(pk)",
    },
  };
}

async function findLink(secret: string, purpose: Purpose, now: Date): Promise<Link | undefined> {
  const parsed = readSecret(secret);
  if (!parsed) return undefined;
  const { Item } = await table().send(
    new GetCommand({
      TableName: config().table.name,
      Key: key.link(parsed.accountId, parsed.hash),
      ConsistentRead: true,
    }),
  );
  // DynamoDB may delete an item days after its time.
  if (Item?.purpose !== purpose || Item.expiresAt * 1000 <= now.getTime()) return undefined;
  return { ...parsed, bound: Item.bound };
}
