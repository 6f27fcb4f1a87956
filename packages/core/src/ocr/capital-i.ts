import type { EngineWord } from "./engine.ts";
import type { Region } from "./order.ts";

/** In heights of the bar: how far it may stand from the line that its neighbours stand on. */
const OFF_THE_LINE = 0.15;
/** Words on either side that show where the line is; one of them has no tail that hangs below it. */
const NEIGHBOURS = 3;
/** 0..100; a bar below is as likely a piece of a ruling line. */
const SURE = 50;

/**
 * English `I` for the bars that tesseract took it for in print without serifs: those in front of a small letter that stand
 * on the line as a capital does. A real bar hangs below the line, or stands before a capital, an option or a number.
 */
export function withCapitalI(regions: readonly Region[]): Region[] {
  return regions.map((region) =>
    region.map((line) => line.map((word, i) => (isI(line, i) ? { ...word, text: "I" } : word))),
  );
}

function isI(line: readonly EngineWord[], i: number): boolean {
  const word = line[i];
  const isBar = word?.text === "|" && word.confidence >= SURE;
  if (!isBar || !/^\p{Ll}/u.test(line[i + 1]?.text ?? "")) return false;
  const near = line.slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1);
  const letters = near.filter(({ text }) => /^[\p{L}'’]+/u.test(text));
  const { y0, y1 } = word.box;
  const slack = OFF_THE_LINE * (y1 - y0);
  const top = Math.min(...letters.map(({ box }) => box.y0));
  const bottom = Math.min(...letters.map(({ box }) => box.y1));
  return y0 >= top - slack && Math.abs(y1 - bottom) <= slack;
}
