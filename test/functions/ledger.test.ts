import { table, tableOnce } from "@imagetotext/core/table";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
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

/** What a caller pays when the table fails in the middle of a request. */

const PATH = "/api/ocr/extract-text-from-file";

const readers = makeReaders();
let app: App;
beforeAll(async () => {
  await readers.started();
  app = makeApp(readers);
});
afterAll(() => readers.close());

type Client = ReturnType<typeof table>;
const FAULT = "fault";
afterEach(() => {
  for (const client of [table(), tableOnce()]) client.middlewareStack.remove(FAULT);
});

/** Makes calls of this command fail, before they reach the table or after they were carried out. */
function breakCalls(client: Client, command: string, when: "before" | "after") {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isHit = context.commandName === command;
      if (isHit && when === "before") throw new Error("no connection");
      const result = await next(args);
      if (isHit) throw new Error("connection lost");
      return result;
    },
    { step: "initialize", name: FAULT },
  );
}

const send = (token: string) => app.request(PATH, formRequest(token, { file: png(BLANK_PNG) }));

test.each(["before", "after"] as const)(
  "a receipt that fails %s it is written gives 503, costs nothing and leaves none",
  async (when) => {
    const { token, accountId } = await makeAccount();
    breakCalls(table(), "PutItemCommand", when);
    const answer = await expectStatus(await send(token), 503);
    expect(answer.code).toBe("receipt.unwritten");
    expect(await receiptsOf(accountId)).toEqual([]);
    expect(await usedToday(accountId)).toBe(0);
  },
);

test("a table that cannot count gives 500, and no reading", async () => {
  const { token, accountId } = await makeAccount();
  breakCalls(table(), "UpdateItemCommand", "before");
  const answer = await expectStatus(await send(token), 500);
  expect(answer).toMatchObject({ success: false, message: "Server error", code: "server.error" });
  expect(JSON.stringify(answer)).not.toContain("no connection");
  expect(await receiptsOf(accountId)).toEqual([]);
});

test("a give-back that fails does not hide why the request was refused", async () => {
  const { token, accountId } = await makeAccount();
  breakCalls(tableOnce(), "UpdateItemCommand", "before");
  const response = await app.request(PATH, formRequest(token, { file: "text" }));
  expect((await expectStatus(response, 422)).code).toBe("image.not_a_file");
  // It stays counted until the day ends; it is never counted as a reading.
  expect(await usedToday(accountId)).toBe(1);
  expect(await receiptsOf(accountId)).toEqual([]);
});
