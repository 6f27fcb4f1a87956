import type { EngineWord } from "./engine.ts";
import type { Reading } from "./page.ts";

/** Colons, dashes and the like below this confidence (0..100, as tesseract says it) are specks. */
const UNSURE_MARK = 50;
/** Pieces of ruling lines are taken for these. */
const BARS = /^[|_]+$/;
const UNSURE_BARS = 85;
/** Where one letter is no word of its own, as it is in Chinese. */
const SCRAP = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}\p{P}\p{S}]{1,4}$/u;
/** 0..100, less 5 for each letter: of words of one letter below 40, and of four below 25, one in eight is right. */
const UNSURE_SCRAP = 45;
const LESS_A_LETTER = 5;

/**
 * The reading without what is no text: specks, pieces of lines, handwriting, the edge of a picture. Of the unsure marks
 * in the English images of the corpus one in twelve is in the reference. Its confidence and coverage stay those of the
 * whole, by which warnings are given.
 */
export function withoutStrayWords(reading: Reading): Reading {
  const regions = reading.regions
    .map((region) => region.map((line) => line.filter(isText)).filter(isFilled))
    .filter(isFilled);
  return { ...reading, regions, words: reading.words.filter(isText) };
}

function isText({ text, confidence }: EngineWord): boolean {
  if (BARS.test(text)) return confidence >= UNSURE_BARS;
  if (!/[\p{L}\p{M}\p{N}]/u.test(text)) return confidence >= UNSURE_MARK;
  return !SCRAP.test(text) || confidence >= UNSURE_SCRAP - LESS_A_LETTER * text.length;
}

function isFilled(parts: readonly unknown[]): boolean {
  return parts.length > 0;
}
