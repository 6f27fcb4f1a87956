import type { Grey } from "../image/index.ts";
import { histogram, percentile } from "./histogram.ts";

/**
 * True when the background is neither one grey nor two: a shadow, a lamp, a photo. Looks at the 85th
 * percentile of blocks of a fortieth of the image, which is paper where there is any.
 */
export function isUnevenlyLit(image: Grey): boolean {
  const size = Math.max(8, Math.round(Math.max(image.width, image.height) / 40));
  const { paper } = paperOfBlocks(image, size, 2, false);
  const counts = histogram(paper);
  const brightest = percentile(counts, 1);
  const between = paper.filter((grey) => grey > brightest * 0.25 && grey < brightest * 0.85).length;
  return (
    paper.length >= 30 &&
    between > 0.12 * paper.length &&
    percentile(counts, 0.05) < 0.85 * percentile(counts, 0.95)
  );
}

/**
 * Divides by the background, so that paper becomes white everywhere.
 * @param textHeight px; the background is looked for within 3.6 of them, at least 18 px
 * @returns also the share (0..1) of pixels that are brighter than the background around them: light text
 *   on a dark panel, which is erased, at high confidence. Then read the original as well and choose.
 */
export function flattenLight(image: Grey, textHeight: number): { grey: Grey; erased: number } {
  const size = Math.max(2, Math.round(Math.max(6, 1.2 * Math.min(60, textHeight || 20)) / 3));
  const { paper, across, down } = paperOfBlocks(image, size, size > 8 ? 2 : 1, true);
  // Text in large type fills whole blocks, so its neighbours speak for them: a closing of 7 blocks
  // follows the edge of a shadow, where a plain maximum would stop short of it.
  const radius = 3;
  let ground = extreme(paper, across, down, radius, Math.max);
  ground = extreme(ground, across, down, radius, Math.min);
  ground = smooth(smooth(ground, across, down), across, down);
  return divide(image, ground, across, down, size);
}

/** The 85th percentile of each square block of `size` px. @param partial with those at the edges */
function paperOfBlocks(image: Grey, size: number, stride: number, partial: boolean) {
  const { width, height, data } = image;
  const count = partial ? Math.ceil : Math.floor;
  const across = count(width / size);
  const down = count(height / size);
  const paper = new Uint8Array(across * down);
  const counts = new Uint32Array(256);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      counts.fill(0);
      let pixels = 0;
      const bottom = Math.min(height, (row + 1) * size);
      const right = Math.min(width, (column + 1) * size);
      for (let y = row * size; y < bottom; y += stride) {
        for (let x = column * size; x < right; x += stride) {
          const grey = data[y * width + x] ?? 0;
          counts[grey] = (counts[grey] ?? 0) + 1;
          pixels++;
        }
      }
      let left = Math.ceil(pixels * 0.15);
      let grey = 255;
      while (grey > 0) {
        left -= counts[grey] ?? 0;
        if (left <= 0) break;
        grey--;
      }
      paper[row * across + column] = grey;
    }
  }
  return { paper, across, down };
}

/** The largest or smallest of the blocks within the radius, as a square: along rows, then columns. */
function extreme(
  blocks: Uint8Array,
  across: number,
  down: number,
  radius: number,
  pick: (a: number, b: number) => number,
): Uint8Array {
  const along = new Uint8Array(blocks.length);
  const out = new Uint8Array(blocks.length);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let best = blocks[y * across + x] ?? 0;
      const end = Math.min(across - 1, x + radius);
      for (let k = Math.max(0, x - radius); k <= end; k++)
        best = pick(best, blocks[y * across + k] ?? 0);
      along[y * across + x] = best;
    }
  }
  for (let y = 0; y < down; y++) {
    const end = Math.min(down - 1, y + radius);
    for (let x = 0; x < across; x++) {
      let best = along[y * across + x] ?? 0;
      for (let k = Math.max(0, y - radius); k <= end; k++)
        best = pick(best, along[k * across + x] ?? 0);
      out[y * across + x] = best;
    }
  }
  return out;
}

/** The mean of the nine blocks around each. */
function smooth(blocks: Uint8Array, across: number, down: number): Uint8Array {
  const out = new Uint8Array(blocks.length);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const row = Math.min(down - 1, Math.max(0, y + dy));
          sum += blocks[row * across + Math.min(across - 1, Math.max(0, x + dx))] ?? 0;
        }
      }
      out[y * across + x] = sum / 9 + 0.5;
    }
  }
  return out;
}

/** Divides each pixel by the background, taken between the centres of the four nearest blocks. */
function divide(
  image: Grey,
  ground: Uint8Array,
  across: number,
  down: number,
  size: number,
): { grey: Grey; erased: number } {
  const { width, height, data } = image;
  let brighter = 0;
  const out = new Uint8Array(data.length);
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
  for (let y = 0; y < height; y++) {
    const v = (y + 0.5) / size - 0.5;
    const top = clamp(Math.floor(v), down - 1) * across;
    const bottom = clamp(Math.floor(v) + 1, down - 1) * across;
    const fy = v - Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / size - 0.5;
      const left = clamp(Math.floor(u), across - 1);
      const right = clamp(Math.floor(u) + 1, across - 1);
      const fx = u - Math.floor(u);
      const above = (ground[top + left] ?? 0) * (1 - fx) + (ground[top + right] ?? 0) * fx;
      const below = (ground[bottom + left] ?? 0) * (1 - fx) + (ground[bottom + right] ?? 0) * fx;
      const paper = Math.max(16, above * (1 - fy) + below * fy);
      const flat = ((data[y * width + x] ?? 0) * 255) / paper;
      if (flat > 1.3 * 255) brighter++;
      out[y * width + x] = Math.min(255, flat + 0.5);
    }
  }
  return { grey: { width, height, data: out }, erased: brighter / data.length };
}
