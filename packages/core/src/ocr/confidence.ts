/**
 * What tesseract says of a word (0..100) and how many in a hundred such words are right: it is too sure
 * of itself below 90. Measured on the development corpus, see docs/recognition.md.
 */
const CALIBRATION: readonly (readonly [said: number, right: number])[] = [
  [0, 1],
  [15, 2],
  [35, 4],
  [45, 12],
  [55, 25],
  [65, 43],
  [75, 57],
  [85, 74],
  [91.5, 85],
  [94, 96],
  [97, 99],
  [100, 100],
];

/** The chance in percent that a word is right of which tesseract is so sure. */
export function calibrated(confidence: number): number {
  let [x0, y0] = [0, 0];
  for (const [x1, y1] of CALIBRATION) {
    if (confidence <= x1) return x1 > x0 ? y0 + ((confidence - x0) * (y1 - y0)) / (x1 - x0) : y1;
    [x0, y0] = [x1, y1];
  }
  return 100;
}
