import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as Account from "@imagetotext/core/account";
import { VisibleError } from "@imagetotext/core/error";
import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import { dataDir } from "./open.ts";

const DEMO_EMAIL = "demo@example.com";

/** A fresh token for this address. Its account is made and verified where that is still to do. */
export async function issueLocalToken(email: string): Promise<string> {
  const now = new Date();
  const accountId = (await Account.findByEmail(email)) ?? (await Account.create(email, now));
  await Account.verify(accountId);
  const { token } = await Token.issue(accountId, now);
  return token;
}

/** The demo account's token: the one of the last start while it is the active one, else a fresh one. */
export async function demoToken(): Promise<string> {
  const file = join(dataDir(), "demo-token");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept && (await isActive(kept))) return kept;
  const token = await issueLocalToken(DEMO_EMAIL);
  await writeFile(file, token, { mode: 0o600 });
  return token;
}

async function isActive(token: string): Promise<boolean> {
  const now = new Date();
  try {
    await Quota.usage(await Token.authenticate(`Bearer ${token}`, now), now);
    return true;
  } catch (error) {
    if (error instanceof VisibleError) return false;
    throw error;
  }
}
