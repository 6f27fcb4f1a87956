import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicKeyOf } from "../../packages/core/src/token/index.ts";
import { createTable, openMemoryDynamo } from "../../packages/functions/src/local/dynamodb.ts";

/** One real table for the whole run, in memory; each test makes an account of its own in it. */
export async function setup(): Promise<() => Promise<void>> {
  const { endpoint, close } = await openMemoryDynamo();
  await createTable(endpoint, "imagetotext");
  const seed = randomBytes(32).toString("base64");
  process.env.DYNAMODB_ENDPOINT = endpoint;
  process.env.TOKEN_SIGNING_SEED = seed;
  process.env.TOKEN_PUBLIC_KEYS = publicKeyOf(seed);
  process.env.MAIL_OUTBOX = mkdtempSync(join(tmpdir(), "imagetotext-outbox-"));
  return close;
}
