import { TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { table, tableOnce } from "@imagetotext/core/table";
import { afterEach, expect, test, vi } from "vitest";
import { makeAccount, receiptsOf, setGate, usedToday } from "../support/account.ts";
import {
  BLANK_PNG,
  dataUri,
  expectStatus,
  fixture,
  formRequest,
  jsonRequest,
  png,
  useApp,
} from "../support/app.ts";
import { idempotencyItems } from "../support/idempotency.ts";

/** What a caller gets, and pays, who sends a request again with the same Idempotency-Key. */

const FILE = "/api/ocr/extract-text-from-file";
const JSON_PATH = "/api/ocr/extract-text";

const app = useApp();

const FAULT = "fault";
afterEach(() => {
  vi.useRealTimers();
  table().middlewareStack.remove(FAULT);
});

function sendFile(token: string, idempotencyKey: string, image = BLANK_PNG, language = "eng") {
  const request = formRequest(token, { file: png(image), language });
  return app.request(FILE, {
    ...request,
    headers: { ...request.headers, "Idempotency-Key": idempotencyKey },
  });
}

const codeOf = async (response: Response, status: number) =>
  (await expectStatus(response, status)).code;

test.each([
  ["form", (token: string) => sendFile(token, "k", fixture("receipt.jpg"))],
  [
    "JSON",
    (token: string) =>
      app.request(
        JSON_PATH,
        jsonRequest(
          token,
          { image: dataUri(fixture("receipt.jpg"), "image/jpeg") },
          { "Idempotency-Key": "k" },
        ),
      ),
  ],
])("a retry of a %s is answered as the first was, and not charged again", async (_, send) => {
  const { token, accountId } = await makeAccount();
  const first = await send(token);
  expect(first.headers.get("Idempotency-Replayed")).toBeNull();
  const { data } = await expectStatus(first, 200);
  expect(data.text).toContain("TOTAL");
  const retry = await send(token);
  expect(retry.headers.get("Idempotency-Replayed")).toBe("true");
  expect(retry.headers.get("X-RateLimit-Remaining")).toBe("99");
  const again = (await expectStatus(retry, 200)).data;
  expect({ ...again, processing_time: 0 }).toEqual({ ...data, processing_time: 0 });
  expect(await receiptsOf(accountId)).toHaveLength(1);
  expect(await usedToday(accountId)).toBe(1);
});

test("of 50 concurrent requests with one key one is charged, and none fails but by 409", async () => {
  const { token, accountId } = await makeAccount();
  const responses = await Promise.all(Array.from({ length: 50 }, () => sendFile(token, "storm")));
  const statuses = responses.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
  expect(await receiptsOf(accountId)).toHaveLength(1);
  expect(await usedToday(accountId)).toBe(1);
});

test("a key whose request is under way gives 409 and says when to try again", async () => {
  const { token, accountId } = await makeAccount();
  const [one, two] = await Promise.all([sendFile(token, "busy"), sendFile(token, "busy")]);
  const refused = one.status === 409 ? one : two;
  expect(refused.headers.get("Retry-After")).toBe("2");
  expect(await codeOf(refused, 409)).toBe("idempotency.in_progress");
  expect(await usedToday(accountId)).toBe(1);
});

test.each([
  ["another image", (token: string) => sendFile(token, "k", fixture("receipt.jpg"))],
  ["another language", (token: string) => sendFile(token, "k", BLANK_PNG, "deu")],
])("the same key with %s is refused and costs nothing", async (_, send) => {
  const { token, accountId } = await makeAccount();
  await expectStatus(await sendFile(token, "k"), 200);
  expect(await codeOf(await send(token), 422)).toBe("idempotency.other_content");
  expect(await usedToday(accountId)).toBe(1);
});

test("the key of one account says nothing to another", async () => {
  const [mine, yours] = [await makeAccount(), await makeAccount()];
  await expectStatus(await sendFile(mine.token, "shared"), 200);
  const response = await sendFile(yours.token, "shared");
  expect(response.headers.get("Idempotency-Replayed")).toBeNull();
  await expectStatus(response, 200);
  expect(await receiptsOf(yours.accountId)).toHaveLength(1);
});

test("a request that failed leaves its key free, also for another image", async () => {
  const { token, accountId } = await makeAccount();
  const broken = Uint8Array.from(BLANK_PNG.slice(0, 60));
  expect(await codeOf(await sendFile(token, "k", broken), 422)).toBe("image.damaged");
  expect(await idempotencyItems(accountId)).toEqual([]);
  await expectStatus(await sendFile(token, "k"), 200);
  expect(await usedToday(accountId)).toBe(1);
});

test("a retry of an answered request is answered though the day is used up, a new one is not", async () => {
  const { token, accountId } = await makeAccount({ dailyLimit: 1 });
  await expectStatus(await sendFile(token, "a"), 200);
  const retry = await sendFile(token, "a");
  expect(retry.headers.get("X-RateLimit-Remaining")).toBe("0");
  await expectStatus(retry, 200);
  expect(await codeOf(await sendFile(token, "b"), 429)).toBe("quota.daily_limit");
  expect(await usedToday(accountId)).toBe(1);
  expect(await idempotencyItems(accountId)).toHaveLength(1);
});

test("a suspended account gets no replay", async () => {
  const { token, accountId } = await makeAccount();
  await expectStatus(await sendFile(token, "k"), 200);
  await setGate(accountId, "suspended", true);
  expect(await codeOf(await sendFile(token, "k"), 403)).toBe("account.suspended");
});

test("a key is replayed 20 times and no more", async () => {
  const { token } = await makeAccount();
  await expectStatus(await sendFile(token, "k"), 200);
  for (let i = 0; i < 20; i++) await expectStatus(await sendFile(token, "k"), 200);
  expect(await codeOf(await sendFile(token, "k"), 409)).toBe("idempotency.exhausted");
});

test("a key can be used for something else after 24 hours, and is charged then", async () => {
  const { token, accountId } = await makeAccount();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  await expectStatus(await sendFile(token, "k"), 200);
  vi.setSystemTime(Date.now() + 24 * 3600_000 - 60_000);
  expect(await codeOf(await sendFile(token, "k", fixture("receipt.jpg")), 422)).toBe(
    "idempotency.other_content",
  );
  vi.setSystemTime(Date.now() + 120_000);
  await expectStatus(await sendFile(token, "k", fixture("receipt.jpg")), 200);
  expect(await receiptsOf(accountId)).toHaveLength(2);
});

test("a request that died is taken over after 35 seconds, and charged once even if it wakes up", async () => {
  const { token, accountId } = await makeAccount();
  const asleep = Promise.withResolvers<void>();
  const wake = Promise.withResolvers<void>();
  let sleeps = 0;
  table().middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "TransactWriteItemsCommand" && sleeps++ === 0) {
        asleep.resolve();
        await wake.promise;
      }
      return next(args);
    },
    { step: "initialize", name: FAULT },
  );
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const sleeper = sendFile(token, "k");
  await asleep.promise;
  vi.setSystemTime(Date.now() + 30_000);
  expect(await codeOf(await sendFile(token, "k"), 409)).toBe("idempotency.in_progress");
  vi.setSystemTime(Date.now() + 6_000);
  await expectStatus(await sendFile(token, "k"), 200);
  wake.resolve();
  expect(await codeOf(await sleeper, 409)).toBe("idempotency.in_progress");
  expect(await receiptsOf(accountId)).toHaveLength(1);
  expect(await usedToday(accountId)).toBe(1);
});

/** The first transaction, which is that of a receipt, goes as `fault` says: `write` carries it out. */
function breakFirstTransaction(fault: (write: () => Promise<unknown>) => Promise<never>): void {
  let isFirst = true;
  table().middlewareStack.add(
    (next, context) => (args) => {
      const isHit = context.commandName === "TransactWriteItemsCommand" && isFirst;
      if (!isHit) return next(args);
      isFirst = false;
      return fault(() => next(args));
    },
    { step: "initialize", name: FAULT },
  );
}

test.each(["before", "after"] as const)(
  "a receipt that fails %s it is written gives 503, costs nothing and frees the key",
  async (when) => {
    const { token, accountId } = await makeAccount();
    breakFirstTransaction(async (write) => {
      if (when === "after") await write();
      throw new Error("no connection");
    });
    expect(await codeOf(await sendFile(token, "k"), 503)).toBe("receipt.unwritten");
    expect(await receiptsOf(accountId)).toEqual([]);
    expect(await usedToday(accountId)).toBe(0);
    expect(await idempotencyItems(accountId)).toEqual([]);
    await expectStatus(await sendFile(token, "k"), 200);
  },
);

test("a receipt is not taken back once a replay of it has been promised", async () => {
  const { token, accountId } = await makeAccount();
  breakFirstTransaction(async (write) => {
    await write();
    // The caller gave up waiting and tried again meanwhile.
    const retry = await sendFile(token, "k");
    expect(retry.headers.get("Idempotency-Replayed")).toBe("true");
    throw new Error("no answer");
  });
  expect(await codeOf(await sendFile(token, "k"), 503)).toBe("receipt.unwritten");
  const last = await sendFile(token, "k");
  expect(last.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await receiptsOf(accountId)).toHaveLength(1);
});

test("a key that another request is just writing gives 409", async () => {
  const { token, accountId } = await makeAccount();
  table().middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName !== "UpdateItemCommand") return next(args);
      throw new TransactionConflictException({ message: "conflict", $metadata: {} });
    },
    { step: "initialize", name: FAULT },
  );
  expect(await codeOf(await sendFile(token, "k"), 409)).toBe("idempotency.in_progress");
  expect(await usedToday(accountId)).toBe(0);
});

test.each(["", "x".repeat(256)])("the key %j is refused and costs nothing", async (bad) => {
  const { token, accountId } = await makeAccount();
  const response = await sendFile(token, bad);
  const body = await expectStatus(response, 422);
  expect(body.code).toBe("idempotency.invalid_key");
  expect(Object.keys(body.errors)).toEqual(["Idempotency-Key"]);
  expect(await usedToday(accountId)).toBe(0);
});

test("a key of 255 characters is taken, and neither it nor the image is kept", async () => {
  const { token, accountId } = await makeAccount();
  await expectStatus(await sendFile(token, "k".repeat(255)), 200);
  const [item = {}] = await idempotencyItems(accountId);
  expect(Object.keys(item).sort()).toEqual(
    "content expiresAt isDone leaseUntil owner pk sk".split(" "),
  );
  expect(JSON.stringify(item)).not.toContain("kkk");
});

test("a call without a key makes 2 calls to the table, with one 3, and 4 at most", async () => {
  const { token } = await makeAccount();
  await expectStatus(await sendFile(token, "warm"), 200);
  const callsOf = async (work: () => Promise<Response>) => {
    const both = [table(), tableOnce()];
    const calls: string[] = [];
    for (const client of both) {
      client.middlewareStack.add(
        (next, context) => (args) => {
          calls.push(String(context.commandName).replace(/(Item|Items)?Command/, ""));
          return next(args);
        },
        { step: "initialize", name: "count" },
      );
    }
    await work();
    for (const client of both) client.middlewareStack.remove("count");
    return calls;
  };
  const plain = () => app.request(FILE, formRequest(token, { file: png(BLANK_PNG) }));
  expect(await callsOf(async () => plain())).toEqual(["Update", "Put"]);
  expect(await callsOf(async () => sendFile(token, "n"))).toEqual([
    "Update",
    "Update",
    "TransactWrite",
  ]);
  expect(await callsOf(async () => sendFile(token, "n"))).toEqual(["Update", "Update", "Get"]);
  const broken = Uint8Array.from(BLANK_PNG.slice(0, 60));
  expect(await callsOf(async () => sendFile(token, "o", broken))).toEqual([
    "Update",
    "Update",
    "Update",
    "Delete",
  ]);
});
