import * as Billing from "@imagetotext/core/billing";
import { VisibleError } from "@imagetotext/core/error";
import type { Api } from "../api/app.ts";

/** An event has a few kB; this bounds what a stranger can make us read. */
const MAX_BYTES = 500_000;

/** Where Stripe sends its events. Any answer but 200 makes it send them again. */
export function stripeRoute(app: Api): void {
  app.post("/stripe/webhook", async (c) => {
    const sizeBytes = Number(c.req.header("content-length") ?? Number.NaN);
    if (!(sizeBytes <= MAX_BYTES)) throw new VisibleError("billing.invalid_event");
    const signature = c.req.header("stripe-signature") ?? "";
    // The signature is of the bytes as they came: nothing may parse them first.
    await Billing.receiveEvent(await c.req.text(), signature, new Date());
    return c.json({ success: true });
  });
}
