/** What the stand-in sells, as an operator would set it up in Stripe (docs/operations.md). */
export const PRICES = {
  price_payg: { label: "Requests", included: 0, centsPer1000: 150 },
  price_pro: { label: "Pro", monthlyCents: 2_900 },
  price_pro_requests: { label: "Requests", included: 30_000, centsPer1000: 90 },
} as const;

export type PriceId = keyof typeof PRICES;

export const METER = { id: "mtr_local", event_name: "ocr_request" };

export type Line = { description: string; amount: number; quantity: number };

/** Requests between two moments by a price that counts them, or nothing by a price of a month. */
export function usageLine(price: PriceId, requests: number): Line | undefined {
  const terms = PRICES[price];
  if (!("centsPer1000" in terms)) return undefined;
  const charged = Math.max(0, requests - terms.included);
  const amount = Math.round((charged * terms.centsPer1000) / 1000);
  return { description: terms.label, amount, quantity: requests };
}

/** @param share of a month, 0 to 1; below 0 it is given back */
export function monthLine(price: PriceId, share: number): Line | undefined {
  const terms = PRICES[price];
  if (!("monthlyCents" in terms)) return undefined;
  const amount = Math.round(terms.monthlyCents * share);
  return { description: terms.label, amount, quantity: 1 };
}
