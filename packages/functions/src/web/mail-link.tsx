import * as Account from "@imagetotext/core/account";
import * as Mail from "@imagetotext/core/mail";
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { page } from "./layout.tsx";

/** By what a link is for: how long it works, and what to do once it does not any more. */
const OLD: Record<"verify" | "reset", { lifetime: string; instead: Child }> = {
  verify: {
    lifetime: "24 hours",
    instead: (
      <>
        <a href="/log-in">Log in</a>: if your address is still to be confirmed, the dashboard sends
        another mail.
      </>
    ),
  },
  reset: {
    lifetime: "an hour",
    instead: <a href="/forgot-password">Ask for a new link</a>,
  },
};

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

/** Where a link of a mail leads: to `show`, whose button uses the link, or to what to do without it. */
export async function linkPage(
  c: Context,
  purpose: keyof typeof OLD,
  show: (token: string) => Response | Promise<Response>,
): Promise<Response> {
  const token = c.req.query("token") ?? "";
  const isValid = await Account.isLinkValid(token, purpose, new Date());
  return isValid ? show(token) : oldLinkPage(c, purpose);
}

export function oldLinkPage(c: Context, purpose: keyof typeof OLD) {
  const { lifetime, instead } = OLD[purpose];
  return page(
    c,
    { title: "This link does not work any more", width: "slim", status: 422 },
    <>
      <h1>This link does not work any more</h1>
      <p class="lead">It was used, replaced by a newer one, or is older than {lifetime}.</p>
      <p>{instead}</p>
    </>,
  );
}
