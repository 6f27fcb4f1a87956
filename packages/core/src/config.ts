import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** An environment variable that is set but empty counts as not set. */
const text = z.string().trim().min(1).optional();
const count = (fallback: number, max = 1_000_000) =>
  z.coerce.number().int().min(0).max(max).default(fallback);

const Environment = z.object({
  PRODUCT_NAME: text.default("imagetotext"),
  SUPPORT_EMAIL: z.email().default("support@example.com"),
  BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  CDN_SECRET: text,
  TABLE_NAME: text.default("imagetotext"),
  DYNAMODB_ENDPOINT: text,
  TOKEN_PUBLIC_KEYS: z
    .string()
    .default("")
    .transform((list) => list.split(",").map((part) => part.trim()))
    .transform((parts) => parts.filter(Boolean))
    .pipe(z.array(z.string().regex(/^[\w-]{43}$/, "32 bytes in base64url, joined by commas"))),
  TOKEN_SIGNING_SEED: z.base64().length(44, "base64 of 32 bytes").optional(),
  FREE_DAILY_LIMIT: count(100),
  PLANS: text,
  STRIPE_SECRET_KEY: text,
  STRIPE_WEBHOOK_SECRET: text,
  STRIPE_PRICE_PAYG: text,
  STRIPE_PRICE_PRO: text,
  STRIPE_PRICE_PRO_REQUESTS: text,
  STRIPE_METER_EVENT: text.default("ocr_request"),
  STRIPE_API_BASE: z.url({ protocol: /^https?$/ }).optional(),
  MAIL_FROM: text.default("imagetotext <no-reply@example.com>"),
  SMTP_URL: text,
  MAIL_OUTBOX: text,
  UPLOADS_BUCKET: text,
  TESSDATA_DIR: text.default(fileURLToPath(new URL("../tessdata", import.meta.url))),
  OCR_THREADS: count(availableParallelism(), 256),
  OCR_QUEUE: count(128),
  OCR_TIMEOUT_MS: z.coerce.number().int().min(1).max(22_000).default(20_000),
});

type Config = ReturnType<typeof read>;

let current: Config | undefined;

/**
 * The configuration, read from the environment on the first call and kept. README.md lists every
 * variable. @throws ZodError naming the variables that are wrong.
 */
export function config(): Config {
  current ??= read(process.env);
  return current;
}

const word = z.string();
/** With a key, the rest is needed too. */
const Sold = z.object({
  STRIPE_SECRET_KEY: word,
  STRIPE_WEBHOOK_SECRET: word,
  STRIPE_PRICE_PAYG: word,
  STRIPE_PRICE_PRO: word,
  STRIPE_PRICE_PRO_REQUESTS: word,
});

/** Stripe's own pages, that a form of ours may lead to. */
const STRIPE_PAGES = ["https://checkout.stripe.com", "https://billing.stripe.com"];

/** @returns undefined without a key: plans are then not sold here */
function stripeOf(env: z.infer<typeof Environment>) {
  if (!env.STRIPE_SECRET_KEY) return undefined;
  const set = Sold.parse(env);
  return {
    secretKey: set.STRIPE_SECRET_KEY,
    /** What Stripe signs its events with. */
    webhookSecret: set.STRIPE_WEBHOOK_SECRET,
    /** Ids of prices: a request on pay as you go, a month of Pro, and a request on Pro. */
    prices: {
      payg: set.STRIPE_PRICE_PAYG,
      pro: set.STRIPE_PRICE_PRO,
      proRequests: set.STRIPE_PRICE_PRO_REQUESTS,
    },
    /** Event name of the meter that the two prices of a request count by. */
    meterEvent: env.STRIPE_METER_EVENT,
    /** Another address than Stripe's own, for a stand-in on this machine. */
    apiBase: env.STRIPE_API_BASE,
    /** Origins of the pages that checkout and portal lead to. */
    pages: env.STRIPE_API_BASE ? [new URL(env.STRIPE_API_BASE).origin] : STRIPE_PAGES,
  };
}

function read(environment: NodeJS.ProcessEnv) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const env = Environment.parse(set);
  return {
    site: {
      /** What the pages and mails call the product. */
      name: env.PRODUCT_NAME,
      supportEmail: env.SUPPORT_EMAIL,
      /** Origin of the public address, without a slash at the end; undefined: the one that was called. */
      baseUrl: env.BASE_URL && new URL(env.BASE_URL).origin,
      /** What CloudFront proves itself with, so that the client's address it tells is believed. */
      cdnSecret: env.CDN_SECRET,
    },
    table: { name: env.TABLE_NAME, endpoint: env.DYNAMODB_ENDPOINT },
    token: {
      /** Raw Ed25519 public keys, base64url; several while a key is being rotated. */
      publicKeys: env.TOKEN_PUBLIC_KEYS,
      /** Base64 of the 32 secret bytes of the Ed25519 key. Only the web function has it. */
      signingSeed: env.TOKEN_SIGNING_SEED,
    },
    freeDailyLimit: env.FREE_DAILY_LIMIT,
    /** JSON that overrides what `Billing.plans` says, by plan: `{"pro": {"dailyLimit": 50000}}`. */
    plans: env.PLANS,
    stripe: stripeOf(env),
    mail: {
      from: env.MAIL_FROM,
      smtpUrl: env.SMTP_URL,
      /** Folder that keeps mails instead of sending them. Only the local server sets it. */
      outboxDir: env.MAIL_OUTBOX,
    },
    /** Holds bodies that are too large for a Lambda's event. Only a deploy has one. */
    uploadsBucket: env.UPLOADS_BUCKET,
    ocr: {
      tessdataDir: env.TESSDATA_DIR,
      /** Reader threads; each holds one engine and reads one image at a time. */
      threads: Math.max(1, env.OCR_THREADS),
      /** Images that may wait for a reader; past it a caller is told 503 at once. */
      queue: env.OCR_QUEUE,
      /** From arrival at the readers to the result, waiting included. API Gateway gives up at 29 s. */
      timeoutMs: env.OCR_TIMEOUT_MS,
    },
  };
}
