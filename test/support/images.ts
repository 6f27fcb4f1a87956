import { readFileSync } from "node:fs";
import sharp from "sharp";
import { bmp, type Colour } from "./bmp.ts";
import { exif, exifSegment, jpeg } from "./jpeg.ts";
import { COLOUR, chunk, png } from "./png.ts";

/** What every image of `varieties` says, upright. */
export const TEXT = "Invoice 4071";

type Page = { width: number; height: number; data: Uint8Array };
type Raw = { width: number; height: number; channels: 1 | 2 | 3 | 4; data: Uint8Array };

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const MASKS_565 = [0xf800, 0x07e0, 0x001f, 0] as const;
const MASKS_555 = [0x7c00, 0x03e0, 0x001f, 0] as const;
const MASKS_BGRA = [0xff0000, 0xff00, 0xff, 0xff000000] as const;

/** One image of TEXT for every variety of every format, by a name such as "png 16-bit grey". */
export async function varieties(): Promise<Map<string, Uint8Array>> {
  const page = await readPage();
  return new Map([
    ...(await jpegs(page)),
    ...(await pngs(page)),
    ...(await gifs(page)),
    ...(await webps(page)),
    ...bmps(page),
  ]);
}

/** The black text on white that all varieties are made of. */
async function readPage(): Promise<Page> {
  const file = readFileSync(new URL("../fixture/invoice.png", import.meta.url));
  const image = sharp(file).toColourspace("b-w").raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

async function jpegs(page: Page): Promise<[string, Buffer][]> {
  const { width, height, data } = page;
  const ink = data.map((value) => 255 - value);
  const light = data.map(() => 255);
  const neutral = data.map(() => 128);
  const colour = encoder(repeat(page, 3));
  const found: [string, Buffer][] = [
    ["jpeg baseline", await colour().jpeg().toBuffer()],
    ["jpeg progressive", await colour().jpeg({ progressive: true }).toBuffer()],
    ["jpeg grey", jpeg(width, height, [data])],
    ["jpeg cmyk", jpeg(width, height, [light, light, light, data], { adobe: 0 })],
    ["jpeg ycck", jpeg(width, height, [ink, neutral, neutral, light], { adobe: 2 })],
  ];
  for (const orientation of ORIENTATIONS) {
    const stored = turned(page, orientation);
    for (const order of ["II", "MM"] as const) {
      const segments = [exifSegment(orientation, order)];
      const file = jpeg(stored.width, stored.height, [stored.data], { segments });
      found.push([`jpeg orientation ${orientation} ${order}`, file]);
    }
  }
  return found;
}

async function pngs(page: Page): Promise<[string, Buffer][]> {
  const { width, height, data } = page;
  const ink = data.map((value) => 255 - value);
  const samples = (per: (grey: number, ink: number) => number[]) =>
    [...data].flatMap((grey, at) => per(grey, ink[at] ?? 0));
  const two = Buffer.from([0, 0, 0, 255, 255, 255]);
  const sixteen = Buffer.from(Array.from({ length: 48 }, (_, at) => Math.floor(at / 3) * 17));
  const side = turned(page, 6);
  const chunks = (type: string, ...body: number[]) => [chunk(type, Buffer.from(body))];
  const write = (form: Parameters<typeof png>[3], values: ArrayLike<number>) =>
    png(width, height, values, form);
  const { grey, rgb, palette, greyAlpha, rgba } = COLOUR;
  const binary = data.map((value) => value >> 7);
  const nibbles = data.map((value) => value >> 4);
  return [
    ["png 1-bit grey", write({ colour: grey, bits: 1 }, binary)],
    [
      "png 2-bit grey",
      write(
        { colour: grey, bits: 2 },
        data.map((value) => value >> 6),
      ),
    ],
    ["png 4-bit grey", write({ colour: grey, bits: 4 }, nibbles)],
    ["png 8-bit grey", write({ colour: grey, bits: 8 }, data)],
    [
      "png 16-bit grey",
      write(
        { colour: grey, bits: 16 },
        samples((value) => [value * 257]),
      ),
    ],
    [
      "png 8-bit rgb",
      write(
        { colour: rgb, bits: 8 },
        samples((v) => [v, v, v]),
      ),
    ],
    [
      "png 16-bit rgb",
      write(
        { colour: rgb, bits: 16 },
        samples((v) => [v * 257, v * 257, v * 257]),
      ),
    ],
    [
      "png 1-bit palette",
      write({ colour: palette, bits: 1, chunks: [chunk("PLTE", two)] }, binary),
    ],
    [
      "png 4-bit palette",
      write({ colour: palette, bits: 4, chunks: [chunk("PLTE", sixteen)] }, nibbles),
    ],
    [
      "png palette with transparent white",
      write(
        { colour: palette, bits: 1, chunks: [chunk("PLTE", two), ...chunks("tRNS", 255, 0)] },
        binary,
      ),
    ],
    [
      "png grey with transparent white",
      write({ colour: grey, bits: 8, chunks: chunks("tRNS", 0, 255) }, data),
    ],
    [
      "png grey and alpha",
      write(
        { colour: greyAlpha, bits: 8 },
        samples((_, a) => [0, a]),
      ),
    ],
    [
      "png rgba",
      write(
        { colour: rgba, bits: 8 },
        samples((_, a) => [0, 0, 0, a]),
      ),
    ],
    [
      "png rgba of light text",
      write(
        { colour: rgba, bits: 8 },
        samples((_, a) => [255, 255, 255, a]),
      ),
    ],
    [
      "png 16-bit rgba",
      write(
        { colour: rgba, bits: 16 },
        samples((_, a) => [0, 0, 0, a * 257]),
      ),
    ],
    ["png interlaced", await encoder(repeat(page, 3))().png({ progressive: true }).toBuffer()],
    [
      "png orientation 6",
      png(side.width, side.height, side.data, {
        colour: grey,
        bits: 8,
        chunks: [chunk("eXIf", exif(6, "II"))],
      }),
    ],
  ];
}

async function gifs(page: Page): Promise<[string, Buffer][]> {
  return [
    ["gif still", await encoder(repeat(page, 3))().gif().toBuffer()],
    ["gif interlaced", await encoder(repeat(page, 3))().gif({ progressive: true }).toBuffer()],
    ["gif transparent", await encoder(inkOnly(page, 0))().gif().toBuffer()],
    ["gif transparent of light text", await encoder(inkOnly(page, 255))().gif().toBuffer()],
    ["gif animated", await animated(page).gif().toBuffer()],
  ];
}

async function webps(page: Page): Promise<[string, Buffer][]> {
  return [
    ["webp lossy", await encoder(repeat(page, 3))().webp().toBuffer()],
    ["webp lossless", await encoder(repeat(page, 3))().webp({ lossless: true }).toBuffer()],
    ["webp alpha", await encoder(inkOnly(page, 0))().webp().toBuffer()],
    ["webp alpha of light text", await encoder(inkOnly(page, 255))().webp().toBuffer()],
    ["webp animated", await animated(page).webp({ lossless: true }).toBuffer()],
  ];
}

function bmps({ width, height, data }: Page): [string, Buffer][] {
  const level = (x: number, y: number) => data[y * width + x] ?? 255;
  const shade = (value: number): Colour => [value, value, value, 255];
  const full = (x: number, y: number) => shade(level(x, y));
  const few = (x: number, y: number) => shade((level(x, y) >> 4) * 17);
  const two = (x: number, y: number) => shade(level(x, y) > 127 ? 255 : 0);
  const clear = (x: number, y: number): Colour => [0, 0, 0, 255 - level(x, y)];
  const empty = (x: number, y: number): Colour => [level(x, y), level(x, y), level(x, y), 0];
  return [
    ["bmp 1-bit", bmp(width, height, two, { bits: 1 })],
    ["bmp 4-bit", bmp(width, height, few, { bits: 4 })],
    ["bmp 8-bit", bmp(width, height, full, { bits: 8 })],
    ["bmp 16-bit", bmp(width, height, full, { bits: 16 })],
    ["bmp 16-bit 555 masks", bmp(width, height, full, { bits: 16, masks: MASKS_555 })],
    ["bmp 16-bit 565 masks", bmp(width, height, full, { bits: 16, masks: MASKS_565 })],
    ["bmp 24-bit", bmp(width, height, full, { bits: 24 })],
    ["bmp 24-bit top-down", bmp(width, height, full, { bits: 24, topDown: true })],
    ["bmp 24-bit v4", bmp(width, height, full, { bits: 24, header: 108 })],
    ["bmp 24-bit v5", bmp(width, height, full, { bits: 24, header: 124 })],
    ["bmp 24-bit os/2", bmp(width, height, full, { bits: 24, header: 12 })],
    ["bmp 8-bit os/2", bmp(width, height, full, { bits: 8, header: 12 })],
    ["bmp 32-bit", bmp(width, height, full, { bits: 32 })],
    ["bmp 32-bit with a zero fourth byte", bmp(width, height, empty, { bits: 32 })],
    [
      "bmp 32-bit v5 alpha",
      bmp(width, height, clear, { bits: 32, header: 124, masks: MASKS_BGRA }),
    ],
    [
      "bmp 32-bit v5 with a zero alpha",
      bmp(width, height, empty, { bits: 32, header: 124, masks: MASKS_BGRA }),
    ],
    ["bmp rle8", bmp(width, height, full, { bits: 8, runLengths: true })],
    ["bmp rle4", bmp(width, height, few, { bits: 4, runLengths: true })],
  ];
}

/** The page as a file would store it so that EXIF's `orientation` turns it upright. */
function turned({ width, height, data }: Page, orientation: (typeof ORIENTATIONS)[number]): Page {
  const [columns, rows] = orientation < 5 ? [width, height] : [height, width];
  const stored = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [right, bottom] = [columns - 1 - column, rows - 1 - row];
      const [x, y] = {
        1: [column, row],
        2: [right, row],
        3: [right, bottom],
        4: [column, bottom],
        5: [row, column],
        6: [bottom, column],
        7: [bottom, right],
        8: [row, right],
      }[orientation] as [number, number];
      stored[row * columns + column] = data[y * width + x] ?? 0;
    }
  }
  return { width: columns, height: rows, data: stored };
}

function repeat({ width, height, data }: Page, channels: 1 | 3): Raw {
  const repeated = [...data].flatMap((value) => Array<number>(channels).fill(value));
  return { width, height, channels, data: Uint8Array.from(repeated) };
}

/** Text of one shade on a transparent ground. */
function inkOnly({ width, height, data }: Page, shade: number): Raw {
  const pixels = [...data].flatMap((value) => [shade, shade, shade, 255 - value]);
  return { width, height, channels: 4, data: Uint8Array.from(pixels) };
}

/** The text, then an empty frame. */
function animated(page: Page) {
  const { width, height, channels, data } = repeat(page, 3);
  const both = Buffer.concat([data, Buffer.alloc(data.length, 255)]);
  return sharp(both, { raw: { width, height: height * 2, channels, pageHeight: height } });
}

function encoder({ data, ...raw }: Raw) {
  return () => sharp(data, { raw });
}
