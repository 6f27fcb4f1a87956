import * as Account from "@imagetotext/core/account";
import { config } from "@imagetotext/core/config";
import type { Context } from "hono";
import type { Api } from "../api/app.ts";
import { answerForm } from "./answer-form.ts";
import { clientAddress } from "./client-address.ts";
import { hasSessionCookie } from "./cookie.ts";
import { Field, FormProblem, NewPassword } from "./field.tsx";
import type { Again } from "./form.ts";
import { page } from "./layout.tsx";
import { linkPage, lookIntoMail, oldLinkPage } from "./mail-link.tsx";

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

  app.get("/verify-email", (c) => linkPage(c, "verify", (token) => confirmPage(c, token)));

  app.post("/verify-email", (c) =>
    answerForm(
      c,
      async ({ form: { token = "" }, now }) => {
        await Account.confirmEmail(token, now);
        return c.redirect(hasSessionCookie(c) ? "/dashboard" : "/log-in?notice=verified", 303);
      },
      () => oldLinkPage(c, "verify"),
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
        <NewPassword name="password" label="Password" problem={problem} />
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
