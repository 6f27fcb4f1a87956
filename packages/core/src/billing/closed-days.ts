import { workThrough } from "../work-through.ts";
import { type Customer, listCustomers } from "./customer.ts";
import { billDays } from "./meter.ts";
import { isOffered } from "./stripe.ts";
import { sync } from "./sync.ts";

/** What a run did. Days without a paid request are not sent, and not counted here. */
type BillingRun = { customers: number; days: number; requests: number };

/** Customers that are billed at a time: Stripe takes 100 calls a second. */
const AT_ONCE = 8;

/**
 * The nightly job: tells Stripe how many requests each customer made on each closed day, once, and ends
 * grace periods that are over. Two runs at once, and a run after one that was killed, bill nothing twice.
 * @throws AggregateError after all others are done, with what went wrong for some; the next run makes up
 */
export async function billClosedDays(now: Date): Promise<BillingRun> {
  const run: BillingRun = { customers: 0, days: 0, requests: 0 };
  if (!isOffered()) return run;
  const bill = async ({ accountId }: Customer) => {
    // First, so that a plan of which no event has told us is known.
    const customer = await sync(accountId, now);
    for (const { requests } of customer ? await billDays(customer, now) : []) {
      run.days += 1;
      run.requests += requests;
    }
  };
  const { items, failures } = await workThrough(listCustomers(), AT_ONCE, (customer) =>
    // Pages have no time for it, but a night may ask Stripe again.
    bill(customer).catch(() => bill(customer)),
  );
  if (failures.length === 0) return { ...run, customers: items };
  throw new AggregateError(failures, `${failures.length} of ${items} customers were not billed`);
}
