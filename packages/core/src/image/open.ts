import { VisibleError } from "../error.ts";
import type { Format } from "./inspect.ts";
import { sharp } from "./sharp.ts";

/** A photograph saved for the web has about ten. 100 of 40 megapixels take about a second. */
const MOST_SCANS = 100;

/** Chunks beside the critical ones that change how a png looks. */
const VISIBLE_CHUNKS = ["tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "eXIf"];

/**
 * Hands bytes to sharp, for the header and for the pixels alike. A file that ends early will fail:
 * half a page would be read, charged and taken for the whole. Lesser faults (stray bytes between
 * jpeg segments, a bad checksum on a comment) lose no text and are common, so they pass.
 * @throws VisibleError image.damaged
 */
export function open(
  bytes: Uint8Array,
  format: Exclude<Format, "bmp">,
  limitInputPixels: number | false,
) {
  if (format === "jpeg") refuseScanBomb(bytes);
  const options = { failOn: "truncated", limitInputPixels } as const;
  return sharp(format === "png" ? withoutText(bytes) : bytes, options);
}

/** A scan of a few bytes costs a pass over all pixels: 400 kB of them, undetected, took 20 s. */
function refuseScanBomb(jpeg: Uint8Array): void {
  let scans = 0;
  for (let at = jpeg.indexOf(0xff); at >= 0; at = jpeg.indexOf(0xff, at + 1)) {
    if (jpeg[at + 1] === 0xda) scans++;
  }
  if (scans <= MOST_SCANS) return;
  const detail = `The jpeg has ${scans} scans. Save it again with at most ${MOST_SCANS}, and send the new file.`;
  throw new VisibleError("image.damaged", detail);
}

/**
 * The file without comments and the like. Each compressed comment may unfold to 8 MB and libpng takes
 * 1,000 of them: 5 MB of file held 4.6 GB of memory.
 */
function withoutText(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept = new Uint8Array(png.length);
  const visible = new Set(VISIBLE_CHUNKS);
  let from = 8;
  let to = from;
  kept.set(png.subarray(0, from));
  while (from + 8 <= png.length) {
    const type = String.fromCharCode(...png.subarray(from + 4, from + 8));
    const end = from + 12 + view.getUint32(from, false);
    const isAncillary = /^[a-z]/.test(type);
    // A second one of a kind has no meaning.
    if (!isAncillary || visible.delete(type)) {
      const chunk = png.subarray(from, end);
      kept.set(chunk, to);
      to += chunk.length;
    }
    from = end;
  }
  return kept.subarray(0, to);
}
