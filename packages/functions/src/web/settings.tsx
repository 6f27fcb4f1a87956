import * as Account from "@imagetotext/core/account";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { findSession, forgetSession, keepLoggedIn, toLogIn } from "./cookie.ts";
import { Field, PASSWORD_HINT } from "./field.tsx";
import { type Form, type Problem, problemOf, readForm } from "./form.ts";
import { page } from "./layout.tsx";

/** Which of the page's forms was sent, and what came of it. */
type Outcome = { section: "email" | "password" | "delete"; form: Form; problem: Problem };

const DONE: Record<string, string> = {
  email: "Open the mail that we sent to the new address. Until then the API answers 403.",
  password: "Your password is changed, and all other sessions are ended.",
};

export function settingsRoutes(app: Api): void {
  app.get("/settings", async (c) => {
    const session = await findSession(c, new Date());
    return session ? settingsPage(c, session.account) : toLogIn(c);
  });

  app.post("/settings/email", async (c) => {
    const form = await readForm(c);
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    const { accountId } = session.account;
    const { password = "", newEmail = "" } = form;
    try {
      await Account.changeEmail({ accountId, password, newEmail }, now);
    } catch (error) {
      const problem = problemOf(error);
      return settingsPage(c, session.account, { section: "email", form, problem });
    }
    return c.redirect("/settings?done=email", 303);
  });

  app.post("/settings/password", async (c) => {
    const form = await readForm(c);
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    const { accountId } = session.account;
    const { password = "", newPassword = "" } = form;
    try {
      keepLoggedIn(c, await Account.changePassword({ accountId, password, newPassword }, now));
    } catch (error) {
      const problem = problemOf(error);
      return settingsPage(c, session.account, { section: "password", form, problem });
    }
    return c.redirect("/settings?done=password", 303);
  });

  app.post("/settings/delete", async (c) => {
    const form = await readForm(c);
    const now = new Date();
    const session = await findSession(c, now);
    if (!session) return toLogIn(c);
    const { accountId } = session.account;
    const { password = "" } = form;
    let notice = "deleted";
    try {
      const { closed } = await Account.deleteAccount({ accountId, password }, now);
      if (closed.length > 0) notice = "closed";
    } catch (error) {
      const problem = problemOf(error);
      return settingsPage(c, session.account, { section: "delete", form, problem });
    }
    forgetSession(c);
    return c.redirect(`/log-in?notice=${notice}`, 303);
  });
}

function settingsPage(c: Context, account: Account.Account, outcome?: Outcome) {
  const done = DONE[c.req.query("done") ?? ""];
  const of = (section: Outcome["section"]) => (outcome?.section === section ? outcome : undefined);
  return page(
    c,
    { title: "Settings", width: "narrow", ...(outcome ? { status: outcome.problem.status } : {}) },
    <>
      <h1>Settings</h1>
      {done && !outcome && (
        <div class="notice" role="status">
          <p>{done}</p>
        </div>
      )}
      <EmailSection account={account} outcome={of("email")} />
      <PasswordSection outcome={of("password")} />
      <DeleteSection outcome={of("delete")} />
    </>,
  );
}

type SectionProps = { outcome: Outcome | undefined };

function EmailSection({ account, outcome }: SectionProps & { account: Account.Account }) {
  return (
    <section aria-labelledby="email-title">
      <h2 id="email-title">E-mail address</h2>
      <p>
        <strong>{account.email}</strong>{" "}
        {account.verified ? (
          <span class="tag">confirmed</span>
        ) : (
          <span class="tag warn">not confirmed</span>
        )}
      </p>
      {account.pendingEmail && (
        <p>
          Waits to be confirmed: <strong>{account.pendingEmail}</strong>
        </p>
      )}
      <Problems outcome={outcome} />
      <form class="stack" method="post" action="/settings/email">
        <Field
          id="newEmail"
          name="newEmail"
          label="New e-mail address"
          type="email"
          autocomplete="email"
          hint="Until you confirm it, the API answers 403."
          form={outcome?.form}
          problem={outcome?.problem}
        />
        <CurrentPassword id="email-password" outcome={outcome} />
        <button type="submit" class="quiet">
          Change address
        </button>
      </form>
    </section>
  );
}

function PasswordSection({ outcome }: SectionProps) {
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      <Problems outcome={outcome} />
      <form class="stack" method="post" action="/settings/password">
        <CurrentPassword id="password-password" outcome={outcome} />
        <Field
          id="newPassword"
          name="newPassword"
          label="New password"
          type="password"
          autocomplete="new-password"
          hint={`${PASSWORD_HINT} It ends all other sessions.`}
          problem={outcome?.problem}
        />
        <button type="submit" class="quiet">
          Change password
        </button>
      </form>
    </section>
  );
}

function DeleteSection({ outcome }: SectionProps) {
  return (
    <section aria-labelledby="delete-title">
      <h2 id="delete-title">Delete the account</h2>
      <p>
        Your token stops at once. A paid plan ends at once, with a last invoice. Your address, your
        counts and your request log are deleted. Nothing is kept, and nothing can be brought back.
      </p>
      <Problems outcome={outcome} />
      <form class="stack" method="post" action="/settings/delete">
        <CurrentPassword id="delete-password" outcome={outcome} />
        <button type="submit" class="danger">
          Delete my account
        </button>
      </form>
    </section>
  );
}

function CurrentPassword({ id, outcome }: SectionProps & { id: string }) {
  return (
    <Field
      id={id}
      name="password"
      label="Your password"
      type="password"
      autocomplete="current-password"
      problem={outcome?.problem}
    />
  );
}

function Problems({ outcome }: SectionProps) {
  if (!outcome || outcome.problem.field) return null;
  return (
    <div class="notice bad" role="alert">
      <p>{outcome.problem.message}</p>
    </div>
  );
}
