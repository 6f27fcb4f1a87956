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

/** A sum in any currency of Stripe, which counts in hundredths of it. */
export function money(cents: number, currency: string): string {
  return currency === "USD" ? exactDollars(cents) : `${(cents / 100).toFixed(2)} ${currency}`;
}
