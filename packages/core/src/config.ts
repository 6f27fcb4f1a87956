import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** An environment variable that is set but empty counts as not set. */
const text = z.string().trim().min(1).optional();
const count = (fallback: number, max = 1_000_000) =>
  z.coerce.number().int().min(0).max(max).default(fallback);

const Environment = z.object({
  TABLE_NAME: text.default("imagetotext"),
  DYNAMODB_ENDPOINT: text,
  PUBLIC_URL: text,
  TOKEN_PUBLIC_KEYS: text,
  TOKEN_SIGNING_SEED: text,
  FREE_DAILY_LIMIT: count(100),
  TESSDATA_DIR: text.default(fileURLToPath(new URL("../tessdata", import.meta.url))),
  OCR_THREADS: count(availableParallelism(), 256),
  OCR_QUEUE: count(128),
  OCR_TIMEOUT_MS: z.coerce.number().int().min(1).max(28_000).default(25_000),
});

export type Config = ReturnType<typeof read>;

let current: Config | undefined;

/**
 * The configuration, read from the environment on the first call and kept. README.md lists every
 * variable. @throws ZodError naming the variables that are wrong.
 */
export function config(): Config {
  current ??= read(process.env);
  return current;
}

function read(environment: NodeJS.ProcessEnv) {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const env = Environment.parse(set);
  return {
    table: { name: env.TABLE_NAME, endpoint: env.DYNAMODB_ENDPOINT },
    /** Where callers reach the service, when that is not the address this process is asked at. */
    publicUrl: env.PUBLIC_URL,
    token: {
      /** Raw Ed25519 public keys, base64url; several while a key is being rotated. */
      publicKeys: env.TOKEN_PUBLIC_KEYS?.split(",") ?? [],
      /** Base64 of the 32 secret bytes of the Ed25519 key. Only the web function has it. */
      signingSeed: env.TOKEN_SIGNING_SEED,
    },
    freeDailyLimit: env.FREE_DAILY_LIMIT,
    ocr: {
      tessdataDir: env.TESSDATA_DIR,
      /** Reader threads; each holds one engine and reads one image at a time. */
      threads: Math.max(1, env.OCR_THREADS),
      /** Images that may wait for a reader; past it a caller is told 503 at once. */
      queue: env.OCR_QUEUE,
      /** From arrival to answer, waiting included. API Gateway gives up after 29 s. */
      timeoutMs: env.OCR_TIMEOUT_MS,
    },
  };
}
