import { table, tableOnce } from "@imagetotext/core/table";
import { afterEach, expect, test } from "vitest";
import { makeAccount, receiptsOf, setGate, usedToday } from "../support/account.ts";
import { BLANK_PNG, bearer, expectStatus, formRequest, png, useApp } from "../support/app.ts";

/** What a caller pays when the table fails in the middle of a request. */

const PATH = "/api/ocr/extract-text-from-file";

const app = useApp();

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

/** Lets the counting write through, and makes the next one fail. */
function breakSecondUpdate(): { count: number } {
  const updates = { count: 0 };
  tableOnce().middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "UpdateItemCommand" && ++updates.count === 2) {
        throw new Error("throttled");
      }
      return next(args);
    },
    { step: "initialize", name: FAULT },
  );
  return updates;
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

test("a receipt whose first answer was lost is written once, and the reading is answered", async () => {
  const { token, accountId } = await makeAccount();
  let lost = 0;
  table().middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName !== "PutItemCommand" || lost++ > 0) return result;
      throw Object.assign(new Error("connection lost"), { name: "TimeoutError" });
    },
    { step: "deserialize", name: FAULT },
  );
  await expectStatus(await send(token), 200);
  expect(lost).toBe(2);
  expect(await receiptsOf(accountId)).toHaveLength(1);
});

test.each(["before", "after"] as const)(
  "a table that fails %s it counts gives 503 and no reading, and counts once at most",
  async (when) => {
    const { token, accountId } = await makeAccount();
    breakCalls(tableOnce(), "UpdateItemCommand", when);
    const response = await send(token);
    expect((await expectStatus(response, 503)).code).toBe("table.unavailable");
    expect(response.headers.get("Retry-After")).toBe("5");
    expect(await usedToday(accountId)).toBe(when === "after" ? 1 : 0);
    expect(await receiptsOf(accountId)).toEqual([]);
  },
);

test("a request is answered though the old counters could not be removed", async () => {
  const { token, accountId } = await makeAccount();
  await setGate(accountId, "n20200101", 5);
  const updates = breakSecondUpdate();
  await expectStatus(await send(token), 200);
  expect(updates.count).toBe(2);
  expect(await usedToday(accountId)).toBe(6);
});

test("usage says so when the table does not answer", async () => {
  const { token } = await makeAccount();
  breakCalls(table(), "GetItemCommand", "before");
  const response = await app.request("/api/ocr/usage", { headers: bearer(token) });
  expect((await expectStatus(response, 503)).code).toBe("table.unavailable");
});

test("a give-back that fails leaves the request counted until midnight, and no receipt", async () => {
  const { token, accountId } = await makeAccount();
  breakSecondUpdate();
  const response = await app.request(PATH, formRequest(token, { file: "text" }));
  expect((await expectStatus(response, 422)).code).toBe("image.not_a_file");
  expect(await usedToday(accountId)).toBe(1);
  expect(await receiptsOf(accountId)).toEqual([]);
});
