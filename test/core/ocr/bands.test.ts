import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import { ReaderPool } from "@imagetotext/core/ocr";
import sharp from "sharp";
import { afterEach, expect, test } from "vitest";
import { fixture } from "../../support/app.ts";

const pools: ReaderPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

async function openPool(threads: number, script?: URL): Promise<ReaderPool> {
  const pool = new ReaderPool({ ...config().ocr, threads, ...(script && { script }) });
  pools.push(pool);
  await expect.poll(() => pool.idle, { timeout: 60_000 }).toBe(threads);
  return pool;
}

/** Eight lines of print, five times one below the other: 1,100 letters. */
async function fullPage(): Promise<Uint8Array> {
  const upright = await sharp(fixture("ocr/upside-down.png")).rotate(180).raw().toBuffer();
  const { width, height, channels } = await sharp(fixture("ocr/upside-down.png")).metadata();
  const data = Buffer.concat(Array.from({ length: 5 }, () => upright));
  return sharp(data, { raw: { width, height: 5 * height, channels: channels as 1 | 3 } })
    .png()
    .toBuffer();
}

async function read(pool: ReaderPool, bytes: Uint8Array) {
  return pool.recognise(bytes, await Image.inspect(bytes), []);
}

test("a full page is read to the same answer whether or not a second thread helps", async () => {
  const page = await fullPage();
  const alone = await read(await openPool(1), page);
  expect(alone.text.match(/quick brown dog/g)).toHaveLength(15);
  const pool = await openPool(2);
  const together = read(pool, page);
  await expect.poll(() => pool.idle, { interval: 5 }).toBe(0);
  expect(await together).toEqual(alone);
  expect(pool.idle).toBe(2);
});

test("who helps is free for others afterwards, and two pages are read at once as well", async () => {
  const page = await fullPage();
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
  const page = await fullPage();
  const alone = await read(await openPool(1), page);
  const pool = await openPool(2, new URL("../../support/faulty-helper.ts", import.meta.url));
  expect(await read(pool, page)).toEqual(alone);
  await expect.poll(() => pool.idle, { timeout: 60_000 }).toBe(2);
  expect(pool.replaced).toBe(1);
});
