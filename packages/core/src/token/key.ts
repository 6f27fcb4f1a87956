import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type CryptoKey, importJWK } from "jose";

/** RFC 8410: the bytes that come before the 32 secret bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

type SigningKey = { id: string; privateKey: KeyObject };

/** @param seed base64 of 32 random bytes, the whole secret of an Ed25519 key */
export function signingKey(seed: string): SigningKey {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, "base64")]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { id: keyId(rawPublicKey(privateKey)), privateKey };
}

/** The raw public key that belongs to a seed, base64url: what TOKEN_PUBLIC_KEYS holds. */
export function publicKeyOf(seed: string): string {
  return rawPublicKey(signingKey(seed).privateKey);
}

/** @returns key id -> key, for each raw public key in base64url */
export async function verificationKeys(
  rawKeys: readonly string[],
): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const x of rawKeys) {
    const imported = await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA");
    keys.set(keyId(x), imported as CryptoKey);
  }
  return keys;
}

function rawPublicKey(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (!x) throw new Error("not an Ed25519 key");
  return x;
}

/** Which key signed a token: eight characters of a hash, enough to tell a few keys apart. */
function keyId(rawKey: string): string {
  return createHash("sha256").update(rawKey).digest("base64url").slice(0, 8);
}
