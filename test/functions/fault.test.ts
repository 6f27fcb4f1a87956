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
import { FAULTY_READER, MARKS, marked } from "../support/faults.ts";

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
  const send = (bytes: Uint8Array<ArrayBuffer>) =>
    app.request(PATH, formRequest(token, { file: png(bytes) }));
  const responses = await Promise.all([
    send(marked(MARKS.hang)),
    ...Array.from({ length: 9 }, () => send(BLANK_PNG)),
  ]);
  const statuses = responses.map((response) => response.status);
  const answered = statuses.filter((status) => status === 200).length;
  expect(new Set(statuses)).toContain(503);
  expect(answered).toBeLessThanOrEqual(2);
  expect(await usedToday(accountId)).toBe(answered);
  expect(await receiptsOf(accountId)).toHaveLength(answered);
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
