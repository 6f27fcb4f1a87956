import * as Account from "@imagetotext/core/account";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { siteUrl } from "../api/error.ts";

/** Whoever is logged in on this browser. */
export function findSession(c: Context, now: Date): Promise<Account.Session | undefined> {
  return Account.findSession(sessionSecret(c), now);
}

/** Whether the browser says that someone is logged in. It decides which links a page shows, no more. */
export function hasSessionCookie(c: Context): boolean {
  return sessionSecret(c) !== undefined;
}

export function sessionSecret(c: Context): string | undefined {
  return getCookie(c, nameOf(c, "session"));
}

/** Makes guesses of others not slow this browser down. */
export function deviceSecret(c: Context): string | undefined {
  return getCookie(c, nameOf(c, "device"));
}

export function keepLoggedIn(c: Context, { session, device }: Account.LoggedIn): void {
  keep(c, "session", session);
  keepDevice(c, device);
}

export function keepDevice(c: Context, device: Account.Cookie): void {
  keep(c, "device", device);
}

export function forgetSession(c: Context): void {
  deleteCookie(c, nameOf(c, "session"), { path: "/", secure: isSecure(c) });
}

/** For whoever opens a page of an account and is not logged in, or not any more. */
export function toLogIn(c: Context): Response {
  forgetSession(c);
  return c.redirect("/log-in?notice=ended", 303);
}

function keep(c: Context, name: "session" | "device", { secret, expiresAt }: Account.Cookie): void {
  setCookie(c, nameOf(c, name), secret, {
    httpOnly: true,
    secure: isSecure(c),
    sameSite: "Lax",
    path: "/",
    expires: expiresAt,
  });
}

/** `__Host-` binds a cookie to this host and to https; a browser refuses it on http://localhost. */
function nameOf(c: Context, name: "session" | "device"): string {
  return isSecure(c) ? `__Host-${name}` : name;
}

function isSecure(c: Context): boolean {
  return siteUrl(c).startsWith("https:");
}
