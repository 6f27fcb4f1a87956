import type { Grey } from "../image/index.ts";

/**
 * Removes the ruling lines of a true grid, whose cells tesseract would take for blocks of their own.
 * Underlined forms are better read with their lines, so both directions must add up to 40 text heights.
 * @param textHeight px
 * @returns undefined when there is no grid
 */
export function withoutGrid(image: Grey, threshold: number, textHeight: number): Grey | undefined {
  const shortest = Math.max(16, Math.round(4 * textHeight));
  const thickest = Math.max(2, Math.round(0.4 * textHeight));
  const { width, height } = image;
  const rows: Direction = { lines: height, length: width, next: width, step: 1 };
  const columns: Direction = { lines: width, length: height, next: 1, step: width };
  const inRows = markLongRuns(image, threshold, rows, shortest);
  // Most pages end here, and spare the walk down the columns.
  if (marked(inRows) < 40 * textHeight) return undefined;
  const inColumns = markLongRuns(image, threshold, columns, shortest);
  if (marked(inColumns) < 40 * textHeight) return undefined;
  const out = { ...image, data: image.data.slice() };
  const across = erase(image, out, threshold, inRows, columns, thickest);
  const down = erase(image, out, threshold, inColumns, rows, thickest);
  if (Math.min(across, down) < 40 * textHeight) return undefined;
  eraseCrossings(out, inRows, inColumns, thickest);
  return out;
}

/** How to walk over the pixels: `step` leads along a line, `next` to the next one. */
type Direction = { lines: number; length: number; next: number; step: number };

/** @returns px of ruling line that were painted over in `out` */
function erase(
  image: Grey,
  out: Grey,
  threshold: number,
  marks: Uint8Array,
  across: Direction,
  thickest: number,
): number {
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

function marked(marks: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < marks.length; i++) count += marks[i] ?? 0;
  return count;
}

/**
 * Where two lines cross, neither is thin. What is left there would be read as quotes and commas. A wide
 * stretch that is long both ways is no crossing but a picture, and stays.
 */
function eraseCrossings(
  out: Grey,
  inRows: Uint8Array,
  inColumns: Uint8Array,
  thickest: number,
): void {
  const { width, data } = out;
  const isCrossing = (i: number) => inRows[i] === 1 && inColumns[i] === 1;
  const reach = thickest + 2;
  for (let start = 0; start < data.length; start++) {
    if (!isCrossing(start)) continue;
    let end = start;
    while (isCrossing(end)) end++;
    if (end - start <= thickest && !isCrossing(start + thickest * width)) {
      let paper = 0;
      for (const away of [-reach, reach]) {
        const row = start + away * width;
        paper = Math.max(paper, data[row - reach] ?? 0, data[row + reach] ?? 0);
      }
      for (let dy = -1; dy <= 1; dy++) {
        const from = Math.max(0, start - 1 + dy * width);
        data.fill(paper, from, Math.max(from, end + 1 + dy * width));
      }
    }
    start = end;
  }
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
