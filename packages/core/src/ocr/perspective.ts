import type { Grey } from "../image/index.ts";
import { solve } from "./equations.ts";
import type { Mapping, Point } from "./geometry.ts";

/** A sheet of paper seen from an angle: its corners in px from the top left clockwise, and its size. */
export type Sheet = { corners: [Point, Point, Point, Point]; width: number; height: number };

/** The mapping from the sheet, once flat, to the image it lies in: a homography. */
export function sheetMapping({ corners, width, height }: Sheet): Mapping {
  const targets = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  const rows: number[][] = [];
  corners.forEach(({ x: u, y: v }, i) => {
    const [x = 0, y = 0] = targets[i] ?? [];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  });
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0] = solve(rows);
  return (x, y) => {
    const scale = g * x + h * y + 1;
    return { x: (a * x + b * y + c) / scale, y: (d * x + e * y + f) / scale };
  };
}

/**
 * Lays the sheet flat, with bilinear interpolation. The outermost 0.8 % take the grey beside them: they
 * hold the edge of the sheet, which would be read as a line.
 */
export function layFlat(image: Grey, sheet: Sheet, mapping: Mapping): Grey {
  const { width, height } = sheet;
  const out = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { x: u, y: v } = mapping(x, y);
      const left = Math.floor(u);
      const top = Math.floor(v);
      if (left < 0 || top < 0 || left >= image.width - 1 || top >= image.height - 1) continue;
      const fx = u - left;
      const fy = v - top;
      const at = top * image.width + left;
      const above = (image.data[at] ?? 0) * (1 - fx) + (image.data[at + 1] ?? 0) * fx;
      const under = at + image.width;
      const below = (image.data[under] ?? 0) * (1 - fx) + (image.data[under + 1] ?? 0) * fx;
      out[y * width + x] = above * (1 - fy) + below * fy + 0.5;
    }
  }
  const margin = Math.round(Math.min(width, height) * 0.008) + 2;
  for (let y = 0; y < height; y++) {
    const row = Math.min(height - 1 - margin, Math.max(margin, y));
    for (let x = 0; x < width; x++) {
      const column = Math.min(width - 1 - margin, Math.max(margin, x));
      if (row !== y || column !== x) out[y * width + x] = out[row * width + column] ?? 255;
    }
  }
  return { width, height, data: out };
}
