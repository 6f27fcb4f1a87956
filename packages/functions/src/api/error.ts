import { ERRORS, type Kind, VisibleError } from "@imagetotext/core/error";
import { RefusedError } from "@imagetotext/core/quota";
import type { Context } from "hono";
import { logBug } from "../log.ts";
import type { ApiEnv } from "./app.ts";
import { setRateLimit } from "./rate-limit.ts";

/** A new kind of error does not compile until it has a status here. */
export const STATUS = {
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

/** The one body of every failure. Whatever is not a VisibleError is a bug, and says nothing of itself. */
export function toResponse(c: Context<ApiEnv>, error: Error): Response {
  const visible = error instanceof VisibleError ? error : asBug(c, error);
  const { kind, message } = ERRORS[visible.code];
  c.var.logged.code = visible.code;
  if (kind === "unavailable" && visible.cause instanceof Error)
    logBug(visible.cause, c.var.requestId);
  if (kind === "unauthenticated") c.header("WWW-Authenticate", "Bearer");
  if (kind === "unavailable") c.header("Retry-After", String(RETRY_AFTER));
  if (visible instanceof RefusedError) {
    const secondsLeft = setRateLimit(c, visible.allowance, new Date());
    if (kind === "limited") c.header("Retry-After", String(secondsLeft));
  }
  const body = {
    success: false,
    message,
    detail: visible.message,
    code: visible.code,
    request_id: c.var.requestId,
  };
  if (kind !== "invalid") return c.json(body, STATUS[kind]);
  return c.json({ ...body, errors: { [fieldOf(c, visible)]: [visible.message] } }, STATUS[kind]);
}

function asBug(c: Context<ApiEnv>, error: Error): VisibleError {
  logBug(error, c.var.requestId);
  return new VisibleError("server.error");
}

function fieldOf(c: Context<ApiEnv>, error: VisibleError): string {
  if (error.field) return error.field;
  return error.code.startsWith("image.") ? (c.var.imageField ?? "image") : "body";
}
