import fc from "fast-check";
import { expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import { bearer, expectStatus, makeReaders, png, useApp } from "../support/app.ts";
import { TEXT, varieties } from "../support/images.ts";

/** Images of every kind, whole and damaged, through the endpoint. */

const PATH = "/api/ocr/extract-text-from-file";

const readers = makeReaders();
const app = useApp(readers);
const samples = await varieties();

function send(bytes: Uint8Array, token: string): Promise<Response> {
  const body = new FormData();
  body.append("file", png(new Uint8Array(bytes), ""));
  return Promise.resolve(app.request(PATH, { method: "POST", headers: bearer(token), body }));
}

test.each([...samples])("reads %s", async (_name, bytes) => {
  const { token } = await makeAccount();
  const { data } = await expectStatus(await send(bytes, token), 200);
  expect(data.text).toBe(TEXT);
  const { width, height } = data.raw_response.image;
  for (const { bbox } of data.raw_response.pages[0].blocks) {
    expect(bbox.x0).toBeGreaterThanOrEqual(0);
    expect(bbox.y0).toBeGreaterThanOrEqual(0);
    expect(bbox.x1).toBeLessThanOrEqual(width);
    expect(bbox.y1).toBeLessThanOrEqual(height);
  }
});

/** Flips bytes, cuts the file, or puts a piece of another one into it. */
const mutationOf = (files: Uint8Array[]) =>
  fc.record({
    file: fc.constantFrom(...files),
    flips: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { maxLength: 12 }),
    cutTo: fc.option(fc.nat(), { freq: 3 }),
    splice: fc.option(
      fc.record({ from: fc.constantFrom(...samples.values()), at: fc.nat(), length: fc.nat(64) }),
    ),
  });
type Mutation = ReturnType<typeof mutationOf> extends fc.Arbitrary<infer T> ? T : never;

function mutate({ file, flips, cutTo, splice }: Mutation): Uint8Array {
  const bytes = new Uint8Array(file);
  for (const { at, to } of flips) bytes[at % bytes.length] = to;
  if (splice) {
    const piece = splice.from.subarray(0, Math.min(splice.length, bytes.length - 1));
    bytes.set(piece, splice.at % (bytes.length - piece.length));
  }
  return cutTo === null ? bytes : bytes.slice(0, cutTo % bytes.length);
}

test.each(["jpeg", "png", "gif", "bmp", "webp"])(
  "1,000 mutated %s images are read or refused with 422, and crash nothing",
  async (format) => {
    const files = [...samples].filter(([name]) => name.startsWith(format)).map(([, file]) => file);
    const { token, accountId } = await makeAccount({ dailyLimit: 1_000_000 });
    const before = process.memoryUsage.rss();
    const seen = { 200: 0, 422: 0 };
    await fc.assert(
      fc.asyncProperty(mutationOf(files), async (change) => {
        const response = await send(mutate(change), token);
        const text = await response.text();
        expect([200, 422], text).toContain(response.status);
        seen[response.status as 200 | 422]++;
      }),
      { numRuns: 1_000, seed: 20261122, endOnFailure: true },
    );
    expect(seen[200]).toBeGreaterThan(10);
    expect(seen[422]).toBeGreaterThan(10);
    expect(readers.replaced).toBe(0);
    expect(await usedToday(accountId)).toBe(seen[200]);
    expect(await receiptsOf(accountId)).toHaveLength(seen[200]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 * 1024);
  },
  300_000,
);
