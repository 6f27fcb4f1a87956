import { VisibleError } from "../error.ts";
import { decodeBmp } from "./bmp.ts";
import { type Header, LIMITS } from "./inspect.ts";
import { uprightSize } from "./orientation.ts";
import { flatten, type Picture } from "./picture.ts";
import { sharp } from "./sharp.ts";

/**
 * The pixels of the first frame, upright, in sRGB or grey, transparency flattened. Memory peaks at
 * about 12 bytes a pixel. @param header what `inspect` found in these bytes: it has checked the limits.
 * @throws VisibleError image.damaged
 */
export async function decode(bytes: Uint8Array, header: Header): Promise<Picture> {
  const picture = header.format === "bmp" ? decodeBmp(bytes) : await decodeWithSharp(bytes);
  const { width, height } = uprightSize(header);
  if (picture.width !== width || picture.height !== height) throw new VisibleError("image.damaged");
  return picture;
}

/**
 * A file that ends early is refused: half a page would be read, charged and taken for the whole.
 * Lesser faults (stray bytes between JPEG segments, a bad checksum on a comment) lose no text and are
 * common, so they pass.
 */
async function decodeWithSharp(bytes: Uint8Array): Promise<Picture> {
  try {
    const image = sharp(bytes, { failOn: "truncated", limitInputPixels: LIMITS.pixels });
    const { space } = await image.metadata();
    const isGrey = space === "b-w" || space === "grey16";
    const { data, info } = await image
      .autoOrient()
      .toColourspace(isGrey ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels === 2 || channels === 4) return flatten({ width, height, channels, data });
    if (channels === 1 || channels === 3) return { width, height, channels, data };
    throw new Error(`decoded to ${channels} channels`);
  } catch (cause) {
    throw new VisibleError("image.damaged", undefined, { cause });
  }
}
