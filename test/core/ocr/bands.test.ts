import { config } from "@imagetotext/core/config";
import type { Grey } from "@imagetotext/core/image";
import * as Image from "@imagetotext/core/image";
import { ReaderPool } from "@imagetotext/core/ocr";
import sharp from "sharp";
import { afterEach, expect, test } from "vitest";
import { readInBands } from "../../../packages/core/src/ocr/bands.ts";
import { Budget } from "../../../packages/core/src/ocr/budget.ts";
import { Engine } from "../../../packages/core/src/ocr/engine.ts";
import { crop, toGrey } from "../../../packages/core/src/ocr/grey.ts";
import { measure } from "../../../packages/core/src/ocr/measure.ts";
import { viewOf } from "../../../packages/core/src/ocr/view.ts";
import { fixture } from "../../support/app.ts";

const pools: ReaderPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

async function openPool(threads: number, script?: URL): Promise<ReaderPool> {
  const pool = new ReaderPool({ ...config().ocr, threads, ...(script && { script }) });
  pools.push(pool);
  await expect.poll(() => pool.idle, { timeout: 60_000 }).toBe(threads);
  return pool;
}

/** Eight lines of print, so many times one below the other, 220 letters each. */
async function pageOf(times: number): Promise<Uint8Array> {
  const upright = await sharp(fixture("ocr/upside-down.png")).rotate(180).raw().toBuffer();
  const { width, height, channels } = await sharp(fixture("ocr/upside-down.png")).metadata();
  const data = Buffer.concat(Array.from({ length: times }, () => upright));
  return sharp(data, { raw: { width, height: times * height, channels: channels as 1 | 3 } })
    .png()
    .toBuffer();
}

async function read(pool: ReaderPool, bytes: Uint8Array) {
  return pool.recognise(bytes, await Image.inspect(bytes), []);
}

test("a full page is read to the same answer whether or not a second thread helps", async () => {
  const page = await pageOf(5);
  const alone = await read(await openPool(1), page);
  expect(alone.text.match(/quick brown dog/g)).toHaveLength(15);
  const pool = await openPool(2);
  const together = read(pool, page);
  await expect.poll(() => pool.idle, { interval: 5 }).toBe(0);
  expect(await together).toEqual(alone);
  expect(pool.idle).toBe(2);
});

test("who helps is free for others afterwards, and two pages are read at once as well", async () => {
  const page = await pageOf(5);
  const pool = await openPool(2);
  const [one, other, third] = await Promise.all([
    read(pool, page),
    read(pool, page),
    read(pool, page),
  ]);
  expect(other).toEqual(one);
  expect(third).toEqual(one);
  expect(pool.idle).toBe(2);
});

test("a page is read whole by its own thread when the one that helps dies", async () => {
  const page = await pageOf(5);
  const alone = await read(await openPool(1), page);
  const pool = await openPool(2, new URL("../../support/faulty-helper.ts", import.meta.url));
  expect(await read(pool, page)).toEqual(alone);
  await expect.poll(() => pool.idle, { timeout: 60_000 }).toBe(2);
  expect(pool.replaced).toBe(1);
});

/** Reads a page without help. @returns its words, and at what share of its height it was cut, if it was */
async function readAlone(page: Grey) {
  const engine = await Engine.create(config().ocr.tessdataDir);
  await engine.use(["eng"]);
  let cut: number | undefined;
  const help = async (lower: Grey) => {
    cut = 1 - lower.height / page.height;
    return undefined;
  };
  const context = { engine, budget: new Budget(), help };
  const words = await readInBands(context, { view: viewOf(page), ...measure(page) });
  return { words: words.map(({ text }) => text), cut };
}

/** Two copies of a page side by side, the right one so many px lower. */
function besideItself({ width, height, data }: Grey, lower: number): Grey {
  const both = { width: 2 * width, height, data: new Uint8Array(2 * width * height).fill(255) };
  for (let y = 0; y < height; y++) {
    both.data.set(data.subarray(y * width, (y + 1) * width), 2 * y * width);
    if (y < lower) continue;
    const row = data.subarray((y - lower) * width, (y - lower + 1) * width);
    both.data.set(row, (2 * y + 1) * width);
  }
  return both;
}

async function greyPage(times: number): Promise<Grey> {
  const bytes = await pageOf(times);
  return toGrey(await Image.decode(bytes, await Image.inspect(bytes)));
}

test("a page is cut between its lines though broken rules run beside all of them", async () => {
  const page = await greyPage(5);
  // Two rules in pieces of 60 px, so that each covers the breaks of the other.
  for (let y = 0; y < page.height; y++) {
    const start = y * page.width;
    if (y % 63 < 60) page.data.fill(0, start + 2, start + 5);
    if ((y + 30) % 63 < 60) page.data.fill(0, start + 9, start + 12);
  }
  const { words, cut } = await readAlone(page);
  expect(cut).toBeCloseTo(0.5, 1);
  expect(words.filter((text) => text === "quick")).toHaveLength(20);
});

test("a page is not cut through a headline, however high", async () => {
  const one = await greyPage(1);
  // Two columns whose lines leave no gap, above and below the beginning of a line, four times as large.
  const columns = besideItself(await greyPage(2), 16);
  const { width, height, data } = columns;
  const line = crop(one, { x0: 0, y0: 88, x1: Math.floor(width / 4), y1: 125 });
  const headline = await Image.resize(line, width, 148);
  const pixels = new Uint8Array(Buffer.concat([data, headline.data, data]));
  const page = { width, height: 2 * height + 148, data: pixels };
  const { cut = 0 } = await readAlone(page);
  const row = Math.round(cut * page.height);
  // Either side of the headline.
  expect(row).toBeGreaterThan(height - 120);
  expect(row).toBeLessThan(height + 148 + 120);
  const inkInRow = pixels.subarray(row * width, (row + 1) * width).filter((grey) => grey < 128);
  expect(inkInRow).toHaveLength(0);
});

test("columns are cut across where the lines of both leave a gap, and nowhere else", async () => {
  const page = await greyPage(3);
  const level = await readAlone(besideItself(page, 0));
  expect(level.cut).toBeCloseTo(0.5, 1);
  expect(level.words.filter((text) => text === "quick")).toHaveLength(24);
  const shifted = await readAlone(besideItself(page, 16));
  expect(shifted.cut).toBeUndefined();
  expect(shifted.words.filter((text) => text === "quick")).toHaveLength(24);
});

test("of a crowded page the top is read when the budget is too small for all of it", async () => {
  const one = await greyPage(1);
  const data = Buffer.concat(Array.from({ length: 35 }, () => one.data));
  const grey = { ...one, height: 35 * one.height, data };
  const engine = await Engine.create(config().ocr.tessdataDir);
  await engine.use(["eng"]);
  const budget = new Budget(1);
  const words = await readInBands({ engine, budget }, { view: viewOf(grey), ...measure(grey) });
  expect(budget.isSpent).toBe(true);
  expect(words.slice(0, 4).map(({ text }) => text)).toEqual(["This", "is", "a", "lot"]);
  // Six to seven times 480 px of 35.
  expect(Math.max(...words.map(({ box }) => box.y1))).toBeGreaterThan(2_300);
  expect(Math.max(...words.map(({ box }) => box.y1))).toBeLessThan(3_400);
}, 60_000);
