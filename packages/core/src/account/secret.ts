import { createHash, randomBytes } from "node:crypto";

/** 64 characters of base64url: the account's id (16 bytes), then 32 random bytes. */
const SHAPE = /^[\w-]{64}$/;

type Secret = { secret: string; hash: string };

/**
 * Makes what a cookie or a link carries. Only `hash` is stored: who reads the table cannot use it.
 * It names its account, so that everything of an account lives under one key; the id is no secret.
 */
export function makeSecret(accountId: string): Secret {
  const id = Buffer.from(accountId.replaceAll("-", ""), "hex");
  const secret = Buffer.concat([id, randomBytes(32)]).toString("base64url");
  return { secret, hash: hashOf(secret) };
}

/** @returns undefined for what cannot be one of ours */
export function readSecret(
  secret: string | undefined,
): { accountId: string; hash: string } | undefined {
  if (!secret || !SHAPE.test(secret)) return undefined;
  const hex = Buffer.from(secret, "base64url").toString("hex", 0, 16);
  const accountId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return { accountId, hash: hashOf(secret) };
}

/** 256 random bits need no slow hash. */
function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
