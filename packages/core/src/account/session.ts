import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";
import { secondsOf } from "../time.ts";
import { attempt, forgive, LIMITS } from "./attempts.ts";
import { normaliseEmail } from "./email.ts";
import { isPassword } from "./password.ts";
import {
  type Account,
  describe,
  findByEmail,
  findGate,
  findProfile,
  type Profile,
} from "./profile.ts";
import { makeSecret, readSecret } from "./secret.ts";

/** What a cookie carries, and until when. It is not kept: only its hash is. */
export type Cookie = { secret: string; expiresAt: Date };

/** Somebody who is logged in. */
export type Session = {
  account: Account;
  /** When it ends unless it is used before; never later than 12 hours after log-in. */
  expiresAt: Date;
};

export type LoggedIn = { accountId: string; session: Cookie; device: Cookie };

/** OWASP ASVS 4.0.3, 3.3.2, level 2: log in again after 12 hours, or 30 minutes without use. */
const LIFETIME_MS = 12 * 3_600_000;
const IDLE_MS = 30 * 60_000;
/** How exactly the last use is known: spares a write on most pages. */
const IDLE_STEP_MS = 60_000;
const DEVICE_MS = 180 * 86_400_000;

type SessionItem = {
  epoch: number;
  /** ISO 8601. */
  lastUsedAt: string;
  /** Unix seconds. */
  expiresAt: number;
};

/**
 * Logs in, and ends the session that this browser had before. Somebody unverified or suspended can
 * log in too, and see why the API refuses. `LIMITS` in attempts.ts says how guessing is slowed down.
 * @param request.address the client's IP address
 * @param request.device the device secret of an earlier log-in from this browser
 * @throws VisibleError password.wrong, the same for an unknown address, after the same work;
 *   account.throttled, whether or not the password was right
 */
export async function logIn(
  request: {
    email: string;
    password: string;
    address: string;
    device?: string | undefined;
    previous?: string | undefined;
  },
  now: Date,
): Promise<LoggedIn> {
  const email = normaliseEmail(request.email);
  const found = await findByEmail(email);
  // Nobody has a random id: an unknown address costs the same reads.
  const accountId = found ?? randomUUID();
  const profile = await findProfile(accountId);
  const device = await findDevice(accountId, profile, request.device, now);
  const limits = device
    ? [LIMITS.logInKnown(device.hash)]
    : LIMITS.logInUnknown(email, request.address);
  await attempt(limits, now);
  if (!(await isPassword(request.password, profile?.passwordHash)) || !profile) {
    throw new VisibleError("password.wrong");
  }
  await forgive(limits, now);
  const session = await startSession(accountId, profile.epoch, now);
  await logOut(request.previous);
  return { accountId, session, device: device ?? (await addDevice(accountId, profile.epoch, now)) };
}

/** @returns undefined where it ended: log-out, 30 minutes without use, 12 hours, another password */
export async function findSession(
  secret: string | undefined,
  now: Date,
): Promise<Session | undefined> {
  const parsed = readSecret(secret);
  if (!parsed) return undefined;
  const { accountId, hash } = parsed;
  const [session, profile, gate] = await Promise.all([
    findItem(key.session(accountId, hash)),
    findProfile(accountId),
    findGate(accountId),
  ]);
  if (!session || !profile || !gate || session.epoch !== profile.epoch) return undefined;
  const lastUsedMs = Date.parse(session.lastUsedAt);
  const endMs = session.expiresAt * 1000;
  if (endMs <= now.getTime() || lastUsedMs + IDLE_MS <= now.getTime()) return undefined;
  const isNoted = now.getTime() - lastUsedMs < IDLE_STEP_MS;
  if (!isNoted && !(await noteUse(accountId, hash, now))) return undefined;
  const idleEndMs = (isNoted ? lastUsedMs : now.getTime()) + IDLE_MS;
  return {
    account: describe(accountId, profile, gate),
    expiresAt: new Date(Math.min(endMs, idleEndMs)),
  };
}

/** Ends the session on the server. Nothing happens where it is over already. */
export async function logOut(secret: string | undefined): Promise<void> {
  const parsed = readSecret(secret);
  if (!parsed) return;
  await table().send(
    new DeleteCommand({
      TableName: config().table.name,
      Key: key.session(parsed.accountId, parsed.hash),
    }),
  );
}

/** @param epoch the profile's, read before the password was checked: a reset in between ends it */
export async function startSession(accountId: string, epoch: number, now: Date): Promise<Cookie> {
  const { secret, hash } = makeSecret(accountId);
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const item: SessionItem = {
    epoch,
    lastUsedAt: now.toISOString(),
    expiresAt: secondsOf(expiresAt),
  };
  await put({ ...key.session(accountId, hash), ...item });
  return { secret, expiresAt };
}

/** Makes this browser known, so that guesses of others do not slow it down. */
export async function addDevice(accountId: string, epoch: number, now: Date): Promise<Cookie> {
  const { secret, hash } = makeSecret(accountId);
  const expiresAt = new Date(now.getTime() + DEVICE_MS);
  await put({ ...key.device(accountId, hash), epoch, expiresAt: secondsOf(expiresAt) });
  return { secret, expiresAt };
}

async function findDevice(
  accountId: string,
  profile: Profile | undefined,
  secret: string | undefined,
  now: Date,
): Promise<(Cookie & { hash: string }) | undefined> {
  const parsed = readSecret(secret);
  if (!secret || parsed?.accountId !== accountId) return undefined;
  const item = await findItem(key.device(accountId, parsed.hash));
  if (!item || item.epoch !== profile?.epoch) return undefined;
  const expiresAt = new Date(item.expiresAt * 1000);
  return expiresAt > now ? { secret, expiresAt, hash: parsed.hash } : undefined;
}

async function noteUse(accountId: string, hash: string, now: Date): Promise<boolean> {
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.session(accountId, hash),
        UpdateExpression: "SET lastUsedAt = :now",
        // Without it a session that was ended a moment ago would come back.
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":now": now.toISOString() },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function put(item: object): Promise<void> {
  await table().send(new PutCommand({ TableName: config().table.name, Item: { ...item } }));
}

async function findItem(Key: { pk: string; sk: string }): Promise<SessionItem | undefined> {
  const { Item } = await table().send(
    new GetCommand({ TableName: config().table.name, Key, ConsistentRead: true }),
  );
  return Item as SessionItem | undefined;
}
