import { decode, inspect } from "@imagetotext/core/image";
import sharp from "sharp";
import { expect, test } from "vitest";
import { varieties } from "../../support/images.ts";
import { jpeg, segment } from "../../support/jpeg.ts";
import { COLOUR, chunk, png } from "../../support/png.ts";
import { visible } from "../../support/visible.ts";

const read = async (bytes: Uint8Array) => decode(bytes, await inspect(bytes));
const block = (value: number) => new Uint8Array(64).fill(value);
const firstPixel = async (bytes: Uint8Array) => {
  const { data, channels } = await read(bytes);
  return [...data.subarray(0, channels)];
};
/** Dark is under 128. The letters of the sample cover 8 to 10 % of its pixels. */
const darkShare = (data: Uint8Array) =>
  data.reduce((sum, v) => sum + (v < 128 ? 1 : 0), 0) / data.length;

test("reads every variety upright, with the text where it belongs", async () => {
  const all = await varieties();
  const reference = await read(all.get("png 8-bit grey") ?? new Uint8Array());
  for (const [name, bytes] of all) {
    const picture = await read(bytes);
    expect(picture, name).toMatchObject({ width: 300, height: 64 });
    expect(picture.data.length, name).toBe(300 * 64 * picture.channels);
    const isLight = name.endsWith("light text");
    const grey = reference.data.map((_, at) => picture.data[at * picture.channels] ?? 0);
    const wrong = reference.data.filter((level, at) => {
      const expected = isLight ? 255 - level : level;
      return Math.abs((grey[at] ?? 0) - expected) > 127;
    });
    // Only pixels at the very edge of a letter may fall to the other side when a format coarsens them.
    expect(wrong.length / grey.length, name).toBeLessThan(0.005);
    const share = darkShare(grey);
    expect(isLight ? 1 - share : share, name).toBeGreaterThan(0.07);
  }
});

test("keeps one channel for grey sources, with and without alpha", async () => {
  const grey = { colour: COLOUR.grey, bits: 8 } as const;
  expect(await read(png(2, 1, [7, 200], grey))).toMatchObject({ channels: 1 });
  expect(await firstPixel(png(2, 1, [7, 200], grey))).toEqual([7]);
  const withAlpha = png(2, 1, [7, 255, 200, 0], { colour: COLOUR.greyAlpha, bits: 8 });
  expect([...(await read(withAlpha)).data]).toEqual([7, 255]);
  expect(await firstPixel(jpeg(8, 8, [block(93)]))).toEqual([93]);
});

test("scales 16 bits to 8", async () => {
  const grey = png(3, 1, [0, 0x8080, 0xffff], { colour: COLOUR.grey, bits: 16 });
  expect([...(await read(grey)).data]).toEqual([0, 128, 255]);
  const rgb = png(1, 1, [0x0a0a, 0x8080, 0xffff], { colour: COLOUR.rgb, bits: 16 });
  expect([...(await read(rgb)).data]).toEqual([10, 128, 255]);
  const rgba = png(1, 1, [0x0a0a, 0x8080, 0xffff, 0xffff], { colour: COLOUR.rgba, bits: 16 });
  expect([...(await read(rgba)).data]).toEqual([10, 128, 255]);
});

test("scales 1, 2 and 4 bits to 8", async () => {
  const levels = async (bits: 1 | 2 | 4, samples: number[]) => [
    ...(await read(png(samples.length, 1, samples, { colour: COLOUR.grey, bits }))).data,
  ];
  expect(await levels(1, [0, 1, 1])).toEqual([0, 255, 255]);
  expect(await levels(2, [0, 1, 2, 3])).toEqual([0, 85, 170, 255]);
  expect(await levels(4, [0, 1, 9, 15])).toEqual([0, 17, 153, 255]);
});

// Adobe writes ink the wrong way round: 255 is none. YCCK is CMY turned round, as luma and chroma.
test.each([
  ["cmyk without ink is white", 0, [255, 255, 255, 255], [255, 255, 255]],
  ["ycck without ink is white", 2, [0, 128, 128, 255], [255, 255, 255]],
] as const)("%s", async (_, adobe, [c, m, y, k], expected) => {
  expect(await firstPixel(jpeg(8, 8, [c, m, y, k].map(block), { adobe }))).toEqual(expected);
});

test.each([
  ["cmyk", 0, [255, 255, 255, 0]],
  ["ycck", 2, [0, 128, 128, 0]],
] as const)("full black ink in %s is dark", async (_, adobe, inks) => {
  const [red = 255, green = 255, blue = 255] = await firstPixel(
    jpeg(8, 8, inks.map(block), { adobe }),
  );
  expect(Math.max(red, green, blue)).toBeLessThan(50);
});

test("reads dark text on a transparent ground as dark on white", async () => {
  const bytes = png(3, 1, [0, 0, 0, 0, 20, 40, 60, 255, 0, 0, 0, 0], {
    colour: COLOUR.rgba,
    bits: 8,
  });
  expect([...(await read(bytes)).data]).toEqual([255, 255, 255, 20, 40, 60, 255, 255, 255]);
});

test("reads light text on a transparent ground as light on black", async () => {
  const bytes = png(3, 1, [255, 255, 255, 0, 250, 240, 230, 255, 9, 9, 9, 0], {
    colour: COLOUR.rgba,
    bits: 8,
  });
  expect([...(await read(bytes)).data]).toEqual([0, 0, 0, 250, 240, 230, 0, 0, 0]);
});

test("reads faint light text, grey and yellow text on the ground that keeps it", async () => {
  const ground = async (red: number, green: number, blue: number, alpha: number) => {
    const samples = [0, 0, 0, 0, red, green, blue, alpha, 0, 0, 0, 0];
    return firstPixel(png(3, 1, samples, { colour: COLOUR.rgba, bits: 8 }));
  };
  expect(await ground(255, 255, 255, 40)).toEqual([0, 0, 0]);
  expect(await ground(255, 230, 0, 255)).toEqual([0, 0, 0]);
  expect(await ground(128, 128, 128, 255)).toEqual([255, 255, 255]);
  expect(await ground(0, 0, 255, 255)).toEqual([255, 255, 255]);
});

test("keeps white round an opaque white window with text and a transparent margin", async () => {
  const clear = [0, 0, 0, 0];
  const [paper, ink] = [
    [255, 255, 255, 255],
    [0, 0, 0, 255],
  ];
  const row = [clear, paper, ink, paper, ink, paper, clear].flat();
  const bytes = png(7, 1, row, { colour: COLOUR.rgba, bits: 8 });
  expect(await firstPixel(bytes)).toEqual([255, 255, 255]);
});

test("mixes half transparent pixels with the ground", async () => {
  const bytes = png(2, 1, [0, 0, 0, 51, 100, 100, 100, 255], { colour: COLOUR.rgba, bits: 8 });
  expect([...(await read(bytes)).data]).toEqual([204, 204, 204, 100, 100, 100]);
});

test("reads the pixels of tRNS as transparent, in grey, rgb and palette", async () => {
  const key = (...bytes: number[]) => [chunk("tRNS", Buffer.from(bytes))];
  const grey = png(2, 1, [70, 10], { colour: COLOUR.grey, bits: 8, chunks: key(0, 70) });
  expect([...(await read(grey)).data]).toEqual([255, 10]);
  const rgb = png(2, 1, [1, 2, 3, 4, 5, 6], {
    colour: COLOUR.rgb,
    bits: 8,
    chunks: key(0, 1, 0, 2, 0, 3),
  });
  expect([...(await read(rgb)).data]).toEqual([255, 255, 255, 4, 5, 6]);
  const plte = chunk("PLTE", Buffer.from([1, 2, 3, 4, 5, 6]));
  const palette = png(2, 1, [0, 1], { colour: COLOUR.palette, bits: 1, chunks: [plte, ...key(0)] });
  expect([...(await read(palette)).data]).toEqual([255, 255, 255, 4, 5, 6]);
});

test.each(["gif", "webp"] as const)("reads the first frame of an animated %s", async (format) => {
  const frames = Buffer.concat(
    [block(30), block(220)].map((grey) => Buffer.from([...grey].flatMap((v) => [v, v, v]))),
  );
  const image = sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } });
  const bytes = await image.toFormat(format, { lossless: true }).toBuffer();
  const header = await inspect(bytes);
  expect(header).toMatchObject({ width: 8, height: 8, frames: 2 });
  expect(await decode(bytes, header)).toMatchObject({ width: 8, height: 8 });
  expect(await firstPixel(bytes)).toEqual([30, 30, 30]);
});

test("refuses a jpeg, png, gif or webp that is cut in the middle", async () => {
  for (const [name, bytes] of await varieties()) {
    const half = bytes.subarray(0, bytes.length / 2);
    expect((await visible(read(half))).code, name).toBe("image.damaged");
  }
});

test("reads a jpeg with stray bytes between its segments and after its end", async () => {
  const clean = jpeg(8, 8, [block(60)], { segments: [segment(0xfe, Buffer.from("a comment"))] });
  expect(await firstPixel(Buffer.concat([clean, Buffer.alloc(99, 7)]))).toEqual([60]);
  const before = clean.indexOf(Buffer.from([0xff, 0xda]));
  const between = Buffer.concat([
    clean.subarray(0, before),
    Buffer.from([1, 2, 3]),
    clean.subarray(before),
  ]);
  expect(await firstPixel(between)).toEqual([60]);
});

test("reads a png whose comment has a wrong checksum", async () => {
  const comment = chunk("tEXt", Buffer.from("Author\0nobody"));
  comment[comment.length - 1] = 0;
  const bytes = png(1, 1, [80], { colour: COLOUR.grey, bits: 8, chunks: [comment] });
  expect(await firstPixel(bytes)).toEqual([80]);
});
