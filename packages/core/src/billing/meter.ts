import { VisibleError } from "../error.ts";
import * as Receipt from "../receipt/index.ts";
import { workThrough } from "../work-through.ts";
import { markSending, recordBilled } from "./billed-day.ts";
import { type Customer, listCustomers } from "./customer.ts";
import { dayAfter, dayOf, endOf } from "./day.ts";
import { ask, isOffered, type Stripe, settings } from "./stripe.ts";
import { sync } from "./sync.ts";

/** What a run did. Days without a paid request are not sent, and not counted here. */
export type BillingRun = { customers: number; days: number; requests: number };

/** Customers that are billed at a time: Stripe takes 100 calls a second. */
const AT_ONCE = 8;

/** Stripe takes nothing that is older than 35 days. */
const OLDEST_DAYS = 34;

/**
 * The nightly job: tells Stripe how many requests each customer made on each closed day, once, and ends
 * grace periods that are over. Two runs at once, and a run after one that was killed, bill nothing twice.
 * @throws AggregateError after all others are done, with what went wrong for some; the next run makes up
 */
export async function billClosedDays(now: Date): Promise<BillingRun> {
  const run: BillingRun = { customers: 0, days: 0, requests: 0 };
  if (!isOffered()) return run;
  const { items, failures } = await workThrough(listCustomers(), AT_ONCE, async ({ accountId }) => {
    // First, for a subscription that should have ended must not see these requests.
    const customer = await sync(accountId, now);
    for (const { requests } of customer ? await billDays(customer, now) : []) {
      run.days += 1;
      run.requests += requests;
    }
  });
  if (failures.length === 0) return { ...run, customers: items };
  throw new AggregateError(failures, `${failures.length} of ${items} customers were not billed`);
}

/**
 * Bills the days of one customer that are closed and not billed yet, oldest first.
 * @param open bills today as well; for an account that is being closed, and gets no more requests
 * @returns the days that were sent by this call
 */
export async function billDays(
  customer: Customer,
  now: Date,
  open = false,
): Promise<{ day: string; requests: number }[]> {
  const sent = [];
  const isDue = (day: string) => (open ? day <= dayOf(now) : Receipt.isClosed(day, now));
  let at = customer;
  for (let day = dayAfter(at.billedThrough); isDue(day); day = dayAfter(day)) {
    const requests = isTooOld(day, now) ? 0 : await Receipt.countPaid(at.accountId, day);
    if (requests > 0) {
      const mark = await markSending(at, day);
      if (mark === "passed") break;
      await send(at, day, requests, { isRetry: mark === "again", now });
      sent.push({ day, requests });
    }
    // Another run has billed this day, and goes on with the next.
    if (!(await recordBilled(at, { day, requests }))) break;
    at = { ...at, billedThrough: day };
  }
  return sent;
}

/**
 * Sends one day. An attempt before may have arrived without our knowing: Stripe refuses the identifier
 * for at least 24 hours, and after that it has the day in its sums.
 */
async function send(
  { accountId, customerId }: Customer,
  day: string,
  requests: number,
  { isRetry, now }: { isRetry: boolean; now: Date },
): Promise<void> {
  await ask(async (stripe) => {
    if (isRetry && (await hasDay(stripe, customerId, day))) return;
    try {
      await stripe.billing.meterEvents.create({
        event_name: settings().meterEvent,
        identifier: `${accountId}-${day}`,
        // Of a day that is not over: a second ago, so that an invoice of this moment has it.
        timestamp: Math.min(endOf(day), Math.floor(now.getTime() / 1000) - 1),
        payload: { stripe_customer_id: customerId, value: String(requests) },
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  });
}

/** Whether Stripe's sum of the day has anything of this customer: we send each day as a whole. */
async function hasDay(stripe: Stripe, customerId: string, day: string): Promise<boolean> {
  const { data: meters } = await stripe.billing.meters.list({ status: "active", limit: 100 });
  const meter = meters.find(({ event_name }) => event_name === settings().meterEvent);
  if (!meter) throw new VisibleError("billing.unavailable", "Stripe has no meter of this name.");
  const { data: sums } = await stripe.billing.meters.listEventSummaries(meter.id, {
    customer: customerId,
    start_time: Date.parse(day) / 1000,
    end_time: Date.parse(dayAfter(day)) / 1000,
  });
  return sums.some(({ aggregated_value }) => aggregated_value > 0);
}

/** The older interface of Stripe says so by its message alone, the newer one by a code. */
function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "duplicate_meter_event" || /already exists with identifier/.test(error.message);
}

function isTooOld(day: string, now: Date): boolean {
  return endOf(day) < now.getTime() / 1000 - OLDEST_DAYS * 86_400;
}
