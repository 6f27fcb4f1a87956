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
    const across = erase(image, grey, threshold, inRows, rows, columns, thickest);
    return across < RULED * textHeight ? undefined : { grey, isGrid: false };
  }
  const both = { ...image, data: image.data.slice() };
  const across = erase(image, both, threshold, inRows, rows, columns, thickest);
  const down = erase(image, both, threshold, inColumns, columns, rows, thickest);
  // Long runs both ways that are no thin lines are of a picture.
  if (Math.min(across, down) < GRID * textHeight) return undefined;
  eraseCrossings(both, inRows, inColumns.marks, thickest);
  return { grey: both, isGrid: true };
}

/** How to walk over the pixels: `step` leads along a line, `next` to the next one. */
type Direction = { lines: number; length: number; next: number; step: number };

/** Long dark runs: which pixels they are made of, where each begins and ends (both in it), and their px in all. */
type Runs = { marks: Uint8Array; ends: [first: number, last: number][]; count: number };

/** @returns px of ruling line that were painted over in `out` */
function erase(
  { data }: Grey,
  out: Grey,
  threshold: number,
  { marks, ends }: Runs,
  { step: along }: Direction,
  { step: across, length }: Direction,
  thickest: number,
): number {
  let erased = 0;
  for (const [first, last] of ends) {
    // How far the run is from the image's edge on either side.
    const before = Math.floor(first / across) % length;
    const after = length - 1 - before;
    for (let i = first; i <= last; i += along) {
      // A run beside this one belongs to the same line, whose thickness was seen already.
      if (before > 0 && marks[i - across] === 1) continue;
      let up = 0;
      let down = 0;
      while (up < before && up <= thickest && isInk(data[i - (up + 1) * across])) up++;
      while (down < after && down <= thickest && isInk(data[i + (down + 1) * across])) down++;
      if (up + down + 1 > thickest) continue;
      const paper = Math.max(
        up + 1 < before ? (data[i - (up + 2) * across] ?? 0) : 255,
        down + 1 < after ? (data[i + (down + 2) * across] ?? 0) : 255,
      );
      // One more pixel on each side: the soft edge of the line.
      const end = Math.min(after, down + 1);
      for (let k = -Math.min(before, up + 1); k <= end; k++) {
        const at = i + k * across;
        out.data[at] = Math.max(out.data[at] ?? 0, paper);
      }
      erased++;
    }
  }
  return erased;

  function isInk(grey = 255): boolean {
    return grey <= threshold;
  }
}

/**
 * Where two lines cross, neither is thin. What is left there would be read as quotes and commas. A wide
 * stretch that is long both ways is no crossing but a picture, and stays.
 */
function eraseCrossings(
  { width, data }: Grey,
  inRows: Runs,
  inColumns: Uint8Array,
  thickest: number,
): void {
  const reach = thickest + 2;
  for (const [first, last] of inRows.ends) {
    for (let start = first; start <= last; start++) {
      if (inColumns[start] !== 1) continue;
      let end = start;
      while (end <= last && inColumns[end] === 1) end++;
      const below = start + thickest * width;
      const isPicture = inRows.marks[below] === 1 && inColumns[below] === 1;
      if (end - start <= thickest && !isPicture) {
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
): Runs {
  const marks = new Uint8Array(data.length);
  const ends: Runs["ends"] = [];
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
        ends.push([start + from * step, start + to * step]);
        count += to - from + 1;
      }
      probe = to + 1;
    }
  }
  return { marks, ends, count };
}
