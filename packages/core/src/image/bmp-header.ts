import { VisibleError } from "../error.ts";

// The layout: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage and, for the variants met
// in the wild, https://entropymine.com/jason/bmpsuite/
const FILE_HEADER_BYTES = 14;
/** Sizes of the second header: OS/2 1 and 2 (12, 16, 64), Windows 3 (40), and its versions 2 to 5. */
const INFO_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124];
const [NONE, RLE8, RLE4, MASKS, ALPHA_MASKS] = [0, 1, 2, 3, 6];

export type BmpHeader = {
  width: number;
  height: number;
  bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  /** The bottom row is stored first. */
  isBottomUp: boolean;
  isRunLengthCoded: boolean;
  /** Where the palette and the pixels begin, in bytes from the start of the file. */
  paletteAt: number;
  pixelsAt: number;
  /** Entries of the palette, none above 8 bits, and the bytes of one: blue, green, red, unused. */
  colours: number;
  colourBytes: 3 | 4;
  /** The bits of a pixel that hold red, green, blue and alpha, above 8 bits. */
  masks: readonly [number, number, number, number];
};

/** "BM" begins many a text too, so a known size of the second header is asked for as well. */
export function isBmp(bytes: Uint8Array): boolean {
  if (bytes.length < FILE_HEADER_BYTES + 4 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return false;
  return INFO_HEADER_BYTES.includes(viewOf(bytes).getUint32(FILE_HEADER_BYTES, true));
}

/** Reads the two headers, no pixel. @throws VisibleError image.damaged, image.unsupported_format */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = viewOf(bytes);
  const infoBytes = view.getUint32(FILE_HEADER_BYTES, true);
  const infoEnd = FILE_HEADER_BYTES + infoBytes;
  if (bytes.length < infoEnd) throw new VisibleError("image.damaged");
  const isOs2 = infoBytes === 12;
  const height = isOs2 ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isOs2 ? 24 : 28, true);
  const isLong = infoBytes >= 40;
  const compression = isLong ? view.getUint32(30, true) : NONE;
  if (!isReadable(bits, compression, infoBytes)) {
    const detail = `This bmp (${bits} bits a pixel, compression ${compression}) cannot be read. Save it as png.`;
    throw new VisibleError("image.unsupported_format", detail);
  }
  const masks = compression === MASKS ? 3 : compression === ALPHA_MASKS ? 4 : 0;
  // Since version 2 the masks are inside the second header; before, they follow it.
  const headersEnd = infoBytes === 40 ? infoEnd + masks * 4 : infoEnd;
  if (bytes.length < headersEnd) throw new VisibleError("image.damaged");
  const mask = (at: number) => (at + 4 <= headersEnd ? view.getUint32(at, true) : 0);
  const most = bits > 8 ? 0 : 2 ** bits;
  const colours = Math.min((isLong && view.getUint32(46, true)) || most, most);
  const colourBytes = isOs2 ? 3 : 4;
  const pixelsAt = view.getUint32(10, true);
  return {
    width: isOs2 ? view.getUint16(18, true) : view.getInt32(18, true),
    height: Math.abs(height),
    bits,
    isBottomUp: height > 0,
    isRunLengthCoded: compression === RLE8 || compression === RLE4,
    paletteAt: headersEnd,
    // Some writers leave the offset at 0.
    pixelsAt: pixelsAt < infoEnd ? headersEnd + colours * colourBytes : pixelsAt,
    colours,
    colourBytes,
    masks: masks > 0 ? [mask(54), mask(58), mask(62), mask(66)] : standardMasks(bits),
  };
}

function isReadable(
  bits: number,
  compression: number,
  infoBytes: number,
): bits is BmpHeader["bits"] {
  if (compression === NONE) return [1, 2, 4, 8, 16, 24, 32].includes(bits);
  if (compression === RLE8) return bits === 8;
  if (compression === RLE4) return bits === 4;
  // In OS/2 the same number means fax coding; 4 and 5 are a jpeg or png in a bmp's clothes.
  if (compression !== MASKS && compression !== ALPHA_MASKS) return false;
  return infoBytes !== 64 && (bits === 16 || bits === 32);
}

/** Without masks the fourth byte of 32 bits is unused: most writers leave it 0. */
function standardMasks(bits: number): BmpHeader["masks"] {
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
