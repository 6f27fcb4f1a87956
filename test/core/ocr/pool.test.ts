import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import type { ReaderPool } from "@imagetotext/core/ocr";
import { afterEach, expect, test } from "vitest";
import { BLANK_PNG, fixture, makeReaders, whenReady } from "../../support/app.ts";
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
}, 240_000);

test("a reader that hangs is replaced, and its caller told of the time-out", async () => {
  const pool = openPool({ timeoutMs: 3_000 });
  await pool.started();
  expect(await codeOf(read(pool, marked(MARKS.hang)))).toBe("ocr.timeout");
  await whenReady(pool);
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

test("past its places it lets nobody in, until one is given back", async () => {
  const pool = openPool({ queue: 2 });
  const leave = [pool.enter(), pool.enter(), pool.enter()];
  expect(() => pool.enter()).toThrow(expect.objectContaining({ code: "ocr.busy" }));
  leave[0]?.();
  expect(pool.enter()).toBeTypeOf("function");
});

test("who waits to the end of the time is told that all are busy", async () => {
  const pool = openPool({ timeoutMs: 2_000, tessdataDir: "/nonexistent" });
  expect(await codeOf(read(pool, BLANK_PNG))).toBe("ocr.busy");
});

test("an image whose caller went away while it waited is not read", async () => {
  const pool = openPool({ tessdataDir: "/nonexistent" });
  const caller = new AbortController();
  const header = await Image.inspect(BLANK_PNG);
  const outcome = codeOf(pool.recognise(BLANK_PNG, header, [], { signal: caller.signal }));
  caller.abort();
  expect(await outcome).toBe("request.abandoned");
});

test("an owner with one image is read before the second image of another", async () => {
  const pool = openPool({ threads: 2 });
  await pool.started();
  await expect.poll(() => pool.idle, { timeout: 60_000 }).toBe(2);
  const header = await Image.inspect(BLANK_PNG);
  const done: string[] = [];
  const submit = (bytes: Uint8Array, owner: string) =>
    codeOf(pool.recognise(bytes, header, [], { owner })).then(() => done.push(owner));
  const hog = submit(marked(MARKS.hang), "hog");
  const rest = [
    submit(fixture("receipt.jpg"), "first"),
    ...Array.from({ length: 5 }, () => submit(BLANK_PNG, "hog")),
    submit(BLANK_PNG, "guest"),
  ];
  await Promise.all(rest);
  expect(done.slice(0, 2)).toEqual(["first", "guest"]);
  await pool.close();
  await hog;
});

test("says why a reader died, and that the first one could not start", async () => {
  const faults: string[] = [];
  const onFault = (error: Error) => faults.push(error.message);
  const pool = openPool({ tessdataDir: "/nonexistent", onFault });
  await expect(pool.started()).rejects.toThrow("ENOENT");
  expect(faults[0]).toContain("eng.traineddata");
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
  await whenReady(pool);
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
