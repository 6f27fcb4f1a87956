import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import type { Gate } from "../quota/index.ts";
import { key, table } from "../table.ts";
import { attempt, forgive, LIMITS } from "./attempts.ts";
import { normaliseEmail } from "./email.ts";
import { isPassword } from "./password.ts";

/** Who the account is. What the API asks on each call is in the gate, another item. */
export type Profile = {
  /** The address that logs in. */
  email: string;
  /** The address that is to take its place, until the mail to it is confirmed. */
  pendingEmail?: string;
  /** PHC string; missing where the account was made by a command. */
  passwordHash?: string;
  /** Sessions, devices and reset links of another epoch are over. */
  epoch: number;
  /** ISO 8601. */
  createdAt: string;
};

/** An account as its owner and the operator may see it. */
export type Account = {
  accountId: string;
  email: string;
  /** Waits to be confirmed; the API answers 403 until then. */
  pendingEmail?: string;
  verified: boolean;
  suspended: boolean;
  plan: string;
  /** Requests a day. */
  dailyLimit: number;
  createdAt: Date;
};

/** @returns the id of the account with this address, or undefined */
export async function findByEmail(email: string): Promise<string | undefined> {
  const item = await read(key.email(normaliseEmail(email)));
  return item?.accountId as string | undefined;
}

/** @returns the account, or undefined where it is gone */
export async function find(accountId: string): Promise<Account | undefined> {
  const [profile, gate] = await Promise.all([findProfile(accountId), findGate(accountId)]);
  return profile && gate && describe(accountId, profile, gate);
}

export async function findProfile(accountId: string): Promise<Profile | undefined> {
  return (await read(key.profile(accountId))) as Profile | undefined;
}

/** @throws VisibleError account.unknown */
export async function getProfile(accountId: string): Promise<Profile> {
  const profile = await findProfile(accountId);
  if (!profile) throw new VisibleError("account.unknown");
  return profile;
}

export async function findGate(accountId: string): Promise<Gate | undefined> {
  return (await read(key.gate(accountId))) as Gate | undefined;
}

export function describe(accountId: string, profile: Profile, gate: Gate): Account {
  const { email, pendingEmail, createdAt } = profile;
  const { verified, suspended, plan, dailyLimit } = gate;
  return {
    accountId,
    email,
    ...(pendingEmail ? { pendingEmail } : {}),
    verified,
    suspended,
    plan,
    dailyLimit,
    createdAt: new Date(createdAt),
  };
}

/** @throws VisibleError account.unknown */
export async function setOnGate(
  accountId: string,
  changes: Partial<Pick<Gate, "verified" | "suspended" | "plan" | "dailyLimit">>,
): Promise<void> {
  const names = Object.keys(changes);
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(changes).map(([name, value]) => [`:${name}`, value]),
        ),
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new VisibleError("account.unknown", undefined, { cause });
  }
}

/**
 * Asks somebody who is logged in for the password again, before what cannot be undone.
 * @throws VisibleError password.wrong, account.unknown, account.throttled
 */
export async function confirmPassword(
  accountId: string,
  password: string,
  now: Date,
): Promise<Profile> {
  const limits = [LIMITS.confirm(accountId)];
  await attempt(limits, now);
  const profile = await getProfile(accountId);
  if (!(await isPassword(password, profile.passwordHash))) {
    throw new VisibleError("password.wrong", "This is not your password.", { field: "password" });
  }
  await forgive(limits, now);
  return profile;
}

async function read(Key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table().send(
    new GetCommand({ TableName: config().table.name, Key, ConsistentRead: true }),
  );
  return Item;
}
