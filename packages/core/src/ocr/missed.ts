import type { Box } from "../image/index.ts";
import { guessesAmong, uncovered } from "./choose.ts";
import type { Engine, EngineWord } from "./engine.ts";
import { findLines, readLine } from "./lines.ts";
import type { Page } from "./page.ts";

/** Readings of one line each: 15 ms each on average, 4 for the lone digits of a table's column. */
const MOST_LINES = 100;
const ACCEPTED = 60;
/** A single character is as likely a speck. */
const ACCEPTED_ALONE = 80;

/**
 * Reads what the first reading passed over: a lone label, a page number, the cells of a table column.
 * @returns the words of both, without the guesses that were read better now
 */
export async function withMissedLines(
  engine: Engine,
  { view, text, textHeight, inkIsLight }: Page,
  words: readonly EngineWord[],
): Promise<readonly EngineWord[]> {
  const guesses = guessesAmong(words, textHeight);
  const read = words.filter((word) => !guesses.has(word));
  const lines = findLines(uncovered(text, textHeight, words), inkIsLight)
    .filter((line) => line.count > 1 || read.some(({ box }) => isBeside(line, box)))
    .sort((a, b) => b.count - a.count);
  let block = Math.max(0, ...words.map((word) => word.block));
  const found: EngineWord[] = [];
  for (const line of lines.slice(0, MOST_LINES)) {
    const { words: inLine, confidence } = await readLine(engine, view.grey, line);
    if (confidence < (line.count > 1 ? ACCEPTED : ACCEPTED_ALONE)) continue;
    block++;
    found.push(...inLine.map((word) => ({ ...word, block, paragraph: 1, line: 1 })));
  }
  const isReplaced = (word: EngineWord) =>
    guesses.has(word) && found.some(({ box }) => overlaps(word.box, box));
  return [...words.filter((word) => !isReplaced(word)), ...found];
}

/** True for a box at the height of the other, wherever across the page. */
function isBeside(a: Box, b: Box): boolean {
  const overlap = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return overlap >= 0.5 * Math.min(a.y1 - a.y0, b.y1 - b.y0);
}

function overlaps(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}
