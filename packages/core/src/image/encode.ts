import type { Picture } from "./picture.ts";
import { sharp } from "./sharp.ts";

/** A PNG file of the picture. */
export function toPng({ width, height, channels, data }: Picture): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .png()
    .toBuffer();
}
