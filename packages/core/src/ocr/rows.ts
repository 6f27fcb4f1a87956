import { median } from "./measure.ts";
import type { Segment } from "./segments.ts";

/** Segments at one height, left to right. */
export type Row = { segments: Segment[] /** px */; middle: number };

/** A segment joins one of so many rows above it: on a skewed page neighbours are interleaved. */
const ROWS_LOOKED_AT = 6;

/** Puts the segments of one region into rows from top to bottom: table rows, a price beside its item. */
export function rowsOf(segments: readonly Segment[], textHeight: number): Row[] {
  const rows: Row[] = [];
  for (const segment of [...segments].sort((a, b) => a.middle - b.middle)) {
    const row = rows
      .slice(-ROWS_LOOKED_AT)
      .reverse()
      .find((candidate) => belongsTo(segment, candidate, textHeight));
    if (row) row.segments.push(segment);
    else rows.push({ segments: [segment], middle: segment.middle });
  }
  for (const row of rows) {
    row.segments.sort((a, b) => a.x0 - b.x0);
    row.middle = median(row.segments.map(({ middle }) => middle));
  }
  return rows.sort((a, b) => a.middle - b.middle);
}

function belongsTo(segment: Segment, row: Row, textHeight: number): boolean {
  let isBeside = false;
  for (const other of row.segments) {
    const overlap = Math.min(segment.y1, other.y1) - Math.max(segment.y0, other.y0);
    const lower = Math.min(segment.y1 - segment.y0, other.y1 - other.y0);
    const across = Math.min(segment.x1, other.x1) - Math.max(segment.x0, other.x0);
    const narrower = Math.min(segment.x1 - segment.x0, other.x1 - other.x0);
    // One above the other is two rows, however close.
    if (across > 0.3 * narrower && overlap < 0.8 * lower) return false;
    const distance = Math.abs(segment.middle - other.middle);
    if (distance < 0.5 * Math.max(0.8 * textHeight, lower) && overlap > 0.4 * lower)
      isBeside = true;
  }
  return isBeside;
}
