import type { Box, Grey, Picture } from "../image/index.ts";

/** Brightness after ITU-R BT.601, which is what JPEG keeps sharpest. */
export function toGrey({ width, height, channels, data }: Picture): Grey {
  if (channels === 1) return { width, height, data };
  const grey = new Uint8Array(width * height);
  for (let to = 0, from = 0; to < grey.length; to++, from += 3) {
    grey[to] =
      0.299 * (data[from] ?? 0) +
      0.587 * (data[from + 1] ?? 0) +
      0.114 * (data[from + 2] ?? 0) +
      0.5;
  }
  return { width, height, data: grey };
}

export function negative({ width, height, data }: Grey): Grey {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = 255 - (data[i] ?? 0);
  return { width, height, data: out };
}

/** Copies the part of the image inside the box. */
export function crop({ width, height, data }: Grey, box: Box): Grey {
  const x0 = Math.max(0, Math.floor(box.x0));
  const x1 = Math.min(width, Math.ceil(box.x1));
  const y0 = Math.max(0, Math.floor(box.y0));
  const y1 = Math.min(height, Math.ceil(box.y1));
  const part = { width: x1 - x0, height: y1 - y0, data: new Uint8Array((x1 - x0) * (y1 - y0)) };
  for (let y = y0; y < y1; y++) {
    part.data.set(data.subarray(y * width + x0, y * width + x1), (y - y0) * part.width);
  }
  return part;
}

/** Puts a border of so many px around the image. */
export function border({ width, height, data }: Grey, size: number, grey: number): Grey {
  const wide = width + 2 * size;
  const framed = new Uint8Array(wide * (height + 2 * size)).fill(grey);
  for (let y = 0; y < height; y++) {
    framed.set(data.subarray(y * width, (y + 1) * width), (y + size) * wide + size);
  }
  return { width: wide, height: height + 2 * size, data: framed };
}
