import type { Grey } from "../image/index.ts";

/** In text heights: a line of a grid, and the length of all its lines each way. */
const SHORTEST = 4;
const GRID = 40;
/** Fewer text heights of lines across the page are not worth a step. */
const RULED = 10;

/**
 * Removes ruling lines. Those of a true grid make blocks of its cells for tesseract; those that text stands on join its
 * letters, so that tesseract loses whole lines of a form. Upright lines alone part columns, and stay.
 * @param textHeight px
 * @returns undefined when there are none; `isGrid` where lines go both ways
 */
export function withoutRulings(
  image: Grey,
  threshold: number,
  textHeight: number,
): { grey: Grey; isGrid: boolean } | undefined {
  const shortest = Math.max(16, Math.round(SHORTEST * textHeight));
  const thickest = Math.max(2, Math.round(0.4 * textHeight));
  const { width, height } = image;
  const rows: Direction = { lines: height, length: width, next: width, step: 1 };
  const columns: Direction = { lines: width, length: height, next: 1, step: width };
  const inRows = markLongRuns(image, threshold, rows, shortest);
  // Most pages end here, and spare the walk down the columns.
  if (inRows.count < RULED * textHeight) return undefined;
  const inColumns =
    inRows.count < GRID * textHeight
      ? undefined
      : markLongRuns(image, threshold, columns, shortest);
  if (!inColumns || inColumns.count < GRID * textHeight) {
    const grey = { ...image, data: image.data.slice() };
    const across = erase(image, grey, threshold, inRows.marks, columns, thickest);
    return across < RULED * textHeight ? undefined : { grey, isGrid: false };
  }
  const both = { ...image, data: image.data.slice() };
  const across = erase(image, both, threshold, inRows.marks, columns, thickest);
  const down = erase(image, both, threshold, inColumns.marks, rows, thickest);
  // Long runs both ways that are no thin lines are of a picture.
  if (Math.min(across, down) < GRID * textHeight) return undefined;
  eraseCrossings(both, inRows.marks, inColumns.marks, thickest);
  return { grey: both, isGrid: true };
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

/**
 * Marks the dark runs of at least `shortest` px. One pixel in every `shortest` of a line is looked at,
 * because no such run fits between them.
 */
function markLongRuns(
  { data }: Grey,
  threshold: number,
  { lines, length, next, step }: Direction,
  shortest: number,
): { marks: Uint8Array; count: number } {
  const marks = new Uint8Array(data.length);
  let count = 0;
  for (let line = 0; line < lines; line++) {
    const start = line * next;
    const isDark = (k: number) =>
      k >= 0 && k < length && (data[start + k * step] ?? 0) <= threshold;
    for (let probe = shortest - 1; probe < length; probe += shortest) {
      if (!isDark(probe)) continue;
      let from = probe;
      let to = probe;
      while (isDark(from - 1)) from--;
      while (isDark(to + 1)) to++;
      if (to - from + 1 >= shortest) {
        for (let k = from; k <= to; k++) marks[start + k * step] = 1;
        count += to - from + 1;
      }
      probe = to + 1;
    }
  }
  return { marks, count };
}
