import * as Account from "@imagetotext/core/account";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { answerOwnForm, type OwnSent, type Refused } from "./answer-form.ts";
import { findSession, forgetSession, keepLoggedIn, toLogIn } from "./cookie.ts";
import { Field, FormProblem, NewPassword } from "./field.tsx";
import type { Again } from "./form.ts";
import { page } from "./layout.tsx";

type Section = "email" | "password" | "delete";
/** Which of the page's forms was refused. */
type Outcome = Refused & { section: Section };

const DONE: Record<string, string> = {
  email: "Open the mail that we sent to the new address. Until then the API answers 403.",
  password: "Your password is changed, and all other sessions are ended.",
};

export function settingsRoutes(app: Api): void {
  app.get("/settings", async (c) => {
    const session = await findSession(c, new Date());
    return session ? settingsPage(c, session.account) : toLogIn(c);
  });

  const showAgain =
    (c: Context, section: Section) =>
    ({ account, ...refused }: Refused<OwnSent>) =>
      settingsPage(c, account, { section, ...refused });

  app.post("/settings/email", (c) =>
    answerOwnForm(
      c,
      async ({ account: { accountId }, form: { password = "", newEmail = "" }, now }) => {
        await Account.changeEmail({ accountId, password, newEmail }, now);
        return c.redirect("/settings?done=email", 303);
      },
      showAgain(c, "email"),
    ),
  );

  app.post("/settings/password", (c) =>
    answerOwnForm(
      c,
      async ({ account: { accountId }, form: { password = "", newPassword = "" }, now }) => {
        keepLoggedIn(c, await Account.changePassword({ accountId, password, newPassword }, now));
        return c.redirect("/settings?done=password", 303);
      },
      showAgain(c, "password"),
    ),
  );

  app.post("/settings/delete", (c) =>
    answerOwnForm(
      c,
      async ({ account: { accountId }, form: { password = "" }, now }) => {
        const { closed } = await Account.deleteAccount({ accountId, password }, now);
        forgetSession(c);
        return c.redirect(`/log-in?notice=${closed.length > 0 ? "closed" : "deleted"}`, 303);
      },
      showAgain(c, "delete"),
    ),
  );
}

function settingsPage(c: Context, account: Account.Account, outcome?: Outcome) {
  const done = DONE[c.req.query("done") ?? ""];
  const of = (section: Section) => (outcome?.section === section ? outcome : {});
  return page(
    c,
    { title: "Settings", problem: outcome?.problem },
    <>
      <h1>Settings</h1>
      {done && !outcome && (
        <div class="notice" role="status">
          <p>{done}</p>
        </div>
      )}
      <EmailSection account={account} {...of("email")} />
      <PasswordSection {...of("password")} />
      <DeleteSection {...of("delete")} />
    </>,
  );
}

function EmailSection({ account, form, problem }: Again & { account: Account.Account }) {
  return (
    <section class="setting" aria-labelledby="email-title">
      <div>
        <h2 id="email-title">E-mail address</h2>
        <p class="words-break">
          {account.email}{" "}
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
        <p class="hint">
          We send a mail to the new address. Until you open its link, the API answers 403 and you
          log in with the old one.
        </p>
      </div>
      <form class="card" method="post" action="/settings/email">
        <FormProblem problem={problem} />
        <Field
          id="newEmail"
          name="newEmail"
          label="New e-mail address"
          type="email"
          autocomplete="email"
          {...{ form, problem }}
        />
        <CurrentPassword id="email-password" problem={problem} />
        <button type="submit" class="quiet">
          Change address
        </button>
      </form>
    </section>
  );
}

function PasswordSection({ problem }: Again) {
  return (
    <section class="setting" aria-labelledby="password-title">
      <div>
        <h2 id="password-title">Password</h2>
        <p class="hint">A new one ends all other sessions. Your API token stays.</p>
      </div>
      <form class="card" method="post" action="/settings/password">
        <FormProblem problem={problem} />
        <CurrentPassword id="password-password" problem={problem} />
        <NewPassword name="newPassword" label="New password" problem={problem} />
        <button type="submit" class="quiet">
          Change password
        </button>
      </form>
    </section>
  );
}

function DeleteSection({ problem }: Again) {
  return (
    <section class="setting" aria-labelledby="delete-title">
      <div>
        <h2 id="delete-title">Delete the account</h2>
        <p class="hint">
          Your token stops at once. A paid plan ends at once, with a last invoice. Your address,
          your counts and your request log are deleted, and cannot be brought back.
        </p>
        <p class="hint">
          Invoices that you got are kept for as long as tax law asks, with what stands on them. If
          you never got one, nothing is kept.
        </p>
      </div>
      <form class="card" method="post" action="/settings/delete">
        <FormProblem problem={problem} />
        <CurrentPassword id="delete-password" problem={problem} />
        <button type="submit" class="danger">
          Delete my account
        </button>
      </form>
    </section>
  );
}

function CurrentPassword({ id, problem }: Again & { id: string }) {
  return (
    <Field
      id={id}
      name="password"
      label="Your password"
      type="password"
      autocomplete="current-password"
      problem={problem}
    />
  );
}
