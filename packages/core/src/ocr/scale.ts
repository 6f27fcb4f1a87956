import type { Grey } from "../image/index.ts";
import type { Measures } from "./measure.ts";

/**
 * px of text height (the median of letters, so mostly lower case). Enlarging further cost CPU and was no
 * better on the development corpus: 24 px instead of 18 took 15 % more.
 */
const SMALLEST = 15;
const TARGET = 18;
const LARGEST = 60;
const TARGET_WHEN_LARGE = 45;
const MAX_FACTOR = 4;
/** Text may be shrunk to this for the sake of memory, no further. */
const LEGIBLE = 12;
/** One reading takes about 20 bytes a pixel. */
const MAX_PIXELS = 12e6;

/** The factor by which to resize before reading; 1 where it would not matter. */
export function scaleFor({ width, height }: Grey, { text, textHeight }: Measures): number {
  let factor = 1;
  if (textHeight > 0 && text.length >= 5) {
    if (textHeight < SMALLEST) factor = Math.min(MAX_FACTOR, TARGET / textHeight);
    else if (textHeight > LARGEST) factor = TARGET_WHEN_LARGE / textHeight;
  }
  const largest = Math.sqrt(MAX_PIXELS / (width * height));
  const smallest = textHeight > 0 ? Math.min(1, LEGIBLE / textHeight) : 0;
  factor = Math.max(Math.min(factor, largest), Math.min(factor, smallest));
  return Math.abs(factor - 1) > 0.1 ? factor : 1;
}
