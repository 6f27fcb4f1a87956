import * as Account from "@imagetotext/core/account";
import * as Mail from "@imagetotext/core/mail";
import { table } from "@imagetotext/core/table";
import { expect } from "vitest";

export const PASSWORD = "violet harbour sings";

export const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** A client address that no other test has used up. */
export const newAddress = () => `client-${crypto.randomUUID()}`;

/** The subjects of the mails to this address, newest first, without the product's name. */
export async function subjectsTo(email: string): Promise<string[]> {
  const mails = await Mail.listOutbox(email);
  return mails.map(({ subject }) => subject.replace(" · imagetotext", ""));
}

/** What follows `?token=` in the newest mail to this address that has such a link. */
export async function linkTo(
  email: string,
  page: "verify-email" | "reset-password",
): Promise<string> {
  for (const { text } of await Mail.listOutbox(email)) {
    const [, secret] = text.match(new RegExp(`/${page}\\?token=(\\S+)`)) ?? [];
    if (secret) return secret;
  }
  throw new Error(`no mail with a link to ${page}`);
}

/** Somebody who signed up, and opened the mail where `verified`. */
export async function makePerson(now: Date, verified = true) {
  const email = newEmail();
  const address = newAddress();
  await Account.signUp({ email, password: PASSWORD, address }, now);
  if (verified) await Account.confirmEmail(await linkTo(email, "verify-email"), now);
  const accountId = await Account.findByEmail(email);
  expect(accountId).toBeDefined();
  const logIn = (at = now, password = PASSWORD) => Account.logIn({ email, password, address }, at);
  return { email, address, accountId: String(accountId), logIn };
}

/** The code of what is thrown, or "done". */
export const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "done",
    (error) => error.code ?? String(error),
  );

/** The kinds of calls to the table while `work` runs, in order. */
export async function tableCalls(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  table().middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context.commandName));
      return next(args);
    },
    { step: "initialize", name: "countCalls" },
  );
  await work().catch(() => {});
  table().middlewareStack.remove("countCalls");
  return calls;
}
