import { expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import {
  BLANK_PNG,
  expectStatus,
  formRequest,
  makeApp,
  makeReaders,
  png,
  useApp,
  whenReady,
} from "../support/app.ts";
import { FAULTY_READER, marked } from "../support/faults.ts";
import { MARKS } from "../support/marks.ts";

const PATH = "/api/ocr/extract-text-from-file";

const readers = makeReaders({ script: FAULTY_READER, timeoutMs: 8_000, queue: 1 });
const app = useApp(readers);

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
    await whenReady(readers);
    await expectStatus(await app.request(PATH, formRequest(token, { file: png(BLANK_PNG) })), 200);
  },
);

test("past the queue a caller gets 503 at once, and pays nothing", async () => {
  const { token, accountId } = await makeAccount();
  const send = () => app.request(PATH, formRequest(token, { file: png(BLANK_PNG) }));
  const places = [readers.enter(), readers.enter()];
  const response = await send();
  expect(await expectStatus(response, 503)).toMatchObject({
    code: "ocr.busy",
    message: "Server busy",
  });
  expect(response.headers.get("Retry-After")).toBe("5");
  expect(await usedToday(accountId)).toBe(0);
  for (const leave of places) leave();
  await expectStatus(await send(), 200);
});

test("every answered, refused or failed request gives its place back", async () => {
  const { token } = await makeAccount();
  for (const bytes of [BLANK_PNG, marked(MARKS.crash), new Uint8Array(), BLANK_PNG]) {
    await app.request(PATH, formRequest(token, { file: png(bytes) }));
  }
  const places = [readers.enter(), readers.enter()];
  for (const leave of places) leave();
});

test("a bug is answered with 500, says nothing of itself, and costs nothing", async () => {
  const { token, accountId } = await makeAccount();
  const broken = makeReaders();
  broken.recognise = () => Promise.reject(new TypeError("secret of the code"));
  try {
    const request = formRequest(token, { file: png(BLANK_PNG) });
    const answer = await expectStatus(await makeApp(broken).request(PATH, request), 500);
    expect(answer).toMatchObject({ message: "Server error", code: "server.error" });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(await usedToday(accountId)).toBe(0);
  } finally {
    await broken.close();
  }
});

test("the server says that it is not healthy while no engine is there", async () => {
  const empty = makeReaders({ tessdataDir: "/nonexistent" });
  try {
    const response = await makeApp(empty).request("/health");
    expect(await expectStatus(response, 503)).toMatchObject({
      success: false,
      code: "server.unhealthy",
      detail: "table: ok, engine: failed",
    });
    expect(response.headers.get("Retry-After")).toBe("5");
  } finally {
    await empty.close();
  }
});
