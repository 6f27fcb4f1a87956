import type { Box, Grey } from "../image/index.ts";

/** Ink pixels that touch, diagonals included. */
export type Component = Box & {
  /** Ink pixels. */
  area: number;
};

/** A page of small print has 10,000 components; past this the image is texture, not text. */
const MAX_LABELS = 200_000;

/**
 * Connected components in one pass over runs of ink, with union-find. About 10 ms a megapixel.
 * @param threshold a pixel up to it is dark
 * @param inkIsLight counts the pixels above the threshold instead
 * @returns undefined when there are more than 200,000: the image is texture
 */
export function findComponents(
  image: Grey,
  threshold: number,
  inkIsLight: boolean,
): Component[] | undefined {
  const { width, height, data } = image;
  const parents: number[] = [];
  const boxes: Component[] = [];
  let above = new Int32Array(3 * (width + 2));
  let current = new Int32Array(3 * (width + 2));
  let aboveEnd = 0;
  for (let y = 0; y < height; y++) {
    let currentEnd = 0;
    let first = 0;
    const row = y * width;
    let x = 0;
    while (x < width) {
      while (x < width && (data[row + x] ?? 0) <= threshold === inkIsLight) x++;
      if (x >= width) break;
      const start = x;
      while (x < width && (data[row + x] ?? 0) <= threshold !== inkIsLight) x++;
      let label = -1;
      while (first < aboveEnd && (above[first + 1] ?? 0) < start) first += 3;
      for (let run = first; run < aboveEnd && (above[run] ?? 0) <= x; run += 3) {
        const other = root(parents, above[run + 2] ?? 0);
        if (label < 0) label = other;
        else if (label !== other) {
          parents[other] = label;
          merge(boxes[label], boxes[other]);
        }
      }
      if (label < 0) {
        if (parents.length >= MAX_LABELS) return undefined;
        label = parents.length;
        parents.push(label);
        boxes.push({ x0: start, y0: y, x1: x, y1: y + 1, area: x - start });
      } else {
        merge(boxes[label], { x0: start, y0: y, x1: x, y1: y + 1, area: x - start });
      }
      current[currentEnd] = start;
      current[currentEnd + 1] = x;
      current[currentEnd + 2] = label;
      currentEnd += 3;
    }
    [above, current] = [current, above];
    aboveEnd = currentEnd;
  }
  return boxes.filter((_, label) => parents[label] === label);
}

/** Ink that could be a letter, a digit or a few that touch. Sizes in px. */
export function isTextLike({ x0, y0, x1, y1, area }: Component, imageHeight: number): boolean {
  const width = x1 - x0;
  const height = y1 - y0;
  return (
    height >= 4 &&
    height < imageHeight * 0.95 &&
    width >= 2 &&
    width < height * 12 &&
    area >= 8 &&
    area > height * width * 0.1
  );
}

function root(parents: number[], label: number): number {
  let at = label;
  for (;;) {
    const parent = parents[at] ?? at;
    if (parent === at) return at;
    const grand = parents[parent] ?? parent;
    parents[at] = grand;
    at = grand;
  }
}

function merge(into: Component | undefined, other: Component | undefined): void {
  if (!into || !other) return;
  if (other.x0 < into.x0) into.x0 = other.x0;
  if (other.y0 < into.y0) into.y0 = other.y0;
  if (other.x1 > into.x1) into.x1 = other.x1;
  if (other.y1 > into.y1) into.y1 = other.y1;
  into.area += other.area;
}
