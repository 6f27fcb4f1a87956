import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { config } from "@imagetotext/core/config";
import { publicKeyOf } from "@imagetotext/core/token";
import { createTable, freePort, openDynamo } from "./dynamodb.ts";

export const dataDir = () => process.env.DATA_DIR || ".data";

/**
 * Gives this process a table and signing keys, as `sst deploy` gives them to the functions: through
 * the environment. What is set there already wins. Call it before anything reads the configuration.
 * @returns a function that lets go of them
 */
export async function openLocal(): Promise<() => Promise<void>> {
  await mkdir(dataDir(), { recursive: true });
  const seed = process.env.TOKEN_SIGNING_SEED || (await readOrMakeSeed());
  process.env.TOKEN_SIGNING_SEED = seed;
  process.env.TOKEN_PUBLIC_KEYS ||= publicKeyOf(seed);
  // The links of mails must lead to this server, so its port is chosen before it listens.
  if (!Number(process.env.PORT ?? 3000)) process.env.PORT = String(await freePort());
  process.env.BASE_URL ||= `http://localhost:${process.env.PORT || 3000}`;
  if (!process.env.SMTP_URL) process.env.MAIL_OUTBOX ||= join(dataDir(), "outbox");
  let close = async () => {};
  if (!process.env.DYNAMODB_ENDPOINT) {
    const dynamo = await openDynamo(dataDir());
    process.env.DYNAMODB_ENDPOINT = dynamo.endpoint;
    close = dynamo.close;
  }
  await createTable(process.env.DYNAMODB_ENDPOINT, config().table.name);
  return close;
}

/** Keeps tokens valid over a restart. `wx` lets one of two processes that start at once win. */
async function readOrMakeSeed(): Promise<string> {
  const file = join(dataDir(), "signing-seed");
  const fresh = randomBytes(32).toString("base64");
  await writeFile(file, fresh, { mode: 0o600, flag: "wx" }).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  return readFile(file, "utf8");
}
