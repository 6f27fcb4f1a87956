import { expect, test } from "vitest";
import { money } from "../../packages/functions/src/web/money.ts";

test.each([
  [2_900, "USD", "$29.00"],
  [-95, "USD", "−$0.95"],
  [2_900, "EUR", "29.00 EUR"],
  [2_900, "JPY", "2900 JPY"],
  [2_900, "HUF", "29.00 HUF"],
  [2_900, "KWD", "2.900 KWD"],
])("%i of Stripe's units of %s are shown as %s", (amount, currency, shown) => {
  expect(money(amount, currency)).toBe(shown);
});
