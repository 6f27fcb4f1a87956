import type * as Billing from "../billing/index.ts";
import { setOnGate } from "./profile.ts";

export { deleteAccount } from "./deletion.ts";
export { isLinkValid } from "./link.ts";
export { changePassword, resetPassword, startPasswordReset } from "./new-password.ts";
export { type Account, find, findByEmail } from "./profile.ts";
export { forEach, listAll } from "./registry.ts";
export { remindOfExpiry } from "./reminder.ts";
export {
  type Cookie,
  findSession,
  type LoggedIn,
  logIn,
  logOut,
  type Session,
} from "./session.ts";
export { create, signUp } from "./sign-up.ts";
export { changeEmail, confirmEmail, requestVerification, verify } from "./verification.ts";

/**
 * Closes an account to all calls, or opens it again. Its token and its data stay.
 * @throws VisibleError account.unknown
 */
export async function suspend(accountId: string, suspended = true): Promise<void> {
  await setOnGate(accountId, { suspended });
}

/**
 * Puts an account on a plan, with the plan's requests a day. Today's count stays.
 * @throws VisibleError account.unknown
 */
export async function setPlan(accountId: string, plan: Billing.Plan): Promise<void> {
  await setOnGate(accountId, { plan: plan.id, dailyLimit: plan.dailyLimit });
}
