/** Red, green, blue and alpha, each 0..255. */
export type Colour = readonly [number, number, number, number];
/** The colour of the pixel at column x, row y, counted from the top left. */
type Drawing = (x: number, y: number) => Colour;

export type Variety = {
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  /** Bytes of the information header: 12 is OS/2, 108 is V4, 124 is V5. */
  header?: 12 | 40 | 52 | 56 | 108 | 124;
  topDown?: boolean;
  /** Bit masks of red, green, blue and alpha, for 16 and 32 bits. */
  masks?: readonly [number, number, number, number];
  runLengths?: boolean;
};

/** Writes the drawing as a BMP file: colours beyond the depth's palette are an error of the test. */
export function bmp(width: number, height: number, draw: Drawing, variety: Variety): Buffer {
  const { bits, header = 40, topDown = false, masks, runLengths = false } = variety;
  const palette: number[] = [];
  const rows: number[][] = [];
  for (let y = 0; y < height; y++) {
    rows.push(
      Array.from({ length: width }, (_, x) => {
        const colour = draw(x, y);
        return bits > 8 ? packed(colour, bits, masks) : indexed(colour, palette);
      }),
    );
  }
  if (bits <= 8 && palette.length > 1 << bits) throw new Error(`${palette.length} colours`);
  if (!topDown) rows.reverse();
  const body = runLengths ? runs(rows, bits) : Buffer.concat(rows.map((row) => plain(row, bits)));
  const info = Buffer.alloc(header);
  info.writeUInt32LE(header, 0);
  if (header === 12) {
    info.writeUInt16LE(width, 4);
    info.writeUInt16LE(height, 6);
    info.writeUInt16LE(1, 8);
    info.writeUInt16LE(bits, 10);
  } else {
    info.writeInt32LE(width, 4);
    info.writeInt32LE(topDown ? -height : height, 8);
    info.writeUInt16LE(1, 12);
    info.writeUInt16LE(bits, 14);
    info.writeUInt32LE(runLengths ? (bits === 8 ? 1 : 2) : masks ? 3 : 0, 16);
    info.writeUInt32LE(body.length, 20);
    if (bits <= 8) info.writeUInt32LE(palette.length, 32);
  }
  let trailer = Buffer.alloc(0);
  if (masks) {
    const written = Buffer.alloc(16);
    masks.forEach((mask, index) => {
      written.writeUInt32LE(mask, index * 4);
    });
    // Since V2 the masks are part of the header; before, they follow it.
    if (header >= 52) written.copy(info, 40, 0, Math.min(16, header - 40));
    else trailer = written.subarray(0, 12);
  }
  const entry = header === 12 ? 3 : 4;
  // OS/2 has no colour count: its palette is always full.
  const table = Buffer.alloc((header === 12 && bits <= 8 ? 1 << bits : palette.length) * entry);
  palette.forEach((colour, index) => {
    table.writeUIntLE(colour, index * entry, 3);
  });
  const file = Buffer.alloc(14);
  file.write("BM", "latin1");
  const offset = 14 + header + trailer.length + table.length;
  file.writeUInt32LE(offset + body.length, 2);
  file.writeUInt32LE(offset, 10);
  return Buffer.concat([file, info, trailer, table, body]);
}

function indexed([red, green, blue]: Colour, palette: number[]): number {
  const colour = red * 65_536 + green * 256 + blue;
  const known = palette.indexOf(colour);
  return known >= 0 ? known : palette.push(colour) - 1;
}

function packed(colour: Colour, bits: number, masks: Variety["masks"]): number {
  const standard =
    bits === 16
      ? [0x7c00, 0x03e0, 0x001f, 0]
      : [0xff0000, 0xff00, 0xff, bits === 32 ? 2 ** 32 - 2 ** 24 : 0];
  let value = 0;
  (masks ?? standard).forEach((mask, index) => {
    if (mask === 0) return;
    const lowest = 2 ** (31 - Math.clz32(mask & -mask));
    value += Math.round(((colour[index] ?? 0) / 255) * (mask / lowest)) * lowest;
  });
  return value;
}

function plain(row: number[], bits: number): Buffer {
  const line = Buffer.alloc(Math.ceil((row.length * bits) / 32) * 4);
  row.forEach((value, x) => {
    if (bits >= 8) line.writeUIntLE(value, (x * bits) / 8, bits / 8);
    else {
      const at = (x * bits) >> 3;
      line[at] = (line[at] ?? 0) | (value << (8 - bits - ((x * bits) & 7)));
    }
  });
  return line;
}

/** Equal neighbours become a run; a stretch without any, of three or more, is written as it is. */
function runs(rows: number[][], bits: number): Buffer {
  const out: number[] = [];
  for (const row of rows) {
    for (let x = 0; x < row.length; ) {
      let length = 1;
      while (length < 255 && x + length < row.length && row[x + length] === row[x]) length++;
      let literal = 1;
      while (literal < 255 && x + literal < row.length && row[x + literal] !== row[x + literal - 1])
        literal++;
      if (length === 1 && literal >= 3) {
        const values = row.slice(x, x + literal);
        const bytes =
          bits === 8
            ? values
            : Array.from(
                { length: Math.ceil(literal / 2) },
                (_, i) => ((values[i * 2] ?? 0) << 4) | (values[i * 2 + 1] ?? 0),
              );
        out.push(0, literal, ...bytes, ...(bytes.length % 2 ? [0] : []));
        x += literal;
      } else {
        const value = row[x] ?? 0;
        out.push(length, bits === 8 ? value : (value << 4) | value);
        x += length;
      }
    }
    out.push(0, 0);
  }
  out.push(0, 1);
  return Buffer.from(out);
}
