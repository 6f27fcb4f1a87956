import * as Billing from "@imagetotext/core/billing";
import { expect, test } from "vitest";

test.each([
  ["free", 3_000, 0],
  ["payg", 0, 0],
  ["payg", 3, 0],
  ["payg", 4, 1],
  ["payg", 1_000, 150],
  ["payg", 12_345, 1_852],
  ["pro", 0, 2_900],
  ["pro", 30_000, 2_900],
  ["pro", 30_001, 2_900],
  ["pro", 31_000, 2_990],
] as const)("a month on %s with %i requests costs %i cents", (plan, requests, cents) => {
  expect(Billing.estimateCents(Billing.getPlan(plan), requests)).toBe(cents);
});

test("without Stripe's key nothing is sold, nothing is billed, and plans are set by hand", async () => {
  expect(Billing.isOffered()).toBe(false);
  expect(await Billing.billClosedDays(new Date())).toEqual({ customers: 0, days: 0, requests: 0 });
});
