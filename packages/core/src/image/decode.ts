import { VisibleError } from "../error.ts";
import { decodeBmp } from "./bmp.ts";
import { type Format, type Header, LIMITS } from "./inspect.ts";
import { open } from "./open.ts";
import { uprightSize } from "./orientation.ts";
import { flatten, type Picture } from "./picture.ts";
import { bytesOf } from "./sharp.ts";

/**
 * The pixels of the first frame, upright, in sRGB or grey, transparency flattened. Memory peaks at 3
 * to 9 bytes a pixel, and at 16 for the worst: an interlaced 16-bit png that lies on its side.
 * @param header what `inspect` found in these bytes; it has checked the limits
 * @throws VisibleError image.damaged
 */
export async function decode(bytes: Uint8Array, header: Header): Promise<Picture> {
  const picture =
    header.format === "bmp" ? decodeBmp(bytes) : await decodeWithSharp(bytes, header.format);
  const { width, height } = uprightSize(header);
  if (picture.width !== width || picture.height !== height) throw new VisibleError("image.damaged");
  return picture;
}

async function decodeWithSharp(
  bytes: Uint8Array,
  format: Exclude<Format, "bmp">,
): Promise<Picture> {
  const image = open(bytes, format, LIMITS.pixels);
  try {
    const { space, hasAlpha } = await image.metadata();
    const isGrey = space === "b-w" || space === "grey16";
    const { data: buffer, info } = await image
      .autoOrient()
      // sharp drops the alpha of grey pixels, so those that have one pass through as colour.
      .toColourspace(isGrey && !hasAlpha ? "b-w" : "srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const data = bytesOf(buffer);
    const { width, height, channels } = info;
    if (channels === 4) return flatten({ width, height, data }, isGrey ? 1 : 3);
    if (channels === 1 || channels === 3) return { width, height, channels, data };
    throw new Error(`decoded to ${channels} channels`);
  } catch (cause) {
    throw new VisibleError("image.damaged", undefined, { cause });
  }
}
