import { MIN_CONFIDENCE, uncovered } from "./choose.ts";
import type { Component } from "./components.ts";
import type { Box, Engine, EngineWord, Grey } from "./engine.ts";
import { findLines, readLine } from "./lines.ts";

/** Readings of one line each; 15 ms each on average. */
const MOST_LINES = 24;
const ACCEPTED = 60;

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
  const lines = findLines(left, inkIsLight).sort((a, b) => b.count - a.count);
  let block = Math.max(0, ...words.map((word) => word.block));
  const found: EngineWord[] = [];
  let n = 0;
  for (const line of lines.slice(0, MOST_LINES)) {
    const read = await readLine(engine, image, line);
    if (read.confidence < ACCEPTED) continue;
    block++;
    n++;
    found.push(...read.words.map((word) => ({ ...word, block, paragraph: 1, line: 1 })));
  }
  note(`missed${left.length}:${lines.length}>${n}`);
  if (found.length === 0) return words;
  const isReplaced = ({ box, confidence }: EngineWord) =>
    confidence < MIN_CONFIDENCE && found.some((word) => overlaps(word.box, box));
  return [...words.filter((word) => !isReplaced(word)), ...found];
}

function overlaps(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}
