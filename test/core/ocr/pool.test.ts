import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import type { ReaderPool } from "@imagetotext/core/ocr";
import { afterEach, expect, test } from "vitest";
import { BLANK_PNG, fixture, makeReaders } from "../../support/app.ts";
import { FAULTY_READER, marked } from "../../support/faults.ts";
import { MARKS } from "../../support/marks.ts";

const opened: ReaderPool[] = [];
afterEach(() => Promise.all(opened.splice(0).map((pool) => pool.close())));

function openPool(options: Parameters<typeof makeReaders>[0] = {}): ReaderPool {
  const pool = makeReaders({ script: FAULTY_READER, ...options });
  opened.push(pool);
  return pool;
}

async function read(pool: ReaderPool, bytes: Uint8Array, languages: string[] = []) {
  return pool.recognise(bytes, await Image.inspect(bytes), languages);
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "read",
    (error) => error.code as string,
  );

test("reads an image to the same text, whatever was read before it", async () => {
  const pool = openPool();
  const receipt = fixture("receipt.jpg");
  const alone = await read(pool, receipt);
  expect(alone.text).toContain("Sourdough");
  const others = [fixture("deu.png"), BLANK_PNG, fixture("invoice-table.png")];
  for (let i = 0; i < 30; i++) {
    const other = others[i % others.length] ?? BLANK_PNG;
    await read(pool, other, i % 5 === 0 ? ["deu"] : []);
  }
  expect(await read(pool, receipt)).toEqual(alone);
});

test("a reader that hangs is replaced, and its caller told of the time-out", async () => {
  const pool = openPool({ timeoutMs: 3_000 });
  await pool.started();
  expect(await codeOf(read(pool, marked(MARKS.hang)))).toBe("ocr.timeout");
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("read");
});

test.each([
  ["throws", MARKS.crash],
  ["ends", MARKS.exit],
])("a reader that %s is replaced, and its caller told", async (_name, mark) => {
  const pool = openPool();
  await pool.started();
  expect(await codeOf(read(pool, marked(mark)))).toBe("ocr.crashed");
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("read");
});

test("those who wait are read after the one before them crashed", async () => {
  const pool = openPool();
  await pool.started();
  const outcomes = await Promise.all([
    codeOf(read(pool, marked(MARKS.crash))),
    codeOf(read(pool, BLANK_PNG)),
    codeOf(read(pool, BLANK_PNG)),
  ]);
  expect(outcomes.sort()).toEqual(["ocr.crashed", "read", "read"]);
});

test("an image that cannot be decoded is refused, and the reader lives on", async () => {
  const pool = openPool();
  await pool.started();
  const whole = fixture("receipt.jpg");
  expect(await codeOf(read(pool, whole.slice(0, 20_000)))).toBe("image.damaged");
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("read");
});

test("past the queue a caller is told at once that all are busy", async () => {
  const pool = openPool({ queue: 2, timeoutMs: 5_000 });
  await pool.started();
  const header = await Image.inspect(BLANK_PNG);
  const submit = (bytes: Uint8Array) => codeOf(pool.recognise(bytes, header, []));
  const held = [submit(marked(MARKS.crash)), submit(BLANK_PNG), submit(BLANK_PNG)];
  expect(await submit(BLANK_PNG)).toBe("ocr.busy");
  expect(await Promise.all(held)).toEqual(["ocr.crashed", "read", "read"]);
});

test("who waits longer than the time-out is told that all are busy", async () => {
  const pool = openPool({ timeoutMs: 2_000 });
  await pool.started();
  const header = await Image.inspect(BLANK_PNG);
  const submit = (bytes: Uint8Array) => codeOf(pool.recognise(bytes, header, []));
  const outcomes = await Promise.all([submit(marked(MARKS.hang)), submit(BLANK_PNG)]);
  expect(outcomes[0]).toBe("ocr.timeout");
  expect(["ocr.busy", "read"]).toContain(outcomes[1]);
});

test("is not ready while its language data is missing or cut short", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tessdata-"));
  const pool = openPool({ tessdataDir: folder, timeoutMs: 1_500 });
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("ocr.busy");
  expect(pool.ready).toBe(false);
  writeFileSync(join(folder, "eng.traineddata"), new Uint8Array(1000));
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("ocr.busy");
  expect(pool.ready).toBe(false);
  copyFileSync(join(config().ocr.tessdataDir, "eng.traineddata"), join(folder, "eng.traineddata"));
  await pool.started();
  expect(pool.ready).toBe(true);
});

test("a language whose data is damaged fails alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tessdata-"));
  const source = join(config().ocr.tessdataDir, "eng.traineddata");
  copyFileSync(source, join(folder, "eng.traineddata"));
  writeFileSync(join(folder, "deu.traineddata"), new Uint8Array(1000));
  const pool = openPool({ tessdataDir: folder });
  await pool.started();
  expect(await codeOf(read(pool, BLANK_PNG, ["deu"]))).toBe("ocr.crashed");
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("read");
});

test("gives up its memory after an image that took much", async () => {
  const pool = openPool({ maxHeapBytes: 16 * 1024 * 1024 });
  await pool.started();
  expect(await codeOf(read(pool, fixture("receipt.jpg")))).toBe("read");
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("read");
  expect(pool.replaced).toBe(1);
});
