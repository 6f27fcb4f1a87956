const DAY_MS = 86_400_000;

/** Unix seconds, whole ones: what Stripe, tokens and the TTL of DynamoDB count in. */
export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

/** As people read it: `2026-11-22 14:05 UTC`. */
export const minuteOf = (at: Date): string =>
  `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** A day is written `2026-11-22`, and is 00:00 to 24:00 UTC; so days sort as text. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

export const dayAfter = (day: string): string => dayOf(new Date(Date.parse(day) + DAY_MS));

export const dayBefore = (day: string): string => dayOf(new Date(Date.parse(day) - DAY_MS));

/** The last second of the day, Unix seconds. */
export const endOf = (day: string): number => (Date.parse(day) + DAY_MS) / 1000 - 1;

/** `2026-11` */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);
