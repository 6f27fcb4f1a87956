import { ERRORS, type ErrorCode, VisibleError } from "@imagetotext/core/error";
import type { Context } from "hono";
import { logFailure, retryAfter, STATUS, siteUrl } from "../api/error.ts";

/** What was typed, by field. */
export type Form = Record<string, string>;

/** What is wrong with it, and next to which field to say so; without one, above the form. */
export type Problem = {
  field: string | undefined;
  message: string;
  status: (typeof STATUS)[keyof typeof STATUS];
  /** Seconds until it is worth trying again; undefined where waiting does not help. */
  retryAfter: number | undefined;
};

/** What a page shows again of a form that was refused. At first there is nothing. */
export type Again = { form?: Form | undefined; problem?: Problem | undefined };

const MAX_BYTES = 16_384;

/**
 * The fields of a form that one of our own pages sent. A form of another site carries that site's
 * origin, and JSON cannot be sent by a form at all, so it is not taken (CSRF).
 * @throws VisibleError request.*
 */
export async function readForm(c: Context): Promise<Form> {
  const origins = [siteUrl(c), new URL(c.req.url).origin];
  if (!origins.includes(c.req.header("origin") ?? "")) throw new VisibleError("request.cross_site");
  const sizeBytes = Number(c.req.header("content-length") ?? Number.NaN);
  if (!(sizeBytes <= MAX_BYTES)) throw new VisibleError("request.invalid_form");
  // Takes the two types of forms, and throws on any other.
  const fields = await c.req.raw.formData().catch((cause: unknown) => {
    throw new VisibleError("request.invalid_form", undefined, { cause });
  });
  const form: Form = {};
  for (const [name, value] of fields) if (typeof value === "string") form[name] = value;
  return form;
}

/** Codes that concern a field which the code that throws does not name. */
const FIELDS: Partial<Record<ErrorCode, string>> = {
  "email.invalid": "email",
  "password.wrong": "password",
  "password.too_short": "password",
  "password.too_long": "password",
  "password.common": "password",
};

/** What to tell whoever filled in the form; the log knows it too. Bugs are thrown on. */
export function problemOf(c: Context, error: unknown): Problem {
  if (!(error instanceof VisibleError)) throw error;
  logFailure(c, error);
  const { code, message } = error;
  return {
    field: error.field ?? FIELDS[code],
    message,
    status: STATUS[ERRORS[code].kind],
    retryAfter: retryAfter(error),
  };
}
