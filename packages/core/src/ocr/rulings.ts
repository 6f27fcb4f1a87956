import type { Grey } from "./engine.ts";

/**
 * Removes the ruling lines of a true grid, whose cells tesseract would take for blocks of their own.
 * Underlined forms are better read with their lines, so both directions must add up to 40 text heights.
 * @param textHeight px
 * @returns undefined when there is no grid
 */
export function withoutGrid(image: Grey, threshold: number, textHeight: number): Grey | undefined {
  const out = { ...image, data: image.data.slice() };
  const shortest = Math.max(16, Math.round(4 * textHeight));
  const thickest = Math.max(2, Math.round(0.4 * textHeight));
  const { width, height } = image;
  const rows: Direction = { lines: height, length: width, next: width, step: 1 };
  const columns: Direction = { lines: width, length: height, next: 1, step: width };
  const across = erase(image, out, threshold, rows, columns, shortest, thickest);
  const down = erase(image, out, threshold, columns, rows, shortest, thickest);
  return Math.min(across, down) >= 40 * textHeight ? out : undefined;
}

/** How to walk over the pixels: `step` leads along a line, `next` to the next one. */
type Direction = { lines: number; length: number; next: number; step: number };

/** @returns px of ruling line that were painted over in `out` */
function erase(
  image: Grey,
  out: Grey,
  threshold: number,
  along: Direction,
  across: Direction,
  shortest: number,
  thickest: number,
): number {
  const marks = markLongRuns(image, threshold, along, shortest);
  const { data } = image;
  let erased = 0;
  for (let line = 0; line < across.lines; line++) {
    const at = (k: number) => line * across.next + k * across.step;
    for (let k = 0; k < across.length; k++) {
      if (marks[at(k)] === 0) continue;
      let from = k;
      let to = k;
      while (from > 0 && (data[at(from - 1)] ?? 0) <= threshold) from--;
      while (to < across.length - 1 && (data[at(to + 1)] ?? 0) <= threshold) to++;
      if (to - from + 1 <= thickest) {
        const before = from > 1 ? (data[at(from - 2)] ?? 255) : 255;
        const after = to < across.length - 2 ? (data[at(to + 2)] ?? 255) : 255;
        const paper = Math.max(before, after);
        // One more pixel on each side: the soft edge of the line.
        const end = Math.min(across.length - 1, to + 1);
        for (let i = Math.max(0, from - 1); i <= end; i++) {
          out.data[at(i)] = Math.max(out.data[at(i)] ?? 0, paper);
        }
        erased++;
      }
      k = to;
    }
  }
  return erased;
}

function markLongRuns(
  { data }: Grey,
  threshold: number,
  { lines, length, next, step }: Direction,
  shortest: number,
): Uint8Array {
  const marks = new Uint8Array(data.length);
  for (let line = 0; line < lines; line++) {
    let run = 0;
    for (let k = 0; k <= length; k++) {
      const at = line * next + k * step;
      if (k < length && (data[at] ?? 0) <= threshold) {
        run++;
        continue;
      }
      if (run >= shortest) {
        for (let back = 1; back <= run; back++) marks[at - back * step] = 1;
      }
      run = 0;
    }
  }
  return marks;
}
