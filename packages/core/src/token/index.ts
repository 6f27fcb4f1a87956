import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from "jose";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import type { Caller, Gate } from "../quota/index.ts";
import { key, table } from "../table.ts";
import { signingKey, verificationKeys } from "./key.ts";

export { publicKeyOf } from "./key.ts";

/** Lets people and secret scanners know a token by its look. */
const PREFIX = "itt_";
const ISSUER = "imagetotext";
const AUDIENCE = "imagetotext-api";
const TYPE = "imagetotext+jwt";
const ALGORITHM = "EdDSA";
const MONTHS_VALID = 6;

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
  await replaceActive(accountId, gate.tokenId, tokenId, expiresAt);
  return { token, expiresAt };
}

async function replaceActive(
  accountId: string,
  previous: string | undefined,
  next: string,
  expiresAt: Date,
): Promise<void> {
  const unchanged = previous ? "tokenId = :previous" : "attribute_not_exists(tokenId)";
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET tokenId = :next, tokenExpiresAt = :expiresAt",
        ConditionExpression: `verified = :true AND ${unchanged}`,
        ExpressionAttributeValues: {
          ":next": next,
          ":expiresAt": Math.floor(expiresAt.getTime() / 1000),
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

async function getGate(accountId: string): Promise<Gate> {
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

/** The same day of the month, or the last day of a shorter month: 31 August + 6 is 28 February. */
function addMonths(from: Date, months: number): Date {
  const date = new Date(from);
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== from.getUTCDate()) date.setUTCDate(0);
  return date;
}
