import * as Mail from "../mail/index.ts";
import * as Token from "../token/index.ts";
import { findProfile } from "./profile.ts";

const DAYS_AHEAD = 14;

/**
 * The daily job: mails the owners of tokens that expire within 14 days, each token once. A day on
 * which it did not run is made up for by the next.
 * @returns how many mails were sent
 */
export async function remindOfExpiry(now: Date): Promise<number> {
  let sent = 0;
  for (let days = 0; days <= DAYS_AHEAD; days++) {
    const day = new Date(now.getTime() + days * 86_400_000);
    for (const token of await Token.listExpiring(day)) {
      if (token.expiresAt <= now) continue;
      const profile = await findProfile(token.accountId);
      if (!profile || !(await Token.claimReminder(token))) continue;
      await Mail.send({ to: profile.email, ...Mail.Text.tokenExpires(token.expiresAt) }, now);
      sent += 1;
    }
  }
  return sent;
}
