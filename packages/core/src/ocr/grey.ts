import type { Picture } from "../image/index.ts";
import type { Grey } from "./engine.ts";

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
