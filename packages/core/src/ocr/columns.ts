import { rowsOf } from "./rows.ts";
import type { Segment } from "./segments.ts";

/** In text heights or in rows, measured on the development corpus. */
const MIN_ROWS = 4;
const MIN_WIDTH = 10;
const PROSE_LINE = 12;
const PROSE_WIDTH = 18;
const ALIGNED_WITHIN = 0.5;

type Side = { lines: Line[]; width: number };
type Line = {
  middle: number;
  y0: number;
  y1: number;
  /** px covered by segments, and by those that are long enough for prose. */
  covered: number;
  inLong: number;
};

/**
 * How likely the two sides of a gap are columns to be read one after the other, 0..1; undefined when
 * they are cells of one table, a label with its field, or an item with its price.
 * Columns are both prose, or their lines stand at heights of their own.
 */
export function columnLikeness(
  left: readonly Segment[],
  right: readonly Segment[],
  textHeight: number,
): number | undefined {
  if (left.length < MIN_ROWS || right.length < MIN_ROWS) return undefined;
  const sides = [sideOf(left, textHeight), sideOf(right, textHeight)] as const;
  const [a, b] = sides;
  if (sides.some(({ lines, width }) => lines.length < MIN_ROWS || width < MIN_WIDTH * textHeight)) {
    return undefined;
  }
  const top = Math.max(topOf(a), topOf(b)) - textHeight;
  const bottom = Math.min(bottomOf(a), bottomOf(b)) + textHeight;
  const shared = ({ lines }: Side) =>
    lines.filter(({ middle }) => middle >= top && middle <= bottom);
  const linesA = shared(a);
  const linesB = shared(b);
  const fewest = Math.min(linesA.length, linesB.length);
  if (fewest < MIN_ROWS) return undefined;

  const proseA = proseShare(linesA, a.width);
  const proseB = proseShare(linesB, b.width);
  const isWide = Math.min(a.width, b.width) >= PROSE_WIDTH * textHeight;
  if (proseA >= 0.5 && proseB >= 0.5 && isWide) return 0.5 + Math.min(proseA, proseB) / 2;

  const related = relatedness(linesA, linesB, bottom - top, textHeight);
  const isPlenty = fewest >= 15;
  const isEnough = isPlenty || (fewest >= 8 && Math.max(proseA, proseB) >= 0.5);
  // Few lines agree by chance alone, so they must agree less.
  return isEnough && related < (isPlenty ? 0.4 : 0.25) ? 1 - Math.max(0, related) : undefined;
}

function sideOf(segments: readonly Segment[], textHeight: number): Side {
  const lines = rowsOf(segments, textHeight).map(({ segments: parts, middle }) => ({
    middle,
    y0: Math.min(...parts.map(({ y0 }) => y0)),
    y1: Math.max(...parts.map(({ y1 }) => y1)),
    covered: parts.reduce((sum, { x0, x1 }) => sum + x1 - x0, 0),
    inLong: parts
      .map(({ x0, x1 }) => x1 - x0)
      .filter((width) => width >= PROSE_LINE * textHeight)
      .reduce((sum, width) => sum + width, 0),
  }));
  const x0 = Math.min(...segments.map((segment) => segment.x0));
  return { lines, width: Math.max(...segments.map((segment) => segment.x1)) - x0 };
}

const topOf = ({ lines }: Side) => lines[0]?.y0 ?? 0;
const bottomOf = ({ lines }: Side) => lines.at(-1)?.y1 ?? 0;

/** The share of lines that consist of long pieces, of one column or several, and fill half their side. */
function proseShare(lines: readonly Line[], width: number): number {
  const prose = lines.filter(
    ({ covered, inLong }) => inLong >= 0.85 * covered && inLong >= width / 2,
  );
  return prose.length / lines.length;
}

/**
 * How far the lines of both sides stand at the same heights: 1 all of them, 0 no more than chance would
 * have it between lines as dense as these.
 */
function relatedness(
  a: readonly Line[],
  b: readonly Line[],
  height: number,
  textHeight: number,
): number {
  const [fewer, more] = a.length <= b.length ? [a, b] : [b, a];
  const within = ALIGNED_WITHIN * textHeight;
  const aligned = fewer.filter(({ middle }) =>
    more.some((other) => Math.abs(other.middle - middle) <= within),
  );
  const chance = Math.min(0.9, (2 * within * more.length) / height);
  return (aligned.length / fewer.length - chance) / (1 - chance);
}
