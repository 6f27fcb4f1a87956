/** US cents as a price: whole dollars are shown without cents. */
export function dollars(cents: number): string {
  return cents % 100 === 0 ? `$${cents / 100}` : exactDollars(cents);
}

/** US cents as a sum, always with cents; below zero is a credit. */
export function exactDollars(cents: number): string {
  const sum = Math.abs(cents) / 100;
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${cents < 0 ? "−" : ""}$${sum.toLocaleString("en", digits)}`;
}

/**
 * Decimals of the currencies that Stripe does not count in hundredths. The standard's own decimals, as
 * `Intl` has them, differ: Stripe counts HUF and UGX in hundredths. https://docs.stripe.com/currencies
 */
const DECIMALS: Record<string, number> = {
  ...Object.fromEntries(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
      .split(" ")
      .map((code) => [code, 0]),
  ),
  ...Object.fromEntries("BHD JOD KWD OMR TND".split(" ").map((code) => [code, 3])),
};

/**
 * A sum in any currency of Stripe.
 * @param amount in the unit that Stripe counts this currency in
 * @param currency ISO 4217, capitals
 */
export function money(amount: number, currency: string): string {
  if (currency === "USD") return exactDollars(amount);
  const decimals = DECIMALS[currency] ?? 2;
  return `${(amount / 10 ** decimals).toFixed(decimals)} ${currency}`;
}
