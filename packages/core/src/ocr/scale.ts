import type { Grey } from "./engine.ts";
import type { Measures } from "./measure.ts";

/** px of text height. Tesseract was trained on about 30 px capitals, 22 px lower case. */
const SMALLEST = 18;
const TARGET = 24;
const LARGEST = 60;
const TARGET_WHEN_LARGE = 45;
const MAX_FACTOR = 4;
/** One reading of more pixels takes too much memory: about 20 bytes each. */
const MAX_PIXELS = 16e6;

/** The factor by which to resize before reading; 1 where it would not matter. */
export function scaleFor({ width, height }: Grey, { text, textHeight }: Measures): number {
  let factor = 1;
  if (textHeight > 0 && text.length >= 5) {
    if (textHeight < SMALLEST) factor = Math.min(MAX_FACTOR, TARGET / textHeight);
    else if (textHeight > LARGEST) factor = TARGET_WHEN_LARGE / textHeight;
  }
  const limit = Math.sqrt(MAX_PIXELS / (width * height));
  factor = Math.min(factor, Math.max(limit, Math.min(1, limit)));
  return Math.abs(factor - 1) > 0.1 ? factor : 1;
}
