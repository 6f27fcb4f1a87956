import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from "jose";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { type Caller, type Gate, getGate } from "../quota/index.ts";
import * as Receipt from "../receipt/index.ts";
import { key, queryPages, table } from "../table.ts";
import { dayOf, secondsOf } from "../time.ts";
import { signingKey, verificationKeys } from "./key.ts";

export { publicKeyOf } from "./key.ts";

/** Lets people and secret scanners know a token by its look. */
const PREFIX = "itt_";
const ISSUER = "imagetotext";
const AUDIENCE = "imagetotext-api";
const TYPE = "imagetotext+jwt";
const ALGORITHM = "EdDSA";
const MONTHS_VALID = 6;
const SHORT_LIVED_MS = 5 * 60_000;
/** The end of the signature: of 64^6 values nobody guesses the rest. */
const SHOWN_CHARACTERS = 6;

/**
 * Who calls, from the `Authorization` header. The signature decides, without the table: a forged or
 * expired token costs no database call. Whether the token is still the active one is `Quota.reserve`'s
 * to say.
 * @throws VisibleError token.missing, token.invalid, token.expired
 */
export async function authenticate(header: string | undefined, now: Date): Promise<Caller> {
  const [, token] = header?.match(/^bearer +(\S+) *$/i) ?? [];
  if (!token) throw new VisibleError("token.missing");
  if (!token.startsWith(PREFIX)) throw new VisibleError("token.invalid");
  try {
    const { payload } = await jwtVerify(token.slice(PREFIX.length), findKey, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "sub", "jti"],
      currentDate: now,
    });
    return { accountId: String(payload.sub), tokenId: String(payload.jti) };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw new VisibleError("token.expired");
    if (cause instanceof errors.JOSEError) throw new VisibleError("token.invalid");
    throw cause;
  }
}

/**
 * Makes the account's one active token. The one before it stops working at once; today's count stays.
 * The token is not kept: this is the only time it can be shown.
 * @throws VisibleError account.unknown, account.unverified; token.replaced when another call was faster
 */
export async function issue(
  accountId: string,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const gate = await getGate(accountId);
  if (!gate.verified) throw new VisibleError("account.unverified");
  const expiresAt = addMonths(now, MONTHS_VALID);
  const tokenId = randomUUID();
  const token = await sign({ accountId, tokenId }, now, expiresAt);
  // Before the token is active: a note about a token that never was is harmless, a missing one is not.
  await noteExpiry(accountId, tokenId, expiresAt);
  await replaceActive(accountId, gate.tokenId, {
    tokenId,
    tokenExpiresAt: secondsOf(expiresAt),
    tokenCreatedAt: now.toISOString(),
    tokenEnd: token.slice(-SHOWN_CHARACTERS),
  });
  return { token, expiresAt };
}

/** What can be shown of a token after it was issued. */
export type Description = {
  /** `itt_…` and its last characters. */
  hint: string;
  createdAt: Date;
  /** The last request that it was answered with a result for; missing before the first. */
  lastUsedAt?: Date;
  expiresAt: Date;
};

/** @returns the account's token, expired or not, or undefined before the first is issued */
export async function describe(accountId: string): Promise<Description | undefined> {
  const [gate, lastUsedAt] = await Promise.all([getGate(accountId), Receipt.lastAt(accountId)]);
  if (!gate.tokenId || !gate.tokenCreatedAt) return undefined;
  const createdAt = new Date(gate.tokenCreatedAt);
  return {
    hint: `${PREFIX}…${gate.tokenEnd}`,
    createdAt,
    ...(lastUsedAt && lastUsedAt >= createdAt ? { lastUsedAt } : {}),
    expiresAt: new Date((gate.tokenExpiresAt ?? 0) * 1000),
  };
}

/**
 * A token for the playground. It carries the active token's id, so it counts as that one, passes the
 * same checks, and stops with it; and it expires after 5 minutes.
 * @throws VisibleError account.unknown, account.unverified, account.suspended; token.none where there
 *   is no token or it has expired
 */
export async function issueShortLived(
  accountId: string,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const gate = await getGate(accountId);
  if (!gate.verified) throw new VisibleError("account.unverified");
  if (gate.suspended) throw new VisibleError("account.suspended");
  const { tokenId, tokenExpiresAt = 0 } = gate;
  if (!tokenId || tokenExpiresAt <= secondsOf(now)) throw new VisibleError("token.none");
  const expiresAt = new Date(Math.min(now.getTime() + SHORT_LIVED_MS, tokenExpiresAt * 1000));
  return { token: await sign({ accountId, tokenId }, now, expiresAt), expiresAt };
}

type ExpiringToken = { accountId: string; tokenId: string; expiresAt: Date };

/**
 * The tokens that were issued to expire on that day (UTC), replaced ones included: `claimReminder`
 * tells them apart. One partition a day, so that nobody scans the table.
 */
export async function listExpiring(day: Date): Promise<ExpiringToken[]> {
  const pages = queryPages({
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": key.expiry(dayOf(day), "").pk },
  });
  const found: ExpiringToken[] = [];
  for await (const { Items = [] } of pages) {
    for (const { accountId, tokenId, tokenExpiresAt } of Items) {
      found.push({ accountId, tokenId, expiresAt: new Date(tokenExpiresAt * 1000) });
    }
  }
  return found;
}

/**
 * Whether the owner is to be reminded of this token: true once, and never for one that was replaced.
 * One conditional write, so that two jobs at once send one mail.
 */
export async function claimReminder({ accountId, tokenId }: ExpiringToken): Promise<boolean> {
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET remindedTokenId = :tokenId",
        ConditionExpression:
          "tokenId = :tokenId AND (attribute_not_exists(remindedTokenId) OR remindedTokenId <> :tokenId)",
        ExpressionAttributeValues: { ":tokenId": tokenId },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Gives a claim back: the mail could not be sent. */
export async function unclaimReminder({ accountId, tokenId }: ExpiringToken): Promise<void> {
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "REMOVE remindedTokenId",
        ConditionExpression: "remindedTokenId = :tokenId",
        ExpressionAttributeValues: { ":tokenId": tokenId },
      }),
    );
  } catch (error) {
    // The account was deleted, or has another token.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function noteExpiry(accountId: string, tokenId: string, expiresAt: Date): Promise<void> {
  await table().send(
    new PutCommand({
      TableName: config().table.name,
      Item: {
        ...key.expiry(dayOf(expiresAt), tokenId),
        accountId,
        tokenId,
        tokenExpiresAt: secondsOf(expiresAt),
        // DynamoDB deletes it some time after the token is over.
        expiresAt: secondsOf(expiresAt) + 7 * 86_400,
      },
    }),
  );
}

type Active = Required<Pick<Gate, "tokenId" | "tokenExpiresAt" | "tokenCreatedAt" | "tokenEnd">>;

async function replaceActive(
  accountId: string,
  previous: string | undefined,
  next: Active,
): Promise<void> {
  const unchanged = previous ? "tokenId = :previous" : "attribute_not_exists(tokenId)";
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression:
          "SET tokenId = :id, tokenExpiresAt = :expiresAt, tokenCreatedAt = :createdAt, tokenEnd = :end",
        ConditionExpression: `verified = :true AND ${unchanged}`,
        ExpressionAttributeValues: {
          ":id": next.tokenId,
          ":expiresAt": next.tokenExpiresAt,
          ":createdAt": next.tokenCreatedAt,
          ":end": next.tokenEnd,
          ":true": true,
          ...(previous ? { ":previous": previous } : {}),
        },
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new VisibleError("token.replaced", undefined, { cause });
  }
}

async function sign(caller: Caller, now: Date, expiresAt: Date): Promise<string> {
  const seed = config().token.signingSeed;
  if (!seed) throw new Error("TOKEN_SIGNING_SEED is not set: this process cannot issue tokens");
  const { id, privateKey } = signingKey(seed);
  const jwt = await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: id })
    .setSubject(caller.accountId)
    .setJti(caller.tokenId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(expiresAt)
    .sign(privateKey);
  return PREFIX + jwt;
}

let keys: ReturnType<typeof verificationKeys> | undefined;

async function findKey({ kid }: JWTHeaderParameters) {
  keys ??= verificationKeys(config().token.publicKeys);
  const found = (await keys).get(kid ?? "");
  if (!found) throw new errors.JWKSNoMatchingKey();
  return found;
}

/** The same day of the month, or the last day of a shorter month: 31 August + 6 is 28 February. */
function addMonths(from: Date, months: number): Date {
  const date = new Date(from);
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== from.getUTCDate()) date.setUTCDate(0);
  return date;
}
