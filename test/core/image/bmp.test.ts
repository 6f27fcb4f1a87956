import { decode, inspect } from "@imagetotext/core/image";
import { expect, test } from "vitest";
import { bmp, type Colour, type Variety } from "../../support/bmp.ts";
import { visible } from "../../support/visible.ts";

const RED: Colour = [255, 0, 0, 255];
const GREEN: Colour = [0, 255, 0, 255];
const BLUE: Colour = [0, 0, 255, 255];
const WHITE: Colour = [255, 255, 255, 255];
/** 5 x 2 px: a width that leaves every depth with padding. */
const PICTURE = [
  [RED, GREEN, BLUE, WHITE, WHITE],
  [WHITE, WHITE, WHITE, WHITE, RED],
];
const TWO_COLOURS = [
  [RED, BLUE, RED, RED, BLUE],
  [BLUE, BLUE, BLUE, RED, RED],
];

const draw = (rows: Colour[][]) => (x: number, y: number) => rows[y]?.[x] ?? WHITE;
const read = async (bytes: Uint8Array) => decode(bytes, await inspect(bytes));
const flat = (rows: Colour[][]) => rows.flat().flatMap((colour) => colour.slice(0, 3));

const BGRA = [0xff0000, 0xff00, 0xff, 0xff000000] as const;
const RGBA = [0xff, 0xff00, 0xff0000, 0xff000000] as const;
const VARIETIES: Variety[] = [
  { bits: 4 },
  { bits: 8 },
  { bits: 16 },
  { bits: 24 },
  { bits: 32 },
  { bits: 4, topDown: true },
  { bits: 8, topDown: true },
  { bits: 24, topDown: true },
  { bits: 4, runLengths: true },
  { bits: 8, runLengths: true },
  { bits: 8, runLengths: true, header: 124 },
  { bits: 16, masks: [0x7c00, 0x03e0, 0x001f, 0] },
  { bits: 16, masks: [0xf800, 0x07e0, 0x001f, 0] },
  { bits: 16, masks: [0xf800, 0x07e0, 0x001f, 0], header: 52 },
  { bits: 16, masks: [0x0f00, 0x00f0, 0x000f, 0xf000], header: 56 },
  { bits: 32, masks: [0x3ff00000, 0x000ffc00, 0x000003ff, 0] },
  { bits: 32, masks: BGRA, header: 56 },
  { bits: 32, masks: BGRA, header: 108 },
  { bits: 32, masks: BGRA, header: 124 },
  { bits: 32, masks: RGBA, header: 124 },
  { bits: 8, header: 108 },
  { bits: 24, header: 108 },
  { bits: 24, header: 124 },
  { bits: 4, header: 12 },
  { bits: 8, header: 12 },
  { bits: 24, header: 12 },
];

test.each(VARIETIES)("reads bmp %o", async (variety) => {
  const picture = await read(bmp(5, 2, draw(PICTURE), variety));
  expect(picture).toMatchObject({ width: 5, height: 2, channels: 3 });
  expect([...picture.data]).toEqual(flat(PICTURE));
});

test.each([
  { bits: 1 },
  { bits: 1, topDown: true },
  { bits: 1, header: 12 },
  { bits: 1, header: 124 },
] as Variety[])("reads bmp %o", async (variety) => {
  const picture = await read(bmp(5, 2, draw(TWO_COLOURS), variety));
  expect([...picture.data]).toEqual(flat(TWO_COLOURS));
});

test("scales 5 bits to the full 8", async () => {
  const bytes = bmp(1, 1, () => WHITE, { bits: 16 });
  // 16, 8 and 1 of 31.
  bytes.writeUInt16LE((16 << 10) | (8 << 5) | 1, 54);
  expect([...(await read(bytes)).data]).toEqual([132, 66, 8]);
});

test("keeps one channel where the palette is grey", async () => {
  const grey = draw([
    [
      [0, 0, 0, 255],
      [90, 90, 90, 255],
    ],
  ]);
  const picture = await read(bmp(2, 1, grey, { bits: 8 }));
  expect(picture).toMatchObject({ channels: 1 });
  expect([...picture.data]).toEqual([0, 90]);
});

test("reads a fourth byte of zero as opaque, with an alpha mask and without", async () => {
  const clear = draw(PICTURE.map((row) => row.map(([r, g, b]): Colour => [r, g, b, 0])));
  for (const variety of [{ bits: 32 }, { bits: 32, header: 124, masks: BGRA }] as Variety[]) {
    expect([...(await read(bmp(5, 2, clear, variety))).data]).toEqual(flat(PICTURE));
  }
});

test("puts an alpha channel on white", async () => {
  const half = draw([
    [
      [0, 0, 0, 255],
      [0, 0, 0, 51],
      [0, 0, 0, 0],
    ],
  ]);
  const picture = await read(bmp(3, 1, half, { bits: 32, header: 124, masks: BGRA }));
  expect([...picture.data]).toEqual([0, 0, 0, 204, 204, 204, 255, 255, 255]);
});

// The two examples of https://learn.microsoft.com/windows/win32/gdi/bitmap-compression, which move 5 right
// and 1 down; here it is 0 right, so that the picture stays small.
const greys = (index: number): Colour => [index, index, index, 255];
const withCode = (bits: 4 | 8, width: number, height: number, code: string) => {
  const most = 2 ** bits;
  const table = bmp(most, 1, (x) => greys(x), { bits, runLengths: true });
  const head = Buffer.from(table.subarray(0, 54 + most * 4));
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  return Buffer.concat([head, Buffer.from(code.replaceAll(" ", ""), "hex")]);
};

test("expands the 8-bit run-length example of the specification", async () => {
  const code = "0304 0506 000345566700 0278 00020001 0278 0000 091e 0001";
  const picture = await read(withCode(8, 15, 3, code));
  expect([...picture.data]).toEqual([
    ...[30, 30, 30, 30, 30, 30, 30, 30, 30, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 120, 120],
    ...[4, 4, 4, 6, 6, 6, 6, 6, 69, 86, 103, 120, 120, 0, 0],
  ]);
});

test("expands the 4-bit run-length example of the specification", async () => {
  const code = "0304 0506 000645566700 0478 00020001 0478 0000 091e 0001";
  const picture = await read(withCode(4, 22, 3, code));
  expect([...picture.data]).toEqual([
    ...[1, 14, 1, 14, 1, 14, 1, 14, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 7, 8],
    ...[0, 4, 0, 0, 6, 0, 6, 0, 4, 5, 5, 6, 6, 7, 7, 8, 7, 8, 0, 0, 0, 0],
  ]);
});

test("drops what a run writes beyond its row", async () => {
  const picture = await read(withCode(8, 3, 2, "ff07 0000 0001"));
  expect([...picture.data]).toEqual([0, 0, 0, 7, 7, 7]);
});

test("reads a run-length file that stops right after its last pixel", async () => {
  const picture = await read(withCode(8, 3, 2, "0307 0000 0309"));
  expect([...picture.data]).toEqual([9, 9, 9, 7, 7, 7]);
});

test("refuses a bmp whose pixels are cut off", async () => {
  for (const variety of VARIETIES) {
    const bytes = bmp(5, 2, draw(PICTURE), variety);
    const error = await visible(read(bytes.subarray(0, -6)));
    expect(error.code, JSON.stringify(variety)).toBe("image.damaged");
  }
});

test("reads a bmp that leaves out the padding of its last row", async () => {
  const bytes = bmp(5, 2, draw(PICTURE), { bits: 24 });
  expect([...(await read(bytes.subarray(0, -1))).data]).toEqual(flat(PICTURE));
});

test("finds the pixels where a writer left their offset at zero", async () => {
  for (const bits of [8, 24] as const) {
    const bytes = bmp(5, 2, draw(PICTURE), { bits });
    bytes.writeUInt32LE(0, 10);
    expect([...(await read(bytes)).data]).toEqual(flat(PICTURE));
  }
});

test("paints an index beyond the palette black", async () => {
  const bytes = bmp(2, 1, () => WHITE, { bits: 8 });
  bytes[bytes.length - 4] = 200;
  expect([...(await read(bytes)).data]).toEqual([0, 255]);
});
