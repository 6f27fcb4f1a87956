import { config } from "../config.ts";
import * as Image from "../image/index.ts";
import { Engine } from "./engine.ts";
import { parseLanguages } from "./language.ts";
import type { Region } from "./order.ts";
import { recognise } from "./recognise.ts";
import type { Recognition } from "./result.ts";

const REGION = [220, 30, 30] as const;
const LINE = [40, 110, 240] as const;

/**
 * Reads one image in this thread, and hands over what each step that did something made of it.
 * @param keep gets, in order, a file name such as `03-flat-0.0009.png` and the file
 * @throws VisibleError as `read` does
 */
export async function readWithPictures(
  bytes: Uint8Array,
  language: unknown,
  keep: (name: string, png: Uint8Array) => Promise<void>,
): Promise<Recognition> {
  const { tessdataDir } = config().ocr;
  const languages = await parseLanguages(language, tessdataDir);
  const header = await Image.inspect(bytes);
  const engine = await Engine.create(tessdataDir);
  const steps: { what: string; picture: Image.Picture }[] = [];
  const recognition = await recognise(engine, bytes, header, languages, {
    note: (what, grey, regions) => {
      if (grey) steps.push({ what, picture: regions ? drawn(grey, regions) : copied(grey) });
    },
  });
  for (const [i, { what, picture }] of steps.entries()) {
    const number = String(i + 1).padStart(2, "0");
    const name = what.replaceAll(/[^\w.-]+/g, "-");
    await keep(`${number}-${name}.png`, await Image.toPng(picture));
  }
  return recognition;
}

function copied({ width, height, data }: Image.Grey): Image.Picture {
  return { width, height, channels: 1, data: data.slice() };
}

/** The image in colour, with a frame around each region and each line of it. */
function drawn({ width, height, data }: Image.Grey, regions: readonly Region[]): Image.Picture {
  const colour = new Uint8Array(3 * data.length);
  for (let i = 0; i < data.length; i++) colour.fill(data[i] ?? 0, 3 * i, 3 * i + 3);
  const picture = { width, height, channels: 3 as const, data: colour };
  for (const region of regions) {
    for (const line of region) frame(picture, hull(line.map(({ box }) => box)), LINE);
    frame(picture, grown(hull(region.flat().map(({ box }) => box)), 3), REGION);
  }
  return picture;
}

function hull(boxes: readonly Image.Box[]): Image.Box {
  return {
    x0: Math.min(...boxes.map(({ x0 }) => x0)),
    y0: Math.min(...boxes.map(({ y0 }) => y0)),
    x1: Math.max(...boxes.map(({ x1 }) => x1)),
    y1: Math.max(...boxes.map(({ y1 }) => y1)),
  };
}

function grown({ x0, y0, x1, y1 }: Image.Box, by: number): Image.Box {
  return { x0: x0 - by, y0: y0 - by, x1: x1 + by, y1: y1 + by };
}

/** Two px wide, outwards; what lies outside of the picture is left out. */
function frame(
  { width, height, data }: Image.Picture,
  box: Image.Box,
  colour: readonly number[],
): void {
  const { x0, y0, x1, y1 } = grown(box, 2);
  const paint = (left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
        data.set(colour, 3 * (y * width + x));
      }
    }
  };
  paint(x0, y0, x1, y0 + 2);
  paint(x0, y1 - 2, x1, y1);
  paint(x0, y0, x0 + 2, y1);
  paint(x1 - 2, y0, x1, y1);
}
