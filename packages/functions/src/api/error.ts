import { config } from "@imagetotext/core/config";
import { ERRORS, type Kind, VisibleError } from "@imagetotext/core/error";
import { RefusedError } from "@imagetotext/core/quota";
import type { Context } from "hono";
import { logBug } from "../log.ts";
import type { ApiEnv } from "./app.ts";
import { failureBody } from "./failure.ts";
import { setRateLimit } from "./rate-limit.ts";

/** A new kind of error does not compile until it has a status here. */
export const STATUS = {
  elsewhere: 303,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  not_allowed: 405,
  conflict: 409,
  invalid: 422,
  limited: 429,
  bug: 500,
  unavailable: 503,
} as const satisfies Record<Kind, number>;

/** When to try again after a 503: longer than a page takes to read. Seconds. */
const RETRY_AFTER = 5;

/** When the request that holds a key is likely to be answered. Seconds. */
const RETRY_KEY_AFTER = 2;

/** Shows a failure to a person. `status` is the answer's. */
export type FailurePage = (
  c: Context<ApiEnv>,
  error: VisibleError,
  status: (typeof STATUS)[Kind],
) => Response | Promise<Response>;

/**
 * The one body of every failure. Whatever is not a VisibleError is a bug, and says nothing of itself.
 * @param page what a browser sees instead, outside /api
 */
export function toResponse(
  c: Context<ApiEnv>,
  error: Error,
  page?: FailurePage,
): Response | Promise<Response> {
  const visible = error instanceof VisibleError ? error : asBug(c, error);
  const { kind } = ERRORS[visible.code];
  logFailure(c, visible);
  if (kind === "unauthenticated") c.header("WWW-Authenticate", "Bearer");
  const wait = retryAfter(visible);
  if (wait !== undefined) c.header("Retry-After", String(wait));
  if (visible instanceof RefusedError) {
    const secondsLeft = setRateLimit(c, visible.allowance, new Date());
    if (kind === "limited") c.header("Retry-After", String(secondsLeft));
  }
  if (page && isBrowsing(c)) return page(c, visible, STATUS[kind]);
  const body = failureBody(visible, siteUrl(c), c.var.requestId);
  if (kind !== "invalid") return c.json(body, STATUS[kind]);
  return c.json({ ...body, errors: { [fieldOf(c, visible)]: [visible.message] } }, STATUS[kind]);
}

/** Puts the code on the request's line. What is down has a line of its own, without any message. */
export function logFailure(c: Context<ApiEnv>, { code, cause }: VisibleError): void {
  c.var.logged.code = code;
  if (ERRORS[code].kind === "unavailable" && cause instanceof Error)
    logBug(cause, { requestId: c.var.requestId });
}

/** Seconds until it is worth trying again; undefined where waiting does not help. */
export function retryAfter({ code, retryAt }: VisibleError): number | undefined {
  if (retryAt) return Math.max(1, Math.ceil((retryAt.getTime() - Date.now()) / 1000));
  if (code === "idempotency.in_progress") return RETRY_KEY_AFTER;
  return ERRORS[code].kind === "unavailable" ? RETRY_AFTER : undefined;
}

/** Where this site is: as configured, otherwise as it was called. No slash at the end. */
export function siteUrl(c: Context): string {
  return config().site.baseUrl ?? new URL(c.req.url).origin;
}

/** The API answers in JSON whatever `Accept` says. */
function isBrowsing(c: Context): boolean {
  const accepts = c.req.header("accept") ?? "";
  return accepts.includes("text/html") && !/^\/api(\/|$)/.test(c.req.path);
}

function asBug(c: Context<ApiEnv>, error: Error): VisibleError {
  logBug(error, { requestId: c.var.requestId });
  return new VisibleError("server.error");
}

function fieldOf(c: Context<ApiEnv>, error: VisibleError): string {
  if (error.field) return error.field;
  return error.code.startsWith("image.") ? (c.var.imageField ?? "image") : "body";
}
