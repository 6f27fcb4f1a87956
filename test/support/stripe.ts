import { randomUUID } from "node:crypto";
import * as Billing from "@imagetotext/core/billing";
import * as Receipt from "@imagetotext/core/receipt";
import type { FaultOf } from "../../packages/functions/src/local/stripe/api.ts";
import {
  type LocalStripe,
  startLocalStripe,
} from "../../packages/functions/src/local/stripe/listen.ts";
import type { Subscription } from "../../packages/functions/src/local/stripe/record.ts";
import { makeAccount, type TestAccount } from "./account.ts";
import { useOwnTable } from "./own-table.ts";

type TestStripe = LocalStripe & {
  /** What goes wrong with the calls to come. */
  setFault: (faultOf: FaultOf) => void;
  /** The calls that came so far. */
  calls: string[];
  setNow: (now: Date) => void;
};

/**
 * The stand-in for Stripe, used by this process from here on, and a table of its own: billing goes
 * through all customers, and those of another file are unknown here. Call it before anything else.
 */
export async function startStripe(): Promise<TestStripe> {
  await useOwnTable();
  let faultOf: FaultOf = () => undefined;
  const calls: string[] = [];
  const stripe = await startLocalStripe((call) => {
    calls.push(call);
    return faultOf(call);
  });
  Object.assign(process.env, stripe.environment);
  return {
    ...stripe,
    calls,
    setFault: (next) => {
      faultOf = next;
    },
    setNow: (now) => {
      stripe.ledger.now = () => Math.floor(now.getTime() / 1000);
    },
  };
}

type Bought = { customerId: string; subscription: Subscription };
export type Buyer = TestAccount & Bought;

/** An account that has bought a plan: nothing is known of it here until `Billing.sync` or an event. */
export async function makeBuyer(
  stripe: TestStripe,
  plan: Billing.PaidPlanId,
  now: Date,
): Promise<Buyer> {
  const account = await makeAccount();
  return { ...account, ...(await buyPlan(stripe, account, plan, now)) };
}

/** The same for an account that there is. */
export async function buyPlan(
  stripe: TestStripe,
  account: { accountId: string; email: string },
  plan: Billing.PaidPlanId,
  now: Date,
): Promise<Bought> {
  stripe.setNow(now);
  const site = "http://localhost:3000";
  const url = await Billing.startCheckout({ ...account, plan, site }, now);
  const session = stripe.ledger.sessions.get(url.split("/").at(-1) ?? "");
  if (!session) throw new Error(`no session at ${url}`);
  stripe.ledger.complete(session);
  const [subscription] = stripe.ledger.subscriptionsOf(session.customer);
  if (!subscription) throw new Error("nothing was bought");
  return { customerId: session.customer, subscription };
}

/** Receipts of answered requests, one after the other from `at` on. */
export async function makeReceipts(
  accountId: string,
  at: Date,
  count: number,
  plan = "payg",
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const moment = new Date(at.getTime() + i * 1000);
    const measured = { bytes: 1, pixels: 1, ms: 1, confidence: 1 };
    const receipt = { accountId, requestId: randomUUID(), at: moment, plan, ...measured };
    await Receipt.record(receipt, moment);
  }
}

/** The values that Stripe has of an account, by day. */
export function billedOf(stripe: TestStripe, { accountId }: TestAccount): Record<string, number> {
  const days: Record<string, number> = {};
  for (const { identifier, value } of stripe.ledger.meterEvents) {
    if (!identifier.startsWith(accountId)) continue;
    const day = identifier.slice(accountId.length + 1);
    days[day] = (days[day] ?? 0) + value;
  }
  return days;
}
