import type { EngineWord } from "./engine.ts";
import { findGutter } from "./gutter.ts";
import { type Row, rowsOf } from "./rows.ts";
import { type Segment, segmentsOf } from "./segments.ts";

/** Lines of words that are read one after the other. */
export type Region = EngineWord[][];

/** A page has some 100 segments, a dense table 600; more is texture that was read as text. */
const MAX_SEGMENTS = 1500;
const MAX_DEPTH = 8;

/**
 * Puts the words of a page in the order a person would read them: columns one after the other, and
 * inside a column row by row, so that tables and receipts keep their rows.
 * @param textHeight px @param rightToLeft of the script: columns and rows are read from the right
 */
export function readingOrder(
  words: readonly EngineWord[],
  textHeight: number,
  rightToLeft: boolean,
): Region[] {
  const segments = segmentsOf(words, textHeight);
  const mirrored = rightToLeft ? segments.map(mirror) : segments;
  return cut(mirrored, textHeight, 0).map((region) =>
    rowsOf(region, textHeight).map(({ segments: row }: Row) => row.flatMap((part) => part.words)),
  );
}

function cut(segments: Segment[], textHeight: number, depth: number): Segment[][] {
  const isTooMuch = depth >= MAX_DEPTH || segments.length > MAX_SEGMENTS;
  const gutter = isTooMuch ? undefined : findGutter(segments, textHeight);
  if (!gutter) return [segments];
  const islands = new Set(gutter.islands);
  const parts: Record<"above" | "left" | "right" | "below", Segment[]> = {
    above: [],
    left: [],
    right: [],
    below: [],
  };
  for (const segment of segments) {
    if (islands.has(segment)) continue;
    if (segment.middle < gutter.y0) parts.above.push(segment);
    else if (segment.middle > gutter.y1) parts.below.push(segment);
    else if ((segment.x0 + segment.x1) / 2 < gutter.x) parts.left.push(segment);
    else parts.right.push(segment);
  }
  return [parts.above, parts.left, parts.right, gutter.islands, parts.below]
    .filter((part) => part.length > 0)
    .flatMap((part) => cut(part, textHeight, depth + 1));
}

function mirror(segment: Segment): Segment {
  return { ...segment, x0: -segment.x1, x1: -segment.x0 };
}
