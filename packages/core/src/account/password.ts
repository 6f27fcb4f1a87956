import crypto from "node:crypto";
import { argon2id } from "hash-wasm";
import { VisibleError } from "../error.ts";
import { isCommon } from "./common-password.ts";

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. `memory` is KiB. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Takes the place of a hash that is not there. No password leads to it. */
const NOBODY = format(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

/** OWASP ASVS 4.0.3, 2.1.1 and 2.1.2. Characters (code points). */
const MIN_LENGTH = 12;
const MAX_LENGTH = 128;

/**
 * Refuses what is too short, too long or among the first guesses. Any character is welcome.
 * @throws VisibleError password.too_short, password.too_long, password.common
 */
export function checkPassword(password: string, field: string, email?: string): void {
  const { length } = [...password.normalize("NFKC")];
  if (length < MIN_LENGTH) throw new VisibleError("password.too_short", undefined, { field });
  if (length > MAX_LENGTH) throw new VisibleError("password.too_long", undefined, { field });
  if (isCommon(password, email)) throw new VisibleError("password.common", undefined, { field });
}

/** @returns a PHC string: https://github.com/P-H-C/phc-string-format */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  return format(COST, salt, await derive(password, salt, COST));
}

/** Takes as long without a hash (no such account, no password yet) as with one. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt = "", expected = ""] =
    (hash ?? NOBODY).match(PHC) ?? [];
  const cost = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  };
  const derived = await derive(password, Buffer.from(salt, "base64"), cost);
  const matches = crypto.timingSafeEqual(derived, Buffer.from(expected, "base64"));
  return matches && hash !== undefined;
}

/** One password has one spelling, whichever way a keyboard composes it. */
function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const message = Buffer.from(password.normalize("NFKC"));
  // Node.js has it since 24.7, where built with OpenSSL 3.2.
  return typeof crypto.argon2 === "function"
    ? deriveNatively(message, salt, cost)
    : deriveByWasm(message, salt, cost);
}

function deriveNatively(message: Buffer, nonce: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    crypto.argon2(
      "argon2id",
      { message, nonce, ...cost, tagLength: HASH_BYTES },
      (error, derived) => (error ? reject(error) : resolve(derived)),
    );
  });
}

async function deriveByWasm(message: Buffer, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const derived = await argon2id({
    password: message,
    salt,
    memorySize: cost.memory,
    iterations: cost.passes,
    parallelism: cost.parallelism,
    hashLength: HASH_BYTES,
    outputType: "binary",
  });
  return Buffer.from(derived);
}

function format(cost: typeof COST, salt: Buffer, hash: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}
