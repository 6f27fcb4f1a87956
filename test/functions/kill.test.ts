import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { openDynamo } from "../../packages/functions/src/local/dynamodb.ts";
import { BLANK_PNG, bearer, png } from "../support/app.ts";
import { makeDataDir, type RunningServer, startServer } from "../support/server.ts";

const IN_FLIGHT = 8;
const KILL_AFTER = 30;

/** Keeps IN_FLIGHT requests under way, and kills the server after some; the request ids of all 200s. */
async function keepSending(server: RunningServer): Promise<{ answered: string[]; sent: number }> {
  const answered: string[] = [];
  let sent = 0;
  const sender = async () => {
    for (;;) {
      const body = new FormData();
      body.append("file", png(BLANK_PNG));
      sent++;
      const url = `${server.url}/api/ocr/extract-text-from-file`;
      const response = await fetch(url, { method: "POST", headers: bearer(server.token), body });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      answered.push(response.headers.get("X-Request-Id") ?? "");
      if (answered.length === KILL_AFTER) server.process.kill("SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: IN_FLIGHT }, sender));
  return { answered, sent };
}

async function readTable(dataDir: string): Promise<Record<string, unknown>[]> {
  const dynamo = await openDynamo(dataDir, "command");
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: dynamo.endpoint,
      region: "local",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    }),
  );
  const { Items = [] } = await client.send(new ScanCommand({ TableName: "imagetotext" }));
  client.destroy();
  await dynamo.close();
  return Items;
}

test("after kill -9 no answered request is missing its receipt, and the count is at most those in flight above", async () => {
  const dataDir = makeDataDir();
  const limits = { OCR_THREADS: "1", FREE_DAILY_LIMIT: "100000" };
  const server = await startServer(dataDir, limits);
  const { answered, sent } = await keepSending(server);
  await server.exited;
  expect(answered.length).toBeGreaterThanOrEqual(KILL_AFTER);

  const items = await readTable(dataDir);
  const receipts = items.filter(({ sk }) => String(sk).startsWith("RECEIPT#"));
  const ids = new Set(receipts.map(({ requestId }) => requestId));
  for (const id of answered) expect(ids).toContain(id);
  const gate = items.find(({ sk }) => sk === "GATE") ?? {};
  const [, counted] = Object.entries(gate).find(([name]) => /^n\d{8}$/.test(name)) ?? [];
  expect(counted).toBeGreaterThanOrEqual(answered.length);
  expect(counted).toBeLessThanOrEqual(answered.length + IN_FLIGHT);
  expect(counted).toBeLessThanOrEqual(sent);

  const restarted = await startServer(dataDir, limits);
  expect(restarted.token).toBe(server.token);
  const usage = await fetch(`${restarted.url}/api/ocr/usage`, { headers: bearer(restarted.token) });
  expect(await usage.json()).toMatchObject({ success: true, data: { used: counted } });
  restarted.process.kill("SIGTERM");
  expect(await restarted.exited).toBe(0);
});
