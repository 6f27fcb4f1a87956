import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { keep } from "./outbox.ts";
import { sendBySes } from "./ses.ts";
import { sendBySmtp } from "./smtp.ts";

export { findInOutbox, listOutbox } from "./outbox.ts";
export * as Text from "./text.ts";

/** What a mail says. `html` loads nothing from anywhere. */
export type Content = { subject: string; text: string; html: string };

export type Mail = Content & { to: string };

/**
 * Origin that the links of mails lead to. It never comes from a request: whoever sends a forged Host
 * header would get the owner's link.
 */
export function siteUrl(): string {
  const { baseUrl } = config().site;
  if (baseUrl) return baseUrl;
  if (way() === "outbox") return "http://localhost:3000";
  throw new Error("BASE_URL is not set: the links of mails need it");
}

/** Which way mails leave this process. */
export function way(): "smtp" | "outbox" | "ses" {
  const { smtpUrl, outboxDir } = config().mail;
  if (smtpUrl) return "smtp";
  // The local server names the folder. A deployed function has neither, so it can only use SES.
  return outboxDir ? "outbox" : "ses";
}

/**
 * Hands a mail over: to the SMTP server of SMTP_URL, or to the local outbox, or to SES.
 * @throws VisibleError mail.unsent when it was not taken
 */
export async function send(mail: Mail, now: Date): Promise<void> {
  try {
    await { smtp: sendBySmtp, outbox: keep, ses: sendBySes }[way()](mail, now);
  } catch (error) {
    throw new VisibleError("mail.unsent", undefined, { cause: withoutAddress(error) });
  }
}

/**
 * Sends a notice of something that is done. It does not fail: an answer that said so would be wrong.
 * @returns whether it was sent
 */
export async function notify(mail: Mail, now: Date): Promise<boolean> {
  try {
    await send(mail, now);
    return true;
  } catch (error) {
    if (error instanceof VisibleError) return false;
    throw error;
  }
}

/** Servers quote the address in their refusals, and a cause may end up in a log. */
function withoutAddress(error: unknown): Error {
  const name = error instanceof Error ? error.name : "unknown";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new Error(`mail refused: ${name} ${code}`.trimEnd());
}
