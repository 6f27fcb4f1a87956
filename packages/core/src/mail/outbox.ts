import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { config } from "../config.ts";
import type { Mail } from "./index.ts";

/** A mail that was kept on this machine instead of being sent. */
type OutboxMail = Mail & { id: string; sentAt: Date };

let kept = 0;

/** One file a mail, so that the server, a command and a test can share the folder. */
export async function keep(mail: Mail, now: Date): Promise<void> {
  const folder = getFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Names sort by time, and those of one millisecond by order.
  const time = now.getTime().toString().padStart(15, "0");
  const id = `${time}-${(kept++).toString().padStart(6, "0")}-${randomUUID()}`;
  const { to, subject, text, html } = mail;
  const content = JSON.stringify({ to, subject, text, html, sentAt: now.toISOString() });
  await writeFile(join(folder, `${id}.json`), content, { mode: 0o600 });
}

/**
 * The mails that were kept, newest first. @param to only those to this address
 * @throws Error where mails are really sent: there is no outbox then, and no page may show one
 */
export async function listOutbox(to?: string): Promise<OutboxMail[]> {
  const folder = getFolder();
  const names = await readdir(folder).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
  const mails = await Promise.all(ids.sort().reverse().map(read));
  return to === undefined ? mails : mails.filter((mail) => mail.to === to);
}

/** One mail of the outbox. @throws Error as `listOutbox` does */
export async function findInOutbox(id: string): Promise<OutboxMail | undefined> {
  return (await listOutbox()).find((mail) => mail.id === id);
}

async function read(id: string): Promise<OutboxMail> {
  const { sentAt, ...mail } = JSON.parse(await readFile(join(getFolder(), `${id}.json`), "utf8"));
  return { id, sentAt: new Date(sentAt), ...mail };
}

function getFolder(): string {
  const { smtpUrl, outboxDir } = config().mail;
  if (smtpUrl || !outboxDir) throw new Error("Mails are sent, not kept: there is no outbox");
  return outboxDir;
}
