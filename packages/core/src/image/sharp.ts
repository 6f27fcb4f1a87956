import sharp from "sharp";

// sharp also opens SVG, TIFF, AVIF, UltraHDR and local files: none of that is for a stranger's bytes.
// libvips names an operation after its class, and blocking a class blocks what derives from it.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadWebpBuffer",
  ],
});
// A cache of operations would keep one caller's pixels in memory while the next is served.
sharp.cache(false);
// One image uses one CPU: a Lambda has one, and elsewhere the readers run side by side.
sharp.concurrency(1);

export { sharp };

/** The same memory without the ways of Buffer, whose `slice` does not copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
