import { ask } from "./stripe.ts";

/**
 * Closes the pages of Stripe on which this customer could still buy a plan. Stripe refuses to close
 * one that is being paid: the next call finds what was bought.
 * @throws VisibleError billing.unavailable
 */
export async function expireCheckouts(customerId: string): Promise<void> {
  await ask(async ({ checkout: { sessions } }) => {
    const { data } = await sessions.list({ customer: customerId, status: "open", limit: 100 });
    for (const { id } of data) await sessions.expire(id);
  });
}
