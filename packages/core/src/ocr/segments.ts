import type { Box } from "../image/index.ts";
import type { EngineWord } from "./engine.ts";
import { median } from "./measure.ts";

/** Words side by side with no wide gap between them: a line, a cell, a label. */
export type Segment = Box & { words: EngineWord[] /** px */; middle: number };

/** A gap wider than this many text heights parts a line. A wide word space is about one. */
const WIDEST_GAP = 2;

/**
 * Cuts tesseract's lines at wide gaps, because it glues columns and the cells of a table together.
 * Words keep tesseract's order within a segment, which is right where scripts of both directions meet.
 */
export function segmentsOf(words: readonly EngineWord[], textHeight: number): Segment[] {
  const segments: EngineWord[][] = [];
  let previous: EngineWord | undefined;
  for (const word of words) {
    const last = segments.at(-1);
    if (
      last &&
      previous &&
      isSameLine(previous, word) &&
      gap(previous, word) <= WIDEST_GAP * textHeight
    ) {
      last.push(word);
    } else segments.push([word]);
    previous = word;
  }
  return segments.map((parts) => ({
    words: parts,
    x0: Math.min(...parts.map(({ box }) => box.x0)),
    x1: Math.max(...parts.map(({ box }) => box.x1)),
    // A comma or a tall bracket must not move its line.
    y0: median(parts.map(({ box }) => box.y0)),
    y1: median(parts.map(({ box }) => box.y1)),
    middle: median(parts.map(({ box }) => (box.y0 + box.y1) / 2)),
  }));
}

function isSameLine(a: EngineWord, b: EngineWord): boolean {
  return a.block === b.block && a.paragraph === b.paragraph && a.line === b.line;
}

/** px between two boxes, whichever is on the left. */
function gap({ box: a }: EngineWord, { box: b }: EngineWord): number {
  return Math.max(b.x0 - a.x1, a.x0 - b.x1);
}
