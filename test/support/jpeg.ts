type Form = {
  /** Writes Adobe's marker: 0 says CMYK, 2 says YCCK. */
  adobe?: 0 | 2;
  /** Segments to stand right after the start of the file. */
  segments?: Uint8Array[];
};

/**
 * Writes the planes (one byte a pixel each) as a baseline JPEG with no loss but rounding: an 8 x 8
 * block of one value is stored exactly. For what sharp does not write: YCCK and odd markers.
 */
export function jpeg(width: number, height: number, planes: Uint8Array[], form: Form = {}): Buffer {
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  const last = planes.map(() => 0);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      planes.forEach((plane, index) => {
        const block = cosines(plane, width, height, left, top);
        const dc = block[0] ?? 0;
        const step = dc - (last[index] ?? 0);
        last[index] = dc;
        put(sizeOf(step), 8);
        put(magnitude(step), sizeOf(step));
        let zeros = 0;
        for (const at of ZIGZAG.slice(1)) {
          const value = block[at] ?? 0;
          if (value === 0) {
            zeros++;
            continue;
          }
          for (; zeros > 15; zeros -= 16) put(0xf0, 8);
          put((zeros << 4) | sizeOf(value), 8);
          put(magnitude(value), sizeOf(value));
          zeros = 0;
        }
        if (zeros > 0) put(0, 8);
      });
    }
  }
  while (bits.length % 8) bits.push(1);
  const coded: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    const byte = Number.parseInt(bits.slice(i, i + 8).join(""), 2);
    coded.push(byte);
    if (byte === 0xff) coded.push(0);
  }
  const ids = planes.map((_, index) => index + 1);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(form.segments ?? []),
    ...(form.adobe === undefined
      ? []
      : [segment(0xee, [...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, form.adobe])]),
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
    segment(0xc0, [8, ...size, planes.length, ...ids.flatMap((id) => [id, 0x11, 0])]),
    // Every symbol is its own code of 8 bits. 255 is none: no code may be all ones.
    segment(0xc4, [0x00, ...eightBitCodes(16)]),
    segment(0xc4, [0x10, ...eightBitCodes(255)]),
    segment(0xda, [planes.length, ...ids.flatMap((id) => [id, 0x00]), 0, 63, 0]),
    Buffer.from(coded),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function eightBitCodes(symbols: number): number[] {
  return [0, 0, 0, 0, 0, 0, 0, symbols, 0, 0, 0, 0, 0, 0, 0, 0, ...Array(symbols).keys()];
}

/** One marker segment with its length. */
export function segment(marker: number, body: Iterable<number>): Buffer {
  const bytes = Buffer.from([0xff, marker, 0, 0, ...body]);
  bytes.writeUInt16BE(bytes.length - 2, 2);
  return bytes;
}

/** EXIF that holds an orientation and nothing else, as a TIFF structure in either byte order. */
export function exif(orientation: number, order: "II" | "MM"): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(order, "latin1");
  const put16 = (value: number, at: number) =>
    order === "II" ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    order === "II" ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  put16(42, 2);
  put32(8, 4);
  put16(1, 8);
  put16(0x0112, 10);
  put16(3, 12);
  put32(1, 14);
  put16(orientation, 18);
  return tiff;
}

/** The same as a segment of a JPEG file. */
export function exifSegment(orientation: number, order: "II" | "MM"): Buffer {
  return segment(0xe1, [...Buffer.from("Exif\0\0", "latin1"), ...exif(orientation, order)]);
}

/** The 64 frequencies of a block; the edge pixels are repeated beyond the picture. */
function cosines(plane: Uint8Array, width: number, height: number, left: number, top: number) {
  const at = (x: number, y: number) =>
    (plane[Math.min(height - 1, top + y) * width + Math.min(width - 1, left + x)] ?? 0) - 128;
  return Array.from({ length: 64 }, (_, index) => {
    const [u, v] = [index % 8, index >> 3];
    let sum = 0;
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) sum += at(x, y) * wave(x, u) * wave(y, v);
    return Math.round(sum / 4);
  });
}

function wave(position: number, frequency: number): number {
  const scale = frequency === 0 ? Math.SQRT1_2 : 1;
  return scale * Math.cos(((2 * position + 1) * frequency * Math.PI) / 16);
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function magnitude(value: number): number {
  return value < 0 ? value + 2 ** sizeOf(value) - 1 : value;
}

const ZIGZAG = [...Array(64).keys()].sort((a, b) => {
  const [ua, va, ub, vb] = [a % 8, a >> 3, b % 8, b >> 3];
  if (ua + va !== ub + vb) return ua + va - ub - vb;
  return (ua + va) % 2 ? va - vb : ua - ub;
});
