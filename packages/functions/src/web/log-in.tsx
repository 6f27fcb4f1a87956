import * as Account from "@imagetotext/core/account";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { answerForm } from "./answer-form.ts";
import { clientAddress } from "./client-address.ts";
import { deviceSecret, forgetSession, keepDevice, keepLoggedIn, sessionSecret } from "./cookie.ts";
import { Field, FormProblem, NewPassword } from "./field.tsx";
import { type Again, type Problem, readForm } from "./form.ts";
import { page } from "./layout.tsx";
import { linkPage, lookIntoMail, oldLinkPage } from "./mail-link.tsx";

/** What a redirect to the log-in page may say there. */
const NOTICES: Record<string, string> = {
  verified: "Your address is confirmed. Log in to generate your token.",
  password: "Your new password is set. Log in with it.",
  out: "You are logged out.",
  deleted: "Your account is deleted.",
  closed: "Your account is deleted, and your plan is ended. Its last invoice comes by mail.",
  ended: "Log in to see this page.",
};

export function logInRoutes(app: Api): void {
  app.get("/log-in", (c) => logInPage(c));

  app.post("/log-in", (c) =>
    answerForm(
      c,
      async ({ form: { email = "", password = "" }, now }) => {
        const browser = { device: deviceSecret(c), previous: sessionSecret(c) };
        const request = { email, password, address: clientAddress(c), ...browser };
        keepLoggedIn(c, await Account.logIn(request, now));
        return c.redirect("/dashboard", 303);
      },
      (refused) => logInPage(c, refused),
    ),
  );

  app.post("/log-out", async (c) => {
    await readForm(c);
    await Account.logOut(sessionSecret(c));
    forgetSession(c);
    return c.redirect("/log-in?notice=out", 303);
  });

  app.get("/forgot-password", (c) => forgotPage(c));

  app.post("/forgot-password", (c) =>
    answerForm(
      c,
      async ({ form: { email = "" }, now }) => {
        await Account.startPasswordReset({ email, address: clientAddress(c) }, now);
        return lookIntoMail(c, email, "Its link sets a new password, and works for one hour.");
      },
      (refused) => forgotPage(c, refused),
    ),
  );

  app.get("/reset-password", (c) => linkPage(c, "reset", (token) => resetPage(c, token)));

  app.post("/reset-password", (c) =>
    answerForm(
      c,
      async ({ form: { token = "", password = "" }, now }) => {
        const { device } = await Account.resetPassword(token, password, now);
        keepDevice(c, device);
        forgetSession(c);
        return c.redirect("/log-in?notice=password", 303);
      },
      ({ form: { token = "" }, problem }) =>
        problem.field ? resetPage(c, token, problem) : oldLinkPage(c, "reset"),
    ),
  );
}

function logInPage(c: Context, { form, problem }: Again = {}) {
  const notice = NOTICES[c.req.query("notice") ?? ""];
  return page(
    c,
    { title: "Log in", width: "slim", problem },
    <>
      <h1>Log in</h1>
      {notice && !problem && (
        <div class="notice" role="status">
          <p>{notice}</p>
        </div>
      )}
      <FormProblem problem={problem} />
      <form class="card" method="post" action="/log-in">
        <EmailField {...{ form, problem }} />
        <Field
          id="password"
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          problem={problem}
        />
        <button type="submit">Log in</button>
      </form>
      <p class="hint">
        <a href="/forgot-password">Forgot your password?</a> · New here?{" "}
        <a href="/sign-up">Sign up</a>
      </p>
    </>,
  );
}

function forgotPage(c: Context, { form, problem }: Again = {}) {
  return page(
    c,
    { title: "Forgot your password?", width: "slim", problem },
    <>
      <h1>Forgot your password?</h1>
      <p class="lead">We send you a link that sets a new one. Your API token stays.</p>
      <FormProblem problem={problem} />
      <form class="card" method="post" action="/forgot-password">
        <EmailField {...{ form, problem }} />
        <button type="submit">Send the link</button>
      </form>
    </>,
  );
}

function EmailField({ form, problem }: Again) {
  return (
    <Field
      id="email"
      name="email"
      label="E-mail address"
      type="email"
      autocomplete="username"
      {...{ form, problem }}
    />
  );
}

function resetPage(c: Context, token: string, problem?: Problem) {
  return page(
    c,
    { title: "Set a new password", width: "slim", problem },
    <>
      <h1>Set a new password</h1>
      <p class="lead">It ends all sessions. Your API token stays.</p>
      <form class="card" method="post" action="/reset-password">
        <input type="hidden" name="token" value={token} />
        <NewPassword name="password" label="New password" problem={problem} />
        <button type="submit">Set the password</button>
      </form>
    </>,
  );
}
