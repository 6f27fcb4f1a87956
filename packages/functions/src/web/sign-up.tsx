import * as Account from "@imagetotext/core/account";
import { config } from "@imagetotext/core/config";
import * as Mail from "@imagetotext/core/mail";
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { Api } from "../api/app.ts";
import { answerForm } from "./answer-form.ts";
import { clientAddress } from "./client-address.ts";
import { hasSessionCookie } from "./cookie.ts";
import { Field, FormProblem, PASSWORD_HINT } from "./field.tsx";
import type { Again } from "./form.ts";
import { page } from "./layout.tsx";

/** From a stranger to a confirmed address. */
export function signUpRoutes(app: Api): void {
  app.get("/sign-up", (c) => signUpPage(c));

  app.post("/sign-up", (c) =>
    answerForm(
      c,
      async ({ form: { email = "", password = "" }, now }) => {
        await Account.signUp({ email, password, address: clientAddress(c) }, now);
        return lookIntoMail(c, email, "Open it and confirm your address. Then log in.");
      },
      (refused) => signUpPage(c, refused),
    ),
  );

  app.get("/verify-email", async (c) => {
    const token = c.req.query("token") ?? "";
    const isValid = await Account.isLinkValid(token, "verify", new Date());
    return isValid ? confirmPage(c, token) : oldLinkPage(c);
  });

  app.post("/verify-email", (c) =>
    answerForm(
      c,
      async ({ form: { token = "" }, now }) => {
        await Account.confirmEmail(token, now);
        return c.redirect(hasSessionCookie(c) ? "/dashboard" : "/log-in?notice=verified", 303);
      },
      () => oldLinkPage(c),
    ),
  );
}

function signUpPage(c: Context, { form, problem }: Again = {}) {
  return page(
    c,
    { title: "Sign up", width: "slim", problem },
    <>
      <h1>Sign up</h1>
      <p class="lead">
        {config().freeDailyLimit.toLocaleString("en")} requests a day are free. No card.
      </p>
      <FormProblem problem={problem} />
      <form class="card" method="post" action="/sign-up">
        <Field
          id="email"
          name="email"
          label="E-mail address"
          type="email"
          autocomplete="username"
          hint="We send one mail to confirm it."
          {...{ form, problem }}
        />
        <Field
          id="password"
          name="password"
          label="Password"
          type="password"
          autocomplete="new-password"
          hint={PASSWORD_HINT}
          {...{ form, problem }}
        />
        <button type="submit">Sign up</button>
      </form>
      <p class="hint">
        <a href="/privacy">What we keep</a>. Have an account? <a href="/log-in">Log in</a>
      </p>
    </>,
  );
}

function confirmPage(c: Context, token: string) {
  return page(
    c,
    { title: "Confirm your address", width: "slim" },
    <>
      <h1>Confirm your address</h1>
      <p class="lead">One more click, so that no mail scanner does it for you.</p>
      <form method="post" action="/verify-email">
        <input type="hidden" name="token" value={token} />
        <button type="submit">Confirm my address</button>
      </form>
    </>,
  );
}

function oldLinkPage(c: Context) {
  return page(
    c,
    { title: "This link does not work any more", width: "slim", status: 422 },
    <>
      <h1>This link does not work any more</h1>
      <p class="lead">It was used, replaced by a newer one, or is older than 24 hours.</p>
      <p>
        <a href="/log-in">Log in</a>: if your address is still to be confirmed, the dashboard sends
        another mail.
      </p>
    </>,
  );
}

/** The same page whether or not the address has an account. */
export function lookIntoMail(c: Context, email: string, then: Child) {
  return page(
    c,
    { title: "Look into your mail", width: "slim" },
    <>
      <h1>Look into your mail</h1>
      <p class="lead">
        We sent a mail to <strong>{email}</strong>. {then}
      </p>
      {Mail.way() === "outbox" && (
        <div class="notice">
          <p>
            This server keeps its mails: <a href="/dev/outbox">open the outbox</a>.
          </p>
        </div>
      )}
      <p>
        Nothing there after a few minutes? Look into the spam folder, or try again an hour later.
      </p>
    </>,
  );
}
