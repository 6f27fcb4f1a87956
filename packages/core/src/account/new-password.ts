import { randomUUID } from "node:crypto";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import * as Mail from "../mail/index.ts";
import { key } from "../table.ts";
import { transact, type Writes } from "../transact.ts";
import { attempt, isAllowed, LIMITS } from "./attempts.ts";
import { parseEmail } from "./email.ts";
import { getLink, issueLink, useLink } from "./link.ts";
import { checkPassword, hashPassword } from "./password.ts";
import {
  confirmPassword,
  findByEmail,
  findProfile,
  getProfile,
  type Profile,
  setOnGate,
} from "./profile.ts";
import { addDevice, type Cookie, type LoggedIn, startSession } from "./session.ts";

/**
 * Mails a link that sets a new password. An address without an account is told so by mail: the same
 * answer and the same work here, and its owner does not wait in vain.
 * @param request.address the client's IP address
 * @throws VisibleError email.invalid, mail.unsent, account.throttled
 */
export async function startPasswordReset(
  request: { email: string; address: string },
  now: Date,
): Promise<void> {
  const email = parseEmail(request.email);
  await attempt([LIMITS.reset(request.address)], now);
  const mayMail = await isAllowed(LIMITS.mailTo(email), now);
  const accountId = (await findByEmail(email)) ?? randomUUID();
  const profile = await findProfile(accountId);
  const link = await issueLink(accountId, "reset", String(profile?.epoch ?? 0), now);
  // The links of the mails before still stand, so a stranger cannot keep the owner from one.
  if (!mayMail) return;
  const content = profile ? Mail.Text.passwordReset(link) : Mail.Text.noAccount();
  await Mail.send({ to: email, ...content }, now);
}

/**
 * Uses the link of a reset mail up. All sessions, known devices and other reset links end; a change
 * of address that waits is dropped; and as the mail was read, the account is verified.
 * @returns the device secret that makes this browser known; log in next
 * @throws VisibleError password.too_short, password.too_long, password.common (the link still works
 *   then), link.invalid
 */
export async function resetPassword(
  linkSecret: string,
  newPassword: string,
  now: Date,
): Promise<{ accountId: string; device: Cookie }> {
  const link = await getLink(linkSecret, "reset", now);
  const { accountId } = link;
  const profile = await getProfile(accountId);
  checkPassword(newPassword, "password", profile.email);
  if (link.bound !== String(profile.epoch)) throw new VisibleError("link.invalid");
  const passwordHash = await hashPassword(newPassword);
  const failed = await transact([
    useLink(link),
    setPassword(accountId, profile, passwordHash, " REMOVE pendingEmail"),
  ]);
  if (failed !== undefined) throw new VisibleError("link.invalid");
  await setOnGate(accountId, { verified: true });
  const device = await addDevice(accountId, profile.epoch + 1, now);
  await Mail.notify({ to: profile.email, ...Mail.Text.passwordChanged() }, now);
  return { accountId, device };
}

/**
 * Sets another password and ends all sessions and known devices but this browser's, which gets new
 * secrets.
 * @throws VisibleError password.wrong, password.too_short, password.too_long, password.common,
 *   session.ended when the password was changed meanwhile, account.throttled
 */
export async function changePassword(
  request: { accountId: string; password: string; newPassword: string },
  now: Date,
): Promise<LoggedIn> {
  const { accountId, password, newPassword } = request;
  const profile = await confirmPassword(accountId, password, now);
  checkPassword(newPassword, "newPassword", profile.email);
  const passwordHash = await hashPassword(newPassword);
  const failed = await transact([setPassword(accountId, profile, passwordHash)]);
  if (failed !== undefined) throw new VisibleError("session.ended");
  const epoch = profile.epoch + 1;
  const session = await startSession(accountId, epoch, now);
  const device = await addDevice(accountId, epoch, now);
  await Mail.notify({ to: profile.email, ...Mail.Text.passwordChanged() }, now);
  return { accountId, session, device };
}

/** The next epoch begins with it, and only from the one that was read: of two at once, one wins. */
function setPassword(
  accountId: string,
  profile: Profile,
  passwordHash: string,
  remove = "",
): Writes[number] {
  return {
    Update: {
      TableName: config().table.name,
      Key: key.profile(accountId),
      UpdateExpression: `SET passwordHash = :hash, epoch = :next${remove}`,
      ConditionExpression: "epoch = :epoch",
      ExpressionAttributeValues: {
        ":hash": passwordHash,
        ":epoch": profile.epoch,
        ":next": profile.epoch + 1,
      },
    },
  };
}
