import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import * as Mail from "../mail/index.ts";
import { key, table } from "../table.ts";
import { putNew, transact, type Writes } from "../transact.ts";
import { attempt, LIMITS } from "./attempts.ts";
import { parseEmail } from "./email.ts";
import { getLink, issueLink, type Link, useLink } from "./link.ts";
import { confirmPassword, findByEmail, getProfile, type Profile, setOnGate } from "./profile.ts";

/**
 * Marks the e-mail address as the account's own. From now on a token can be issued.
 * @throws VisibleError account.unknown
 */
export async function verify(accountId: string): Promise<void> {
  await setOnGate(accountId, { verified: true });
}

/**
 * Mails a link that confirms the account's address, or the one that is to take its place.
 * @throws VisibleError account.unknown, mail.unsent, account.throttled
 */
export async function requestVerification(accountId: string, now: Date): Promise<void> {
  await attempt([LIMITS.mailFrom(accountId)], now);
  const { email, pendingEmail } = await getProfile(accountId);
  await mailLink(accountId, pendingEmail ?? email, now);
}

/**
 * Uses the link of a verification mail up: the account is verified, and has the address that was
 * waiting, where there was one. Call it from a button: scanners of mails open links.
 * @returns the account's address
 * @throws VisibleError link.invalid; account.exists when the new address got an account meanwhile
 */
export async function confirmEmail(
  linkSecret: string,
  now: Date,
): Promise<{ accountId: string; email: string }> {
  const link = await getLink(linkSecret, "verify", now);
  const { accountId, bound: email } = link;
  const profile = await getProfile(accountId);
  if (email !== (profile.pendingEmail ?? profile.email)) throw new VisibleError("link.invalid");
  if (email === profile.email) await confirmOwn(link);
  else await replaceEmail(link, profile.email, now);
  return { accountId, email };
}

/**
 * Asks for another address. Until the mail to it is confirmed the account is unverified (the API
 * answers 403) and keeps the old address for logging in, so that a typing error locks nobody out.
 * The old address is told. An address that has an account already looks the same from here: its
 * owner gets a mail without a link.
 * @throws VisibleError password.wrong, email.invalid, session.ended, mail.unsent, account.throttled
 */
export async function changeEmail(
  request: { accountId: string; password: string; newEmail: string },
  now: Date,
): Promise<void> {
  const { accountId } = request;
  const newEmail = parseEmail(request.newEmail, "newEmail");
  const profile = await confirmPassword(accountId, request.password, now);
  await attempt([LIMITS.mailFrom(accountId)], now);
  // First, so that a crash in between leaves an account that is closed rather than open.
  await setOnGate(accountId, { verified: false });
  await setPending(accountId, profile, newEmail);
  await mailLink(accountId, newEmail, now);
  if (newEmail === profile.email) return;
  await Mail.notify({ to: profile.email, ...Mail.Text.emailChanging(newEmail) }, now);
}

async function setPending(accountId: string, profile: Profile, newEmail: string): Promise<void> {
  const isOwn = newEmail === profile.email;
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.profile(accountId),
        UpdateExpression: isOwn ? "REMOVE pendingEmail" : "SET pendingEmail = :new",
        // The address or the password changed meanwhile: whoever did that decides.
        ConditionExpression: "email = :old AND epoch = :epoch",
        ExpressionAttributeValues: {
          ":old": profile.email,
          ":epoch": profile.epoch,
          ...(isOwn ? {} : { ":new": newEmail }),
        },
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new VisibleError("session.ended", undefined, { cause });
  }
}

async function mailLink(accountId: string, email: string, now: Date): Promise<void> {
  const owner = await findByEmail(email);
  const link = await issueLink(accountId, "verify", email, now);
  const isTaken = owner !== undefined && owner !== accountId;
  const content = isTaken ? Mail.Text.alreadyHaveAccount() : Mail.Text.verification(link);
  await Mail.send({ to: email, ...content }, now);
}

async function confirmOwn(link: Link): Promise<void> {
  const failed = await transact([
    useLink(link),
    {
      ConditionCheck: {
        TableName: config().table.name,
        Key: key.profile(link.accountId),
        ConditionExpression: "email = :email AND attribute_not_exists(pendingEmail)",
        ExpressionAttributeValues: { ":email": link.bound },
      },
    },
    openGate(link.accountId),
  ]);
  if (failed !== undefined) throw new VisibleError("link.invalid");
}

/** The old address is free, the new one taken, and the gate open: all at once or not at all. */
async function replaceEmail(link: Link, oldEmail: string, now: Date): Promise<void> {
  const { accountId, bound: newEmail } = link;
  const failed = await transact([
    useLink(link),
    putNew({ ...key.email(newEmail), accountId }),
    {
      Delete: {
        TableName: config().table.name,
        Key: key.email(oldEmail),
        ConditionExpression: "accountId = :accountId",
        ExpressionAttributeValues: { ":accountId": accountId },
      },
    },
    {
      Update: {
        TableName: config().table.name,
        Key: key.profile(accountId),
        UpdateExpression: "SET email = :new REMOVE pendingEmail",
        ConditionExpression: "email = :old AND pendingEmail = :new",
        ExpressionAttributeValues: { ":new": newEmail, ":old": oldEmail },
      },
    },
    openGate(accountId),
  ]);
  if (failed === 1) throw new VisibleError("account.exists");
  if (failed !== undefined) throw new VisibleError("link.invalid");
  await Mail.notify({ to: oldEmail, ...Mail.Text.emailChanged(newEmail) }, now);
}

const openGate = (accountId: string): Writes[number] => ({
  Update: {
    TableName: config().table.name,
    Key: key.gate(accountId),
    UpdateExpression: "SET verified = :true",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeValues: { ":true": true },
  },
});
