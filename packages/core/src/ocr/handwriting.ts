import { type Measures, median } from "./measure.ts";

/** Letters or joined letters; fewer do not show a hand. */
const FEWEST = 15;
/**
 * The ink of a letter as a share of its box. The median of 121 printed pages is 0.37 and more in Latin script,
 * of handwriting mostly 0.19 to 0.35: a pen is thin for the size of its letters, and joins them.
 */
const THIN = 0.36;

/** Whether the ink is spread as a pen does. Thin type and other scripts can look so too: ask only about what reads badly. */
export function looksHandwritten({ text, textHeight }: Measures): boolean {
  const letters = text.filter(({ y0, y1 }) => {
    const height = y1 - y0;
    return height >= 0.5 * textHeight && height <= 4 * textHeight;
  });
  const shares = letters.map(({ x0, y0, x1, y1, area }) => area / ((x1 - x0) * (y1 - y0)));
  return letters.length >= FEWEST && median(shares) < THIN;
}
