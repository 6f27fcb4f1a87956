import type { Account } from "@imagetotext/core/account";
import type { Context } from "hono";
import { findSession, toLogIn } from "./cookie.ts";
import { type Form, type Problem, problemOf, readForm } from "./form.ts";

/** A form as it arrived. */
type Sent = { form: Form; now: Date };
/** A form of somebody who is logged in. */
export type OwnSent = Sent & { account: Account };
/** A form that was not carried out, and why. */
export type Refused<S extends Sent = Sent> = S & { problem: Problem };

type Answer = Response | Promise<Response>;

/**
 * Answers a form. `act` does what it asks for and says where to go next. What is wrong with it, `show`
 * shows in the same page: next to its field, and with what was typed.
 * @throws VisibleError request.*, when it is no form of ours
 */
export async function answerForm(
  c: Context,
  act: (sent: Sent) => Answer,
  show: (refused: Refused) => Answer,
): Promise<Response> {
  const form = await readForm(c);
  return attempt(c, { form, now: new Date() }, act, show);
}

/** The same for a form of an account. Whoever is not logged in is sent to the log-in page. */
export async function answerOwnForm(
  c: Context,
  act: (sent: OwnSent) => Answer,
  show: (refused: Refused<OwnSent>) => Answer,
): Promise<Response> {
  const form = await readForm(c);
  const now = new Date();
  const session = await findSession(c, now);
  if (!session) return toLogIn(c);
  return attempt(c, { form, now, account: session.account }, act, show);
}

async function attempt<S extends Sent>(
  c: Context,
  sent: S,
  act: (sent: S) => Answer,
  show: (refused: Refused<S>) => Answer,
): Promise<Response> {
  try {
    return await act(sent);
  } catch (error) {
    return show({ ...sent, problem: problemOf(c, error) });
  }
}
