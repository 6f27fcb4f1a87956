import * as Receipt from "../receipt/index.ts";
import { dayAfter, dayOf, monthOf } from "../time.ts";
import { type BilledDay, listBilled } from "./billed-day.ts";
import type { Customer } from "./customer.ts";
import { getPlan } from "./plan.ts";
import { estimateCents } from "./price.ts";

/** What the present month has come to so far. */
export type MonthToDate = {
  /** `2026-11` */
  month: string;
  /** Requests that are to be paid, today's included. */
  requests: number;
  /** US cents by the present plan: see `estimateCents`. */
  cents: number;
};

/** The month so far: the days that are billed, and the receipts of those that are not yet. */
export async function monthToDate(customer: Customer, now: Date): Promise<MonthToDate> {
  const month = monthOf(now);
  const billed = await listBilled(customer.accountId, month);
  const open = await countOpenDays(customer, now);
  const requests = [...billed, ...open].reduce((sum, day) => sum + day.requests, 0);
  return { month, requests, cents: estimateCents(getPlan(customer.plan), requests) };
}

async function countOpenDays(customer: Customer, now: Date): Promise<BilledDay[]> {
  const days: BilledDay[] = [];
  const first = dayAfter(customer.billedThrough);
  const ofMonth = `${monthOf(now)}-01`;
  for (let day = first > ofMonth ? first : ofMonth; day <= dayOf(now); day = dayAfter(day)) {
    days.push({ day, requests: await Receipt.countPaid(customer.accountId, day) });
  }
  return days;
}
