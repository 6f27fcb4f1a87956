import sharp from "sharp";
import { VisibleError } from "../error.ts";
export const LIMITS = { bytes: 5_242_880, side: 10_000, pixels: 40_000_000 };
export type Format = "jpeg" | "png" | "gif" | "bmp" | "webp";
export type Header = {
  format: Format;
  width: number;
  height: number;
  frames: number;
  orientation: number;
};
export type Picture = { width: number; height: number; channels: 1 | 3; data: Uint8Array };
export type Box = { x0: number; y0: number; x1: number; y1: number };
export async function inspect(bytes: Uint8Array): Promise<Header> {
  try {
    const m = await sharp(bytes).metadata();
    return {
      format: m.format as Format,
      width: m.width,
      height: m.height,
      frames: m.pages ?? 1,
      orientation: m.orientation ?? 1,
    };
  } catch (cause) {
    throw new VisibleError("image.damaged", undefined, { cause });
  }
}
export async function decode(bytes: Uint8Array, _header: Header): Promise<Picture> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .flatten({ background: "#fff" })
    .greyscale()
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 1, data };
}
export function toStored(box: Box, _header: Header): Box {
  return box;
}
