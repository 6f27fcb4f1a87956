import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import { BLANK_PNG, bearer, fixture, makeReaders, png, useServer } from "../support/app.ts";

/** Many at once, over real connections. */

const server = useServer(makeReaders({ queue: 200, timeoutMs: 60_000 }));

async function send(token: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const body = new FormData();
  body.append("file", png(bytes));
  const response = await fetch(`${server.url}/api/ocr/extract-text-from-file`, {
    method: "POST",
    headers: bearer(token),
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

function tally(statuses: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test("200 concurrent requests at a limit of 100 give exactly 100 readings and 100 refusals", async () => {
  const { token, accountId } = await makeAccount({ dailyLimit: 100 });
  const statuses = await Promise.all(Array.from({ length: 200 }, () => send(token, BLANK_PNG)));
  expect(tally(statuses)).toEqual({ 200: 100, 429: 100 });
  expect(await receiptsOf(accountId)).toHaveLength(100);
  expect(await usedToday(accountId)).toBe(100);
});

test("broken images among them cost nothing, and what is left can be used, exactly", async () => {
  const { token, accountId } = await makeAccount({ dailyLimit: 100 });
  const broken = new TextEncoder().encode("not an image");
  const statuses = await Promise.all(
    Array.from({ length: 200 }, (_, i) => send(token, i % 10 === 0 ? broken : BLANK_PNG)),
  );
  const counts = tally(statuses);
  const read = counts[200] ?? 0;
  // A broken image holds a place for a moment, so that up to 20 whole ones may be refused meanwhile.
  expect(read).toBeGreaterThanOrEqual(80);
  expect(read).toBeLessThanOrEqual(100);
  expect((counts[422] ?? 0) + (counts[429] ?? 0) + read).toBe(200);
  expect(await usedToday(accountId)).toBe(read);
  for (let i = read; i < 100; i++) expect(await send(token, BLANK_PNG)).toBe(200);
  expect(await send(token, BLANK_PNG)).toBe(429);
  expect(await receiptsOf(accountId)).toHaveLength(100);
});

test("a caller who goes away before the answer pays nothing", async () => {
  const { token, accountId } = await makeAccount();
  const leave = new AbortController();
  const body = new FormData();
  body.append("file", png(fixture("receipt.jpg"), "image/jpeg"));
  const answer = fetch(`${server.url}/api/ocr/extract-text-from-file`, {
    method: "POST",
    headers: bearer(token),
    body,
    signal: leave.signal,
  });
  await expect.poll(() => usedToday(accountId), { interval: 5 }).toBe(1);
  leave.abort();
  await expect(answer).rejects.toThrow();
  await expect.poll(() => usedToday(accountId), { timeout: 10_000 }).toBe(0);
  expect(await receiptsOf(accountId)).toEqual([]);
});

test("what is no HTTP is refused in the same shape", async () => {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.end("GARBAGE\r\n\r\n");
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  expect(head).toContain("422");
  expect(JSON.parse(body)).toMatchObject({ success: false, code: "request.invalid_http" });
});

test("a caller who goes away half-way through the body pays nothing", async () => {
  const { token, accountId } = await makeAccount();
  const leave = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"image":"data:image/png;base64,AAAA'));
      setTimeout(() => leave.abort(), 300);
    },
  });
  const request = {
    method: "POST",
    headers: { ...bearer(token), "Content-Type": "application/json" },
    body,
    duplex: "half",
    signal: leave.signal,
  } as const;
  await expect(fetch(`${server.url}/api/ocr/extract-text`, request)).rejects.toThrow();
  await expect.poll(() => usedToday(accountId), { timeout: 10_000 }).toBe(0);
  expect(await receiptsOf(accountId)).toEqual([]);
});
