/**
 * What went wrong, from the caller's side. The HTTP edge maps each kind to exactly one status, so a
 * new kind does not compile until it has one.
 */
export type Kind =
  | "unauthenticated"
  | "forbidden"
  | "limited"
  | "invalid"
  | "not_found"
  | "not_allowed"
  | "conflict"
  | "unavailable"
  | "elsewhere"
  | "bug";

/**
 * Every failure a caller can see. Codes are part of the contract: they never change or vanish.
 * `message` is the fixed wording of the contract; `advice` says what to do next and is the answer's
 * `detail` where the code that throws knows nothing more exact.
 */
export const ERRORS = {
  "token.missing": {
    kind: "unauthenticated",
    message: "Invalid or expired token",
    advice: "Send the header `Authorization: Bearer <token>` with the token from your dashboard.",
  },
  "token.invalid": {
    kind: "unauthenticated",
    message: "Invalid or expired token",
    advice: "Copy the whole token from your dashboard: it begins with `itt_`.",
  },
  "token.expired": {
    kind: "unauthenticated",
    message: "Invalid or expired token",
    advice: "A token is valid for 6 months. Generate a new one in your dashboard.",
  },
  "token.revoked": {
    kind: "unauthenticated",
    message: "Invalid or expired token",
    advice: "A newer token replaced this one, or its account is gone. Use the newest token.",
  },
  "token.replaced": {
    kind: "conflict",
    message: "Token changed meanwhile",
    advice: "Another request generated a token at the same time. Reload, then try again.",
  },
  "token.none": {
    kind: "conflict",
    message: "No active token",
    advice: "Generate a token in your dashboard first.",
  },
  "account.exists": {
    kind: "conflict",
    message: "Account exists",
    advice: "An account with this e-mail address exists. Log in instead.",
  },
  "account.unknown": {
    kind: "not_found",
    message: "Unknown account",
    advice: "No account has this e-mail address.",
  },
  "account.unverified": {
    kind: "forbidden",
    message: "Unverified account",
    advice: "Open the link in the verification mail, then try again.",
  },
  "account.suspended": {
    kind: "forbidden",
    message: "Unverified account",
    advice: "This account is suspended. Write to support.",
  },
  "account.throttled": {
    kind: "limited",
    message: "Too many attempts",
    advice: "Too many attempts. Wait a few minutes, then try again.",
  },
  "email.invalid": {
    kind: "invalid",
    message: "Invalid e-mail address",
    advice: "Enter an e-mail address such as name@example.com.",
  },
  "password.too_short": {
    kind: "invalid",
    message: "Password too short",
    advice: "Use at least 12 characters.",
  },
  "password.too_long": {
    kind: "invalid",
    message: "Password too long",
    advice: "Use at most 128 characters.",
  },
  "password.common": {
    kind: "invalid",
    message: "Password too common",
    advice: "This password is among the first that are guessed. Use another one.",
  },
  "password.wrong": {
    kind: "unauthenticated",
    message: "Wrong e-mail address or password",
    advice: "Check both, or set a new password by mail.",
  },
  "session.ended": {
    kind: "unauthenticated",
    message: "Session ended",
    advice: "Log in again.",
  },
  "link.invalid": {
    kind: "invalid",
    message: "Invalid link",
    advice: "This link was used, replaced or is too old. Ask for a new one.",
  },
  "mail.unsent": {
    kind: "unavailable",
    message: "Mail not sent",
    advice: "The mail could not be sent. Try again in a few minutes.",
  },
  "quota.daily_limit": {
    kind: "limited",
    message: "Daily limit exceeded",
    advice: "All requests of today are used. `Retry-After` says when the next day begins (UTC).",
  },
  "quota.daily_cap": {
    kind: "limited",
    message: "Daily limit exceeded",
    advice: "The daily cap that you have set is reached. Raise it in your dashboard.",
  },
  "billing.not_offered": {
    kind: "conflict",
    message: "Plan not for sale here",
    advice: "Write to support to change your plan.",
  },
  "billing.plan_changed": {
    kind: "conflict",
    message: "Plan changed meanwhile",
    advice: "This does not fit the plan that you have now. Reload the page, then try again.",
  },
  "billing.unpaid": {
    kind: "conflict",
    message: "Unpaid invoice",
    advice:
      "An invoice is still to be paid. On the page Billing, open Card and invoices, and pay it.",
  },
  "billing.invalid_plan": {
    kind: "invalid",
    message: "Unknown plan",
    advice: "Choose one of the plans on the page.",
  },
  "billing.invalid_cap": {
    kind: "invalid",
    message: "Invalid daily cap",
    advice: "Enter a whole number of requests a day.",
  },
  "billing.invalid_month": {
    kind: "invalid",
    message: "Invalid month",
    advice: "Write the month as 2026-11.",
  },
  "billing.unavailable": {
    kind: "unavailable",
    message: "Payments not available",
    advice: "Our payment service does not answer. Try again in a few minutes.",
  },
  "billing.invalid_event": {
    kind: "invalid",
    message: "Invalid event",
    advice: "The signature does not fit the body, or is older than 5 minutes.",
  },
  "request.content_type": {
    kind: "invalid",
    message: "Invalid Content-Type",
    advice:
      "Send `application/json` to extract-text, `multipart/form-data` to extract-text-from-file.",
  },
  "request.invalid_json": {
    kind: "invalid",
    message: "Invalid JSON body",
    advice: 'Send a JSON object such as {"image": "data:image/png;base64,..."}.',
  },
  "request.invalid_form": {
    kind: "invalid",
    message: "Invalid form body",
    advice: "Send multipart/form-data with its boundary; most HTTP clients set it by themselves.",
  },
  "request.cross_site": {
    kind: "forbidden",
    message: "Request from another site",
    advice: "Send forms from our own pages: the header `Origin` must be this site.",
  },
  "request.too_large": {
    kind: "invalid",
    message: "Request body too large",
    advice: "Send an image of at most 5 MB (5,242,880 bytes).",
  },
  "request.length_required": {
    kind: "invalid",
    message: "Missing Content-Length",
    advice: "Send the header `Content-Length`: the body must not be chunked.",
  },
  "request.incomplete": {
    kind: "invalid",
    message: "Incomplete request body",
    advice: "The body ended early or came too slowly. Send it again.",
  },
  "request.invalid_http": {
    kind: "invalid",
    message: "Invalid request",
    advice: "What was sent is no HTTP request, or its headers are too large.",
  },
  "image.missing": {
    kind: "invalid",
    message: "Missing image",
    advice: "Send the image in the field `image` (JSON) or `file` (form).",
  },
  "image.several": {
    kind: "invalid",
    message: "More than one file",
    advice: "Send one file a request.",
  },
  "image.not_a_file": {
    kind: "invalid",
    message: "Invalid file format",
    advice: "`file` holds text. Send it as a file: with curl, `-F file=@photo.jpg`.",
  },
  "image.invalid_base64": {
    kind: "invalid",
    message: "Invalid base64 image format",
    advice: "Send a data URI: `data:image/jpeg;base64,` and the base64 of the file.",
  },
  "image.empty": {
    kind: "invalid",
    message: "Empty image",
    advice: "The image has no bytes.",
  },
  "image.too_large": {
    kind: "invalid",
    message: "Image too large",
    advice: "Send an image of at most 5 MB (5,242,880 bytes).",
  },
  "image.unsupported_format": {
    kind: "invalid",
    message: "Invalid file format",
    advice: "Send a jpeg, png, gif, bmp or webp image.",
  },
  "image.too_many_pixels": {
    kind: "invalid",
    message: "Image has too many pixels",
    advice: "Send at most 40 megapixels and 10,000 pixels a side.",
  },
  "image.damaged": {
    kind: "invalid",
    message: "Damaged image",
    advice: "The image cannot be decoded. Open it, save it again, and send the new file.",
  },
  "idempotency.invalid_key": {
    kind: "invalid",
    message: "Invalid Idempotency-Key",
    advice: "Send 1 to 255 characters, for example a UUID.",
  },
  "idempotency.other_content": {
    kind: "invalid",
    message: "Idempotency-Key used for another request",
    advice: "This key was sent with another image or language. Use a new key for each image.",
  },
  "idempotency.in_progress": {
    kind: "conflict",
    message: "Request in progress",
    advice: "A request with this key is under way. Wait `Retry-After` seconds, then send it again.",
  },
  "idempotency.exhausted": {
    kind: "conflict",
    message: "Too many replays",
    advice:
      "A key is answered 20 times free of charge. Use a new key to have the image read again.",
  },
  "language.unknown": {
    kind: "invalid",
    message: "Unknown language",
    advice: "Use tesseract codes such as `eng` or `deu+eng`.",
  },
  "ocr.busy": {
    kind: "unavailable",
    message: "Server busy",
    advice:
      "All readers are busy. Wait `Retry-After` seconds, then try again. Nothing was charged.",
  },
  "ocr.timeout": {
    kind: "unavailable",
    message: "Recognition timed out",
    advice: "Reading took too long. Try again, or send a smaller image. Nothing was charged.",
  },
  "ocr.crashed": {
    kind: "unavailable",
    message: "Recognition failed",
    advice: "The reader failed and was replaced. Try again. Nothing was charged.",
  },
  "request.throttled": {
    kind: "limited",
    message: "Too many requests",
    advice: "Too many requests at once. Wait `Retry-After` seconds, then send it again.",
  },
  "request.abandoned": {
    kind: "invalid",
    message: "Request abandoned",
    advice: "The connection was closed before the answer. Nothing was charged.",
  },
  "table.unavailable": {
    kind: "unavailable",
    message: "Server busy",
    advice: "The account could not be looked up. Wait `Retry-After` seconds, then try again.",
  },
  "receipt.unwritten": {
    kind: "unavailable",
    message: "Server busy",
    advice:
      "The image was read, but could not be put on your account. Try again. Nothing was charged.",
  },
  "upload.stored": {
    kind: "elsewhere",
    message: "Image stored",
    advice:
      "Get the address in `Location` with the same headers: it answers as this call would have. With curl, add `-L`.",
  },
  "upload.unknown": {
    kind: "not_found",
    message: "Unknown upload",
    advice: "This upload was answered already, or was never yours. Send the image again.",
  },
  "upload.unavailable": {
    kind: "unavailable",
    message: "Server busy",
    advice:
      "A large image could not be stored or fetched. Wait `Retry-After` seconds, then send it again. Nothing was charged.",
  },
  "route.not_found": {
    kind: "not_found",
    message: "Not found",
    advice: "There is nothing at this address.",
  },
  "route.method_not_allowed": {
    kind: "not_allowed",
    message: "Method not allowed",
    advice: "Use a method that the `Allow` header lists.",
  },
  "server.unhealthy": {
    kind: "unavailable",
    message: "Server unhealthy",
    advice: "The table or the engine does not answer.",
  },
  "server.error": {
    kind: "bug",
    message: "Server error",
    advice: "This is our fault and is not charged. Try again; if it stays, send us the request_id.",
  },
} as const satisfies Record<string, { kind: Kind; message: string; advice: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** The only error whose text a caller may see. Anything else that is thrown is a bug. */
export class VisibleError extends Error {
  override readonly name: string = "VisibleError";
  readonly code: ErrorCode;
  /** The field of the request that is wrong, as the caller wrote it: `image`, `file`, `language`. */
  readonly field: string | undefined;
  /** From when on it is worth trying again, where the code that throws knows it. */
  readonly retryAt: Date | undefined;

  /** @param detail what to do next, with numbers and units; the catalogue's advice by default. */
  constructor(
    code: ErrorCode,
    detail?: string,
    options: { field?: string; retryAt?: Date; cause?: unknown } = {},
  ) {
    super(detail ?? ERRORS[code].advice, { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.retryAt = options.retryAt;
  }
}
