import * as Image from "@imagetotext/core/image";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import {
  type App,
  BLANK_PNG,
  expectStatus,
  formRequest,
  makeApp,
  makeReaders,
  png,
} from "../support/app.ts";
import { FAULTY_READER, marked } from "../support/faults.ts";
import { MARKS } from "../support/marks.ts";

const PATH = "/api/ocr/extract-text-from-file";

const readers = makeReaders({ script: FAULTY_READER, timeoutMs: 5_000, queue: 1 });
let app: App;
beforeAll(async () => {
  await readers.started();
  app = makeApp(readers);
});
afterAll(() => readers.close());

test.each([
  ["hangs", MARKS.hang, "ocr.timeout", "Recognition timed out"],
  ["crashes", MARKS.crash, "ocr.crashed", "Recognition failed"],
  ["runs out of memory", MARKS.outOfMemory, "ocr.crashed", "Recognition failed"],
])(
  "a reader that %s costs the caller nothing, and the next one is served",
  async (_name, mark, code, message) => {
    const { token, accountId } = await makeAccount();
    const request = formRequest(token, { file: png(marked(mark)) });
    const response = await app.request(PATH, request);
    expect(await expectStatus(response, 503)).toMatchObject({ success: false, code, message });
    expect(response.headers.get("Retry-After")).toBe("5");
    expect(response.headers.get("X-RateLimit-Remaining")).toBe("100");
    expect(await usedToday(accountId)).toBe(0);
    expect(await receiptsOf(accountId)).toEqual([]);
    await expectStatus(await app.request(PATH, formRequest(token, { file: png(BLANK_PNG) })), 200);
  },
);

test("past the queue a caller gets 503 at once, and pays nothing", async () => {
  const { token, accountId } = await makeAccount();
  const hanging = marked(MARKS.hang);
  const held = readers.recognise(hanging, await Image.inspect(hanging), []).catch(() => {});
  const responses = await Promise.all(
    Array.from({ length: 10 }, () =>
      app.request(PATH, formRequest(token, { file: png(BLANK_PNG) })),
    ),
  );
  await held;
  // One waits in the queue. Whether it is read depends on how soon the reader is replaced.
  const refused = responses.filter((response) => response.status === 503);
  expect(refused.length).toBeGreaterThanOrEqual(9);
  for (const response of refused) {
    expect(response.headers.get("Retry-After")).toBe("5");
    expect(await response.json()).toMatchObject({ code: "ocr.busy", message: "Server busy" });
  }
  expect(await usedToday(accountId)).toBe(10 - refused.length);
  expect(await receiptsOf(accountId)).toHaveLength(10 - refused.length);
});

test("the server says that it is not healthy while no engine is there", async () => {
  const empty = makeReaders({ tessdataDir: "/nonexistent" });
  try {
    const response = await makeApp(empty).request("/health");
    const answer = await expectStatus(response, 503);
    expect(answer).toEqual({ success: false, data: { table: "ok", engine: "failed" } });
  } finally {
    await empty.close();
  }
});
