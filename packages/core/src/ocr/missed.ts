import { guessesAmong, uncovered } from "./choose.ts";
import type { Component } from "./components.ts";
import type { Box, Engine, EngineWord, Grey } from "./engine.ts";
import { findLines, readLine } from "./lines.ts";

/** Readings of one line each; 15 ms each on average. */
const MOST_LINES = 40;
const ACCEPTED = 60;
/** A single character is as likely a speck. */
const ACCEPTED_ALONE = 80;

/**
 * Reads what the first reading passed over: a lone label, a page number, the cells of a table column.
 * @param text ink that could be text, and `textHeight` in px, of the same image
 * @returns the words of both, without the guesses that were read better now
 */
export async function withMissedLines(
  engine: Engine,
  image: Grey,
  text: readonly Component[],
  textHeight: number,
  inkIsLight: boolean,
  words: readonly EngineWord[],
  note: (s: string) => void,
): Promise<readonly EngineWord[]> {
  const left = uncovered(text, textHeight, words);
  const guesses = guessesAmong(words, textHeight);
  const read = words.filter((word) => !guesses.has(word));
  const lines = findLines(left, inkIsLight)
    .filter((line) => line.count > 1 || read.some(({ box }) => isBeside(line, box)))
    .sort((a, b) => b.count - a.count);
  let block = Math.max(0, ...words.map((word) => word.block));
  const found: EngineWord[] = [];
  let n = 0;
  for (const line of lines.slice(0, MOST_LINES)) {
    const { words: inLine, confidence } = await readLine(engine, image, line);
    if (confidence < (line.count > 1 ? ACCEPTED : ACCEPTED_ALONE)) continue;
    block++;
    n++;
    found.push(...inLine.map((word) => ({ ...word, block, paragraph: 1, line: 1 })));
  }
  note(`missed${left.length}:${lines.length}>${n}`);
  if (found.length === 0) return words;
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
