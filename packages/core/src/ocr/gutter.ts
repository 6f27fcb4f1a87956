import { columnLikeness } from "./columns.ts";
import type { Segment } from "./segments.ts";

/** An empty strip between two columns, in px. */
export type Gutter = {
  x: number;
  y0: number;
  y1: number;
  /** Segments that lie across it: a heading between columns, a figure's caption. */
  islands: Segment[];
};

/** Cells of half a text height; a gutter is at least 16 of them high. */
const MIN_CELLS = 16;
/** Gaps in a gutter add up to at most this share of its height. */
const MAX_HOLES = 0.25;

type Strip = { start: number; end: number; holes: [number, number][] };
type Grid = {
  cells: Uint8Array;
  across: number;
  down: number;
  size: number;
  x0: number;
  y0: number;
};

/** The highest and clearest gutter whose two sides are columns. */
export function findGutter(segments: readonly Segment[], textHeight: number): Gutter | undefined {
  if (segments.length < 8) return undefined;
  const grid = drawGrid(segments, textHeight);
  if (grid.across < 40 || grid.down < MIN_CELLS) return undefined;
  const tried = new Set<string>();
  let best: Gutter | undefined;
  let bestScore = 0;
  for (let column = 10; column < grid.across - 10; column++) {
    for (const strip of stripsIn(grid, column, segments, textHeight)) {
      const cells = strip.end - strip.start;
      const holes = strip.holes.reduce((sum, [from, to]) => sum + to - from, 0) / cells;
      if (cells < MIN_CELLS || holes > MAX_HOLES) continue;
      const [left, right] = widen(grid, column, strip);
      const name = `${left},${right},${strip.start},${strip.end}`;
      if (tried.has(name) || left === 0 || right === grid.across - 1) continue;
      tried.add(name);
      const gutter = {
        x: grid.x0 + ((left + right + 1) / 2) * grid.size,
        y0: grid.y0 + strip.start * grid.size,
        y1: grid.y0 + strip.end * grid.size,
      };
      const sides = splitAt(segments, gutter, textHeight);
      const likeness = columnLikeness(sides.left, sides.right, textHeight);
      const score = cells * (likeness ?? 0) * (1 - holes) ** 2;
      if (score <= bestScore) continue;
      bestScore = score;
      best = { ...gutter, islands: sides.islands };
    }
  }
  return best;
}

/** Marks where text is, with a quarter of a text height to its left and right. */
function drawGrid(segments: readonly Segment[], textHeight: number): Grid {
  const size = textHeight / 2;
  const x0 = Math.min(...segments.map((segment) => segment.x0));
  const y0 = Math.min(...segments.map((segment) => segment.y0));
  const across = Math.ceil((Math.max(...segments.map(({ x1 }) => x1)) - x0) / size) + 1;
  const down = Math.ceil((Math.max(...segments.map(({ y1 }) => y1)) - y0) / size) + 1;
  const cells = new Uint8Array(across * down);
  for (const segment of segments) {
    const left = Math.max(0, Math.floor((segment.x0 - x0) / size - 0.5));
    const right = Math.min(across - 1, Math.floor((segment.x1 - x0) / size + 0.5));
    const bottom = Math.min(down - 1, Math.floor((segment.y1 - 1 - y0) / size));
    for (let row = Math.max(0, Math.floor((segment.y0 - y0) / size)); row <= bottom; row++) {
      cells.fill(1, row * across + left, row * across + right + 1);
    }
  }
  return { cells, across, down, size, x0, y0 };
}

/** The empty stretches of a grid column, joined where only an island interrupts them. */
function stripsIn(
  grid: Grid,
  column: number,
  segments: readonly Segment[],
  textHeight: number,
): Strip[] {
  const strips: Strip[] = [];
  const x = grid.x0 + (column + 0.5) * grid.size;
  let start = -1;
  for (let row = 0; row <= grid.down; row++) {
    const isEmpty = row < grid.down && grid.cells[row * grid.across + column] === 0;
    if (isEmpty && start < 0) start = row;
    if (isEmpty || start < 0) continue;
    if (row - start >= 3) {
      const last = strips.at(-1);
      const from = grid.y0 + (last?.end ?? 0) * grid.size;
      const to = grid.y0 + start * grid.size;
      if (last && isIsland(segments, x, from, to, grid.across * grid.size, textHeight)) {
        last.holes.push([last.end, start]);
        last.end = row;
      } else strips.push({ start, end: row, holes: [] });
    }
    start = -1;
  }
  return strips;
}

/** True when what crosses between y0 and y1 is narrow, and both sides have text of their own there. */
function isIsland(
  segments: readonly Segment[],
  x: number,
  y0: number,
  y1: number,
  pageWidth: number,
  textHeight: number,
): boolean {
  let left = 0;
  let right = 0;
  let crossing = 0;
  for (const segment of segments) {
    if (segment.middle < y0 - 0.3 * textHeight || segment.middle > y1 + 0.3 * textHeight) continue;
    if (segment.x0 < x && segment.x1 > x) {
      if (segment.x1 - segment.x0 > 0.4 * pageWidth) return false;
      crossing++;
    } else if (segment.x1 <= x) left++;
    else right++;
  }
  return Math.min(left, right) >= Math.max(1, 0.7 * crossing);
}

/** The grid columns to both sides over which the strip is empty too. */
function widen(grid: Grid, column: number, { start, end, holes }: Strip): [number, number] {
  const isFree = (at: number) => {
    for (let row = start; row < end; row++) {
      if (grid.cells[row * grid.across + at] === 0) continue;
      if (!holes.some(([from, to]) => row >= from && row < to)) return false;
    }
    return true;
  };
  let left = column;
  let right = column;
  while (left > 0 && isFree(left - 1)) left--;
  while (right < grid.across - 1 && isFree(right + 1)) right++;
  return [left, right];
}

function splitAt(
  segments: readonly Segment[],
  { x, y0, y1 }: Omit<Gutter, "islands">,
  textHeight: number,
) {
  const sides = { left: [] as Segment[], right: [] as Segment[], islands: [] as Segment[] };
  for (const segment of segments) {
    if (segment.middle < y0 || segment.middle > y1) continue;
    if (segment.x0 < x - textHeight && segment.x1 > x + textHeight) sides.islands.push(segment);
    else if ((segment.x0 + segment.x1) / 2 < x) sides.left.push(segment);
    else sides.right.push(segment);
  }
  return sides;
}
