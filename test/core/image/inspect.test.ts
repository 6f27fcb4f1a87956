import { inspect } from "@imagetotext/core/image";
import { expect, test } from "vitest";
import { bmp } from "../../support/bmp.ts";
import { varieties } from "../../support/images.ts";
import { COLOUR, png, pngFile } from "../../support/png.ts";
import { visible } from "../../support/visible.ts";

const pixel = png(1, 1, [255], { colour: COLOUR.grey, bits: 8 });

test("names format, stored size, frames and orientation of every variety", async () => {
  for (const [name, bytes] of await varieties()) {
    const [format, ...rest] = name.split(" ");
    const orientation = rest[0] === "orientation" ? Number(rest[1]) : 1;
    const size = orientation < 5 ? { width: 300, height: 64 } : { width: 64, height: 300 };
    const frames = rest[0] === "animated" ? 2 : 1;
    expect(await inspect(bytes), name).toEqual({ format, ...size, frames, orientation });
  }
});

test("refuses no bytes at all", async () => {
  expect((await visible(inspect(new Uint8Array()))).code).toBe("image.empty");
});

test("takes 5 MB and refuses one byte more, with both numbers", async () => {
  const padded = (size: number) => Buffer.concat([pixel, Buffer.alloc(size - pixel.length)]);
  expect((await inspect(padded(5_242_880))).width).toBe(1);
  const error = await visible(inspect(padded(5_242_881)));
  expect(error.code).toBe("image.too_large");
  expect(error.message).toBe("The image is 5,242,881 bytes. Send at most 5 MB (5,242,880 bytes).");
});

test.each([
  ["svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"],
  ["little-endian tiff", "II*\0\x08\0\0\0\0\0\0\0\0\0"],
  ["big-endian tiff", "MM\0*\0\0\0\x08\0\0\0\0\0\0"],
  ["pdf", "%PDF-1.7\n1 0 obj\n"],
  ["heic", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
  ["avif", "\0\0\0\x1cftypavif\0\0\0\0mif1avif"],
  ["ico", "\0\0\x01\0\x01\0\x10\x10\0\0\x01\0"],
  ["jpeg xl", "\0\0\0\x0cJXL \r\n\x87\n"],
  ["netpbm", "P5 2 2 255\nabcd"],
  ["vips", "\xb6\xa6\xf2\x08\0\0\0\0\0\0\0\0"],
  ["zip", "PK\x03\x04\x14\0\0\0\x08\0"],
  ["wave, a RIFF as webp is", "RIFF\x24\0\0\0WAVEfmt "],
  ["text", "Invoice 4071"],
  ["text that begins as a bmp does", "BMW sent us this invoice in May."],
  ["one byte", "\xff"],
])("refuses %s as a format", async (_, text) => {
  expect((await visible(inspect(Buffer.from(text, "latin1")))).code).toBe(
    "image.unsupported_format",
  );
});

test("refuses a bmp that is a jpeg in disguise, and says what to send", async () => {
  const disguised = bmp(2, 2, () => [0, 0, 0, 255], { bits: 24 });
  disguised.writeUInt32LE(4, 30);
  const error = await visible(inspect(disguised));
  expect(error.code).toBe("image.unsupported_format");
  expect(error.message).toBe(
    "This bmp (24 bits a pixel, compression 4) cannot be read. Save it as png.",
  );
});

test("refuses a magic number with no header behind it", async () => {
  const starts = [
    "\xff\xd8\xff",
    "\x89PNG\r\n\x1a\n",
    "GIF89a",
    "RIFF\0\0\0\0WEBP",
    "BM000000000000\x28\0\0\0",
  ];
  for (const start of starts) {
    const error = await visible(inspect(Buffer.from(start, "latin1")));
    expect(error.code, start).toBe("image.damaged");
  }
});

test("takes 10,000 px a side and 40 megapixels, and refuses more with the numbers", async () => {
  const blank = (width: number, height: number) =>
    pngFile(width, height, { colour: COLOUR.grey, bits: 1 }, new Uint8Array());
  expect(await inspect(blank(10_000, 4_000))).toMatchObject({ width: 10_000, height: 4_000 });
  expect(await inspect(blank(4_000, 10_000))).toMatchObject({ width: 4_000, height: 10_000 });
  const cases = [
    [10_001, 1, "10,001 x 1 pixels (0.0 megapixels)"],
    [1, 10_001, "1 x 10,001 pixels (0.0 megapixels)"],
    [8_000, 5_001, "8,000 x 5,001 pixels (40.0 megapixels)"],
    [20_000, 20_000, "20,000 x 20,000 pixels (400.0 megapixels)"],
  ] as const;
  for (const [width, height, numbers] of cases) {
    const error = await visible(inspect(blank(width, height)));
    expect(error.code).toBe("image.too_many_pixels");
    expect(error.message).toBe(
      `The image is ${numbers}. Send at most 40 megapixels and 10,000 pixels a side.`,
    );
  }
});

test("reads a bmp's size as signed: negative heights are top-down, zero and below are damage", async () => {
  const file = (width: number, height: number) => {
    const bytes = bmp(2, 2, () => [0, 0, 0, 255], { bits: 24 });
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
    return bytes;
  };
  expect(await inspect(file(2, -2))).toMatchObject({ width: 2, height: 2 });
  expect((await visible(inspect(file(0, 2)))).code).toBe("image.damaged");
  expect((await visible(inspect(file(2, 0)))).code).toBe("image.damaged");
  expect((await visible(inspect(file(-2, 2)))).code).toBe("image.damaged");
  for (const height of [-2_147_483_648, 2_147_483_647]) {
    expect((await visible(inspect(file(2, height)))).code).toBe("image.too_many_pixels");
  }
});
