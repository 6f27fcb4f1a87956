import * as Mail from "../mail/index.ts";
import * as Token from "../token/index.ts";
import { findProfile } from "./profile.ts";

const DAYS_AHEAD = 14;

/**
 * The daily job: mails the owners of tokens that expire within 14 days, each token once. A mail that
 * could not be sent, and a day on which the job did not run, are made up for by the next run.
 * @returns how many mails were sent, and how many could not be
 */
export async function remindOfExpiry(now: Date): Promise<{ sent: number; unsent: number }> {
  const count = { sent: 0, unsent: 0 };
  for (let days = 0; days <= DAYS_AHEAD; days++) {
    const day = new Date(now.getTime() + days * 86_400_000);
    for (const token of await Token.listExpiring(day)) {
      if (token.expiresAt <= now) continue;
      const profile = await findProfile(token.accountId);
      if (!profile || !(await Token.claimReminder(token))) continue;
      const content = Mail.Text.tokenExpires(token.expiresAt);
      const isSent = await Mail.notify({ to: profile.email, ...content }, now);
      count[isSent ? "sent" : "unsent"] += 1;
      if (!isSent) await Token.unclaimReminder(token);
    }
  }
  return count;
}
