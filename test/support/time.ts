/** When most tests happen: no moment of theirs comes from the clock of the machine. */
export const NOW = new Date("2030-03-01T12:00:00Z");

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** @param ms may be below 0 */
export const later = (from: Date, ms: number) => new Date(from.getTime() + ms);
