import type { Allowance } from "@imagetotext/core/quota";
import { secondsOf } from "@imagetotext/core/time";
import type { Context } from "hono";

/**
 * Says how much of the day is left, in the fields of the IETF draft
 * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/) and in the older X- form.
 * @returns seconds until the next day begins
 */
export function setRateLimit(c: Context, allowance: Allowance, now: Date): number {
  const { limit, used, resetsAt } = allowance;
  const remaining = Math.max(0, limit - used);
  const secondsLeft = Math.max(1, Math.ceil((resetsAt.getTime() - now.getTime()) / 1000));
  c.header("RateLimit-Policy", `"daily";q=${limit};w=86400`);
  c.header("RateLimit", `"daily";r=${remaining};t=${secondsLeft}`);
  c.header("X-RateLimit-Limit", String(limit));
  c.header("X-RateLimit-Remaining", String(remaining));
  c.header("X-RateLimit-Reset", String(secondsOf(resetsAt)));
  return secondsLeft;
}
