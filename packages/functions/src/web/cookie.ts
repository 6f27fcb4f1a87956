import type { Context } from "hono";
import { getCookie } from "hono/cookie";

/** `__Host-` binds a cookie to this host and to https; a browser on http://localhost refuses it. */
export function sessionCookieName(c: Context): string {
  return isSecure(c) ? "__Host-session" : "session";
}

/** Whether the browser says that someone is logged in. It decides which links a page shows, no more. */
export function hasSessionCookie(c: Context): boolean {
  return getCookie(c, sessionCookieName(c)) !== undefined;
}

export function isSecure(c: Context): boolean {
  return new URL(c.req.url).protocol === "https:";
}
