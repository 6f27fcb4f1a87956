import * as Quota from "@imagetotext/core/quota";
import * as Token from "@imagetotext/core/token";
import type { Api } from "./app.ts";
import { setRateLimit } from "./rate-limit.ts";
import type { UsageAnswer } from "./schema.ts";

/** Today's count, free of charge. */
export function usageRoute(app: Api): void {
  app.get("/api/ocr/usage", async (c) => {
    const now = new Date();
    const caller = await Token.authenticate(c.req.header("authorization"), now);
    c.var.logged.accountId = caller.accountId;
    const usage = await Quota.usage(caller, now);
    setRateLimit(c, usage, now);
    return c.json({
      success: true,
      data: {
        plan: usage.plan,
        limit: usage.limit,
        used: usage.used,
        remaining: Math.max(0, usage.limit - usage.used),
        resets_at: usage.resetsAt.toISOString(),
        token_expires_at: usage.tokenExpiresAt.toISOString(),
      },
    } satisfies UsageAnswer);
  });
}
