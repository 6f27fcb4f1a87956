import { crc32, deflateSync } from "node:zlib";

/** PNG's colour types. */
export const COLOUR = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 };

type Form = {
  colour: number;
  bits: 1 | 2 | 4 | 8 | 16;
  /** Chunks to stand between the header and the pixels. */
  chunks?: Uint8Array[];
};

/** Writes samples (row by row, each 0 .. 2^bits - 1) as a PNG file. */
export function png(width: number, height: number, samples: ArrayLike<number>, form: Form): Buffer {
  const perRow = samples.length / height;
  const rowBytes = Math.ceil((perRow * form.bits) / 8);
  const body = Buffer.alloc((rowBytes + 1) * height);
  for (let row = 0; row < height; row++) {
    const start = row * (rowBytes + 1) + 1;
    for (let i = 0; i < perRow; i++) {
      const sample = samples[row * perRow + i] ?? 0;
      const bit = i * form.bits;
      const at = start + (bit >> 3);
      if (form.bits === 16) body.writeUInt16BE(sample, at);
      else body[at] = (body[at] ?? 0) | (sample << (8 - form.bits - (bit & 7)));
    }
  }
  return pngFile(width, height, form, deflateSync(body));
}

/** A PNG file around whatever compressed pixels it is given. */
export function pngFile(width: number, height: number, form: Form, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = form.bits;
  header[9] = form.colour;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(form.chunks ?? []),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, body: Uint8Array): Buffer {
  const written = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from(type, "latin1"),
    body,
    Buffer.alloc(4),
  ]);
  written.writeUInt32BE(body.length, 0);
  written.writeUInt32BE(crc32(written.subarray(4, -4)), written.length - 4);
  return written;
}
