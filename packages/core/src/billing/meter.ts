import { VisibleError } from "../error.ts";
import * as Receipt from "../receipt/index.ts";
import { dayAfter, dayOf, endOf, secondsOf } from "../time.ts";
import { markSending, recordBilled } from "./billed-day.ts";
import type { Customer } from "./customer.ts";
import { ask, type Stripe, settings } from "./stripe.ts";

/** Stripe takes nothing that is older than 35 days. */
const OLDEST_DAYS = 34;

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
      const isRetry = mark === "again" || isForgotten(day, now);
      await send(at, day, requests, { isRetry, now });
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
        timestamp: Math.min(endOf(day), secondsOf(now) - 1),
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

/**
 * A restored table knows nothing of what was sent since its backup; and of a day that ended so long ago
 * Stripe may not know the identifier any more.
 */
function isForgotten(day: string, now: Date): boolean {
  return endOf(day) < now.getTime() / 1000 - 86_400;
}

function isTooOld(day: string, now: Date): boolean {
  return endOf(day) < now.getTime() / 1000 - OLDEST_DAYS * 86_400;
}
