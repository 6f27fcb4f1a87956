import { randomUUID } from "node:crypto";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as Billing from "../billing/index.ts";
import { VisibleError } from "../error.ts";
import * as Mail from "../mail/index.ts";
import type { Gate } from "../quota/index.ts";
import { key, table } from "../table.ts";
import { putNew } from "../transact.ts";
import { attempt, isAllowed, LIMITS } from "./attempts.ts";
import { normaliseEmail, parseEmail } from "./email.ts";
import { issueLink } from "./link.ts";
import { checkPassword, hashPassword } from "./password.ts";
import type { Profile } from "./profile.ts";

/**
 * Makes an account and mails a link that verifies it. Where the address has an account, its owner is
 * told so by mail, and the caller sees no difference: same answer, same work.
 * @param request.address the client's IP address
 * @throws VisibleError email.invalid, password.too_short, password.too_long, password.common,
 *   mail.unsent (the account may exist then), account.throttled
 */
export async function signUp(
  request: { email: string; password: string; address: string },
  now: Date,
): Promise<void> {
  const email = parseEmail(request.email);
  checkPassword(request.password, "password", email);
  await attempt([LIMITS.signUp(request.address)], now);
  const mayMail = await isAllowed(LIMITS.mailTo(email), now);
  const passwordHash = await hashPassword(request.password);
  const accountId = await tryCreate(email, now, passwordHash);
  // A link for nobody, never sent, where the address is taken: the same write.
  const link = await issueLink(accountId ?? randomUUID(), "verify", email, now);
  if (!mayMail) return;
  const content = accountId ? Mail.Text.verification(link) : Mail.Text.alreadyHaveAccount();
  await Mail.send({ to: email, ...content }, now);
}

/**
 * Makes an account that is not verified yet and has no password. The address is unique: of many
 * concurrent calls with one address, one makes an account.
 * @returns the account's id
 * @throws VisibleError account.exists
 */
export async function create(email: string, now: Date): Promise<string> {
  const accountId = await tryCreate(normaliseEmail(email), now);
  if (!accountId) throw new VisibleError("account.exists");
  return accountId;
}

/** @returns undefined when the address is taken */
async function tryCreate(
  email: string,
  now: Date,
  passwordHash?: string,
): Promise<string | undefined> {
  const accountId = randomUUID();
  const plan = Billing.getPlan("free");
  const gate: Gate = {
    verified: false,
    suspended: false,
    plan: plan.id,
    dailyLimit: plan.dailyLimit,
  };
  const profile: Profile = {
    email,
    epoch: 0,
    createdAt: now.toISOString(),
    ...(passwordHash ? { passwordHash } : {}),
  };
  try {
    await table().send(
      new TransactWriteCommand({
        TransactItems: [
          putNew({ ...key.email(email), accountId }),
          putNew({ ...key.profile(accountId), ...profile }),
          putNew({ ...key.gate(accountId), ...gate }),
          putNew({ ...key.registered(accountId), accountId }),
        ],
      }),
    );
    return accountId;
  } catch (error) {
    if (addressIsTaken(error)) return undefined;
    throw error;
  }
}

/** The item of the address is the first of the transaction; a conflict is another call with it. */
function addressIsTaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const reason = error.CancellationReasons?.[0]?.Code;
  return reason === "ConditionalCheckFailed" || reason === "TransactionConflict";
}
