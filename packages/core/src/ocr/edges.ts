import type { Grey } from "../image/index.ts";

/** px; the scan of a page is larger. The stem of an E may be as high as the image of a word. */
const SMALLEST_SCAN = 300;
/** The share of a side's rows or columns that begin with a dark edge. Text that touches a side is less. */
const DARK_SIDE = 0.6;
/** In shares of the way across: a dark stretch that goes further in is a shadow or a picture. */
const DEEPEST = 0.08;

/**
 * Fills what a scanner saw beside the paper with the grey of the paper. As the darkest part of the image it would be
 * taken for the ink, and faint print for paper.
 * @param threshold the brightest grey that counts as dark @param paper what to fill with
 * @returns undefined when no side of the image is dark, or the image is no scan of a page
 */
export function withoutDarkEdges(image: Grey, threshold: number, paper: number): Grey | undefined {
  const { width, height, data } = image;
  if (Math.min(width, height) < SMALLEST_SCAN) return undefined;
  const rows = { lines: height, length: width, next: width, step: 1 };
  const columns = { lines: width, length: height, next: 1, step: width };
  const sides = [
    { ...rows, first: 0 },
    { ...rows, first: width - 1, step: -1 },
    { ...columns, first: 0 },
    { ...columns, first: (height - 1) * width, step: -width },
  ];
  let out: Uint8Array | undefined;
  for (const { lines, length, next, step, first } of sides) {
    const depths = new Int32Array(lines);
    let edges = 0;
    for (let line = 0; line < lines; line++) {
      const at = (k: number) => first + line * next + k * step;
      let depth = 0;
      while (depth <= DEEPEST * length && (data[at(depth)] ?? 255) <= threshold) depth++;
      if (depth > 0 && depth <= DEEPEST * length) {
        edges++;
        // The edge itself is soft.
        depths[line] = Math.min(length, depth + 2);
      }
    }
    if (edges < DARK_SIDE * lines) continue;
    out ??= data.slice();
    for (const [line, depth] of depths.entries()) {
      for (let k = 0; k < depth; k++) out[first + line * next + k * step] = paper;
    }
  }
  return out && { width, height, data: out };
}
