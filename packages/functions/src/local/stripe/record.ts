import type { Line, PriceId } from "./price.ts";

/** What a stand-in for Stripe keeps. Times are Unix seconds, as Stripe's are. */

export type Customer = { id: string; email: string; accountId: string; declines: boolean };
/** What the seller has written on something. */
export type Metadata = Record<string, string>;
export type Session = {
  id: string;
  customer: string;
  prices: PriceId[];
  metadata: Metadata;
  successUrl: string;
  cancelUrl: string;
  status: "open" | "complete" | "expired";
};
type Item = { id: string; price: PriceId; since: number };
export type Subscription = {
  id: string;
  customer: string;
  status: "active" | "past_due" | "canceled";
  created: number;
  items: Item[];
  metadata: Metadata;
  periodStart: number;
  periodEnd: number;
  cancelAtPeriodEnd: boolean;
  /** What the next invoice has besides. */
  pending: Line[];
};
export type MeterEvent = {
  identifier: string;
  customer: string;
  value: number;
  timestamp: number;
  receivedAt: number;
};
export type Invoice = {
  id: string;
  customer: string;
  created: number;
  lines: Line[];
  status: "paid" | "open";
};
export type Event = { id: string; payload: string };

export class Refusal extends Error {
  readonly status: number;
  readonly code: string | undefined;
  constructor(status: number, message: string, code?: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
