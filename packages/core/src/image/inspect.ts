import { VisibleError } from "../error.ts";
import { isBmp, readBmpHeader } from "./bmp-header.ts";
import { open } from "./open.ts";
import { type Orientation, orientationFrom } from "./orientation.ts";

/** The largest image that is read: bytes of the file, px a side, px in all. */
export const LIMITS = { bytes: 5_242_880, side: 10_000, pixels: 40_000_000 };

export type Format = "jpeg" | "png" | "gif" | "bmp" | "webp";

/** What the header says, before a pixel is decoded. width, height: px as stored in the file. */
export type Header = {
  format: Format;
  width: number;
  height: number;
  /** Pictures in the file; only the first is read. */
  frames: number;
  orientation: Orientation;
};

/**
 * Looks at the header only: takes milliseconds whatever size the header declares.
 * @throws VisibleError image.empty, image.too_large, image.unsupported_format, image.damaged or
 * image.too_many_pixels
 */
export async function inspect(bytes: Uint8Array): Promise<Header> {
  if (bytes.length === 0) throw new VisibleError("image.empty");
  if (bytes.length > LIMITS.bytes) {
    const detail = `The image is ${grouped(bytes.length)} bytes. Send at most 5 MB (${grouped(LIMITS.bytes)} bytes).`;
    throw new VisibleError("image.too_large", detail);
  }
  const format = formatOf(bytes);
  if (format === undefined) throw new VisibleError("image.unsupported_format");
  const header = format === "bmp" ? inspectBmp(bytes) : await inspectWithSharp(bytes, format);
  const { width, height } = header;
  if (width < 1 || height < 1) throw new VisibleError("image.damaged");
  if (width > LIMITS.side || height > LIMITS.side || width * height > LIMITS.pixels) {
    const megapixels = ((width * height) / 1_000_000).toFixed(1);
    const detail =
      `The image is ${grouped(width)} x ${grouped(height)} pixels (${megapixels} megapixels). ` +
      `Send at most ${LIMITS.pixels / 1_000_000} megapixels and ${grouped(LIMITS.side)} pixels a side.`;
    throw new VisibleError("image.too_many_pixels", detail);
  }
  return header;
}

/** The file's own first bytes decide, not the name or media type that came with it. */
function formatOf(bytes: Uint8Array): Format | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) return "gif";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  if (isBmp(bytes)) return "bmp";
  return undefined;
}

function inspectBmp(bytes: Uint8Array): Header {
  const { width, height } = readBmpHeader(bytes);
  return { format: "bmp", width, height, frames: 1, orientation: 1 };
}

/** Asks the decoder itself, so that the size checked here is the size decoded later. */
async function inspectWithSharp(
  bytes: Uint8Array,
  format: Exclude<Format, "bmp">,
): Promise<Header> {
  // The limits are checked above, where the message can name the numbers.
  const image = open(bytes, format, false);
  const found = await image.metadata().catch((cause: unknown) => {
    throw new VisibleError("image.damaged", undefined, { cause });
  });
  if (found.format !== format) throw new VisibleError("image.damaged");
  const { width, height, pages: frames = 1 } = found;
  return { format, width, height, frames, orientation: orientationFrom(found.orientation) };
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
