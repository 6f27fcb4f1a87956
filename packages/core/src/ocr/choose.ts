import type { Component } from "./components.ts";
import type { EngineWord } from "./engine.ts";

/** A word of less is a guess: it does not count as read. */
export const MIN_CONFIDENCE = 30;

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
  for (const word of words) {
    if (word.confidence < MIN_CONFIDENCE) continue;
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
