import { VisibleError } from "../error.ts";
import { type BmpHeader, readBmpHeader } from "./bmp-header.ts";
import { expandRuns } from "./bmp-runs.ts";
import { flatten, type Picture } from "./picture.ts";

/**
 * Decodes a bmp, which sharp cannot. The caller has checked the size in its header.
 * @throws VisibleError image.damaged when pixels are missing
 */
export function decodeBmp(bytes: Uint8Array): Picture {
  const header = readBmpHeader(bytes);
  const { width, height, bits, pixelsAt } = header;
  if (header.isRunLengthCoded) {
    const code = bytes.subarray(pixelsAt);
    return coloured(expandRuns(code, bits === 8, width, height), bytes, header);
  }
  const rowBytes = Math.ceil((width * bits) / 8);
  // Rows are padded to 4 bytes; the padding of the last one is often left out.
  const stride = Math.ceil(rowBytes / 4) * 4;
  const end = pixelsAt + stride * (height - 1) + rowBytes;
  if (bytes.length < end) throw new VisibleError("image.damaged");
  const rows = bytes.subarray(pixelsAt, end);
  if (bits > 8) return unmasked(rows, stride, header);
  return coloured(unpacked(rows, stride, header), bytes, header);
}

/** One byte for each palette index, rows in the order of the file. */
function unpacked(rows: Uint8Array, stride: number, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const byte = rows[row * stride + Math.floor(x / perByte)] ?? 0;
      indices[row * width + x] = (byte >> (8 - bits - (x % perByte) * bits)) & mask;
    }
  }
  return indices;
}

/** Looks the indices up in the palette: grey where all its colours are grey. */
function coloured(indices: Uint8Array, bytes: Uint8Array, header: BmpHeader): Picture {
  const { width, height } = header;
  const palette = readPalette(bytes, header);
  const isGrey = palette.every((value, at) => value === palette[at - (at % 3)]);
  const channels = isGrey ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    let to = uprightRow(row, header) * width * channels;
    for (let x = 0; x < width; x++) {
      const entry = (indices[row * width + x] ?? 0) * 3;
      for (let channel = 0; channel < channels; channel++)
        data[to++] = palette[entry + channel] ?? 0;
    }
  }
  return { width, height, channels, data };
}

/** 256 times red, green, blue: an index beyond the file's own palette is black. */
function readPalette(
  bytes: Uint8Array,
  { paletteAt, colours, colourBytes }: BmpHeader,
): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let index = 0; index < colours; index++) {
    const at = paletteAt + index * colourBytes;
    palette.set([bytes[at + 2] ?? 0, bytes[at + 1] ?? 0, bytes[at] ?? 0], index * 3);
  }
  return palette;
}

/** Pixels of 2, 3 or 4 bytes, each channel some bits of it. */
function unmasked(rows: Uint8Array, stride: number, header: BmpHeader): Picture {
  const { width, height, bits, masks } = header;
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, scale: 255 / Math.max(1, mask >>> shift) };
  });
  const data = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    let to = uprightRow(row, header) * width * 4;
    for (let x = 0; x < width; x++) {
      const at = row * stride + (x * bits) / 8;
      let pixel = (rows[at] ?? 0) | ((rows[at + 1] ?? 0) << 8);
      if (bits > 16) pixel |= (rows[at + 2] ?? 0) << 16;
      if (bits > 24) pixel |= (rows[at + 3] ?? 0) << 24;
      for (const { mask, shift, scale } of fields) {
        data[to++] = ((pixel & mask) >>> shift) * scale + 0.5;
      }
    }
  }
  makeOpaqueIfEmpty(data);
  return flatten({ width, height, data }, 3);
}

/** Many writers have an alpha channel and leave it 0, or have none: both mean opaque. */
function makeOpaqueIfEmpty(data: Uint8Array): void {
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] !== 0) return;
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
}

function uprightRow(row: number, { height, isBottomUp }: BmpHeader): number {
  return isBottomUp ? height - 1 - row : row;
}
