import { config } from "../config.ts";
import { dayOf, minuteOf } from "../time.ts";
import { type Content, siteUrl } from "./index.ts";

/** What each mail says. A link leads to a page with a button: scanners of mails open links. */

/** Proves that the address is the account's own. */
export function verification(link: string): Content {
  return compose({
    subject: "Confirm your e-mail address",
    lines: [
      `Somebody, we hope you, gave this address to ${siteName()}. Confirm that it is yours.`,
      "The link works once, for 24 hours. If it was not you, do nothing: without it nobody can use the API in your name.",
    ],
    button: { label: "Confirm this address", link },
  });
}

/** Goes to the owner when somebody signs up with, or changes to, an address that has an account. */
export function alreadyHaveAccount(): Content {
  return compose({
    subject: "You have an account already",
    lines: [
      `Somebody, perhaps you, entered this address at ${siteName()} to open an account. There is one already, and nothing was changed.`,
      `If you forgot the password, set a new one: ${url("/forgot-password")}`,
    ],
    button: { label: "Log in", link: url("/log-in") },
  });
}

export function passwordReset(link: string): Content {
  return compose({
    subject: "Set a new password",
    lines: [
      `Somebody, we hope you, asked ${siteName()} for a new password.`,
      "The link works once, for 1 hour. A new password ends all sessions; your API token stays. If it was not you, do nothing: your password stays as it is.",
    ],
    button: { label: "Set a new password", link },
  });
}

/** Goes to an address without an account, so that a forgotten address is not waited for in vain. */
export function noAccount(): Content {
  return compose({
    subject: "There is no account with this address",
    lines: [
      `Somebody, perhaps you, asked ${siteName()} for a new password for this address, but it has no account.`,
      "You may have signed up with another address. If it was not you, do nothing.",
    ],
    button: { label: "Sign up", link: url("/sign-up") },
  });
}

/** Goes to the address that the account has, when somebody logged in asks for another one. */
export function emailChanging(newEmail: string): Content {
  return compose({
    subject: "Your e-mail address is being changed",
    lines: [
      `Your account at ${siteName()} is to get the address ${newEmail}. Until that address is confirmed you log in with this one, and the API answers 403.`,
      "If it was not you, set a new password now. That ends all sessions and stops the change.",
    ],
    button: { label: "Set a new password", link: url("/forgot-password") },
  });
}

/** Goes to the address that an account had. */
export function emailChanged(newEmail: string): Content {
  return compose({
    subject: "Your e-mail address was changed",
    lines: [
      `Your account at ${siteName()} now has the address ${newEmail}. This one no longer logs in.`,
      `If it was not you, write to ${config().site.supportEmail}.`,
    ],
    button: { label: "Log in", link: url("/log-in") },
  });
}

export function passwordChanged(): Content {
  return compose({
    subject: "Your password was changed",
    lines: [
      `The password of your account at ${siteName()} was changed, and all other sessions ended.`,
      "If it was not you, set a new password now.",
    ],
    button: { label: "Set a new password", link: url("/forgot-password") },
  });
}

export function tokenExpires(expiresAt: Date): Content {
  return compose({
    subject: `Your API token expires on ${dayOf(expiresAt)}`,
    lines: [
      `Your API token at ${siteName()} works until ${minuteOf(expiresAt)}. After that the API answers 401.`,
      "Generate a new one in time. The old one stops the moment the new one is made, so have your program ready to take it.",
    ],
    button: { label: "Open the dashboard", link: url("/dashboard") },
  });
}

/** A payment has failed: until `endsAt` the plan stays, and Stripe tries again. */
export function paymentFailed(plan: string, endsAt: Date): Content {
  return compose({
    subject: "Your payment failed",
    lines: [
      `The payment for your plan ${plan} at ${siteName()} failed. The plan stays until ${minuteOf(endsAt)}; after that your account is on the free plan.`,
      "Enter another card, or see what your bank says about this one. Then the payment is tried again.",
    ],
    button: { label: "Open billing", link: url("/billing") },
  });
}

/** The paid plan is over: cancelled, or not paid for. */
export function planEnded(plan: string, free: { dailyLimit: number }): Content {
  return compose({
    subject: `Your plan ${plan} has ended`,
    lines: [
      `Your account at ${siteName()} is on the free plan now: ${free.dailyLimit.toLocaleString("en")} requests a day. Your token and your data stay.`,
      "A last invoice has what was used before. You can take a plan again at any time.",
    ],
    button: { label: "Open billing", link: url("/billing") },
  });
}

const siteName = () => config().site.name;
const url = (path: string) => siteUrl() + path;

type Parts = { subject: string; lines: string[]; button: { label: string; link: string } };

function compose({ subject, lines, button }: Parts): Content {
  const { name, supportEmail } = config().site;
  const foot = `${name} · ${supportEmail}`;
  const [first = "", ...rest] = lines;
  return {
    subject: `${subject} · ${name}`,
    text: `${[first, `${button.label}:\n${button.link}`, ...rest, `-- \n${foot}`].join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f4f5f7;color:#1c2430;font:16px/1.5 system-ui,-apple-system,Segoe UI,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escapeHtml(subject)}</h1>
<p style="margin:0 0 24px">${escapeHtml(first)}</p>
<p style="margin:0 0 24px"><a href="${escapeHtml(button.link)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(button.label)}</a></p>
<p style="margin:0 0 24px;font-size:14px;color:#475467;word-break:break-all">${escapeHtml(button.link)}</p>
${rest.map((line) => `<p style="margin:0 0 16px">${escapeHtml(line)}</p>`).join("\n")}
<p style="margin:24px 0 0;font-size:14px;color:#475467">${escapeHtml(foot)}</p>
</div>
</body>
</html>
`,
  };
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
