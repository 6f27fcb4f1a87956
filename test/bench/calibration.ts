import { calibrated } from "../../packages/core/src/ocr/confidence.ts";
import { normalise } from "./score.ts";

/** A word as tesseract rated it, and whether it stands in the reference. */
export type Rated = { said: number; isRight: boolean };

const BANDS = [0, 15, 30, 40, 50, 60, 70, 80, 85, 90, 93, 95, 101];

/** Each word of the reference makes one read word right, wherever it stands. */
export function rate(
  words: readonly { text: string; confidence: number }[],
  reference: string,
  foldCase: boolean,
): Rated[] {
  const clean = (text: string) => (foldCase ? normalise(text).toLowerCase() : normalise(text));
  const left = new Map<string, number>();
  for (const word of clean(reference).split(" ")) left.set(word, (left.get(word) ?? 0) + 1);
  return words.map(({ text, confidence }) => {
    const word = clean(text);
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return { said: confidence, isRight: count > 0 };
  });
}

/** Rows of band, words, percent right, and the mean of the confidence that the answer gives, in percent. */
export function calibrationTable(rated: readonly Rated[]): string[][] {
  return BANDS.slice(0, -1).flatMap((from, i) => {
    const to = BANDS[i + 1] ?? from;
    const band = rated.filter(({ said }) => said >= from && said < to);
    if (band.length === 0) return [];
    const percentRight = (100 * band.filter(({ isRight }) => isRight).length) / band.length;
    const given = band.reduce((sum, { said }) => sum + calibrated(said), 0) / band.length;
    return [
      [
        `${from}-${Math.min(100, to)}`,
        String(band.length),
        percentRight.toFixed(0),
        given.toFixed(0),
      ],
    ];
  });
}
