import type { Stripe } from "stripe";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";

export type { Stripe } from "stripe";

/** Whether plans are sold here. Without Stripe the operator sets plans by hand. */
export const isOffered = (): boolean => config().stripe !== undefined;

/** @throws VisibleError billing.not_offered */
export function settings(): NonNullable<ReturnType<typeof config>["stripe"]> {
  const { stripe } = config();
  if (!stripe) throw new VisibleError("billing.not_offered");
  return stripe;
}

/**
 * Asks Stripe. What it refuses, and what got no answer, is the same to a caller: nothing to correct.
 * @throws VisibleError billing.unavailable; billing.not_offered
 */
export async function ask<T>(call: (stripe: Stripe) => Promise<T>): Promise<T> {
  const stripe = await connect();
  try {
    return await call(stripe);
  } catch (cause) {
    if (cause instanceof VisibleError) throw cause;
    throw new VisibleError("billing.unavailable", undefined, { cause });
  }
}

let client: Promise<Stripe> | undefined;

/** Loaded on the first use: most requests, and all of the OCR function, never need it. */
export function connect(): Promise<Stripe> {
  const { secretKey, apiBase } = settings();
  client ??= import("stripe").then(
    ({ Stripe }) =>
      new Stripe(secretKey, {
        // A page has 15 s in all. A change of plan asks five times, two more where yesterday was sent and
        // not confirmed, one more for a purchase of which no event has told; a deletion about as often.
        // The first call that fails ends it.
        timeout: 3_000,
        // It repeats a call by itself where the connection was closed; each change has an idempotency
        // key, so that it is carried out once.
        maxNetworkRetries: 0,
        telemetry: false,
        ...(apiBase ? baseOf(apiBase) : {}),
      }),
  );
  return client;
}

function baseOf(address: string) {
  const { protocol, hostname, port } = new URL(address);
  return {
    protocol: protocol === "http:" ? ("http" as const) : ("https" as const),
    host: hostname,
    ...(port ? { port } : {}),
  };
}
