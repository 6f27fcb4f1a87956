import type { Component } from "./components.ts";
import type { EngineWord } from "./engine.ts";

/** Mean confidence of the words, 0..100, weighted by their length; 0 without words. */
export function meanConfidence(words: readonly { text: string; confidence: number }[]): number {
  let characters = 0;
  let total = 0;
  for (const { text, confidence } of words) {
    characters += text.length;
    total += confidence * text.length;
  }
  return characters > 0 ? total / characters : 0;
}

/**
 * What a reading found, for choosing between readings of differently prepared images: only words that
 * are more likely right than wrong count. A mean would prefer a reading that found one good word.
 */
export function evidence(words: readonly EngineWord[]): number {
  return words.reduce(
    (sum, { text, confidence }) => sum + Math.max(0, confidence - 50) * text.length,
    0,
  );
}

/**
 * The words that do not count as read: those of little confidence, and columns of digits or letters that
 * tesseract took for a line of vertical text.
 */
export function guessesAmong(words: readonly EngineWord[], textHeight: number): Set<EngineWord> {
  const guesses = new Set(words.filter(({ confidence }) => confidence < 30));
  for (const line of linesOf(words)) {
    const boxes = line.map(({ box }) => box);
    const height = Math.max(...boxes.map(({ y1 }) => y1)) - Math.min(...boxes.map(({ y0 }) => y0));
    const width = Math.max(...boxes.map(({ x1 }) => x1)) - Math.min(...boxes.map(({ x0 }) => x0));
    const letters = line.reduce((sum, { text }) => sum + text.length, 0);
    if (letters < 3 || height < 3 * textHeight || height < 2 * width) continue;
    for (const word of line) guesses.add(word);
  }
  return guesses;
}

/** Neighbouring words of one line of tesseract's. */
function linesOf(words: readonly EngineWord[]): EngineWord[][] {
  const lines: EngineWord[][] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const [first] = last ?? [];
    const isSame =
      first?.block === word.block && first.paragraph === word.paragraph && first.line === word.line;
    if (last && isSame) last.push(word);
    else lines.push([word]);
  }
  return lines;
}

/**
 * The share (0..1) of the letters on the page that lie in a word which was read, 1 without letters.
 * @param text ink that could be text, and `textHeight` in px, of the image that was read
 */
export function coverage(
  text: readonly Component[],
  textHeight: number,
  words: readonly EngineWord[],
): number {
  const letters = text.filter((component) => isLetterSized(component, textHeight));
  if (letters.length === 0) return 1;
  return 1 - uncovered(letters, textHeight, words).length / letters.length;
}

/** The letters whose centre lies in no word that was read with any confidence. */
export function uncovered(
  text: readonly Component[],
  textHeight: number,
  words: readonly EngineWord[],
): Component[] {
  const cell = Math.max(8, 2 * textHeight);
  const grid = new Map<number, EngineWord[]>();
  const key = (column: number, row: number) => row * 100_000 + column;
  const guesses = guessesAmong(words, textHeight);
  for (const word of words) {
    if (guesses.has(word)) continue;
    const { x0, y0, x1, y1 } = word.box;
    for (let row = Math.floor(y0 / cell); row <= Math.floor(y1 / cell); row++) {
      for (let column = Math.floor(x0 / cell); column <= Math.floor(x1 / cell); column++) {
        const bucket = grid.get(key(column, row));
        if (bucket) bucket.push(word);
        else grid.set(key(column, row), [word]);
      }
    }
  }
  return text.filter((component) => {
    if (!isLetterSized(component, textHeight)) return false;
    const x = (component.x0 + component.x1 - 1) / 2;
    const y = (component.y0 + component.y1 - 1) / 2;
    const near = grid.get(key(Math.floor(x / cell), Math.floor(y / cell))) ?? [];
    return !near.some(({ box }) => x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1);
  });
}

function isLetterSized({ x0, y0, x1, y1, area }: Component, textHeight: number): boolean {
  const height = y1 - y0;
  return (
    height >= 0.6 * textHeight &&
    height <= 2.5 * textHeight &&
    x1 - x0 <= 3 * textHeight &&
    area <= 0.95 * (x1 - x0) * height
  );
}
