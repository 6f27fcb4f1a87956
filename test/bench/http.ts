import { randomBytes, randomUUID } from "node:crypto";
import { config } from "@imagetotext/core/config";
import { ReaderPool } from "@imagetotext/core/ocr";
import { table, tableOnce } from "@imagetotext/core/table";
import { publicKeyOf } from "@imagetotext/core/token";
import autocannon from "autocannon";
import { startSession } from "../../packages/core/src/account/session.ts";
import { createTable, openMemoryDynamo } from "../../packages/functions/src/local/dynamodb.ts";
import { listen } from "../../packages/functions/src/local/serve.ts";
import { makeAccount } from "../support/account.ts";

/**
 * Everything but recognition: requests a second, latency and DynamoDB calls of the answered path (an
 * image of one pixel), of each way to be refused, and of pages. Server and client share this machine's
 * cores; "alone" is the median of one request at a time.
 */
process.env.LOG = "off";
const seed = randomBytes(32).toString("base64");
const dynamo = await openMemoryDynamo();
process.env.DYNAMODB_ENDPOINT = dynamo.endpoint;
process.env.TOKEN_SIGNING_SEED = seed;
process.env.TOKEN_PUBLIC_KEYS = publicKeyOf(seed);
await createTable(dynamo.endpoint, config().table.name);

let calls = 0;
for (const client of [table(), tableOnce()]) {
  client.middlewareStack.add((next) => async (args) => {
    calls++;
    return next(args);
  });
}

const readers = new ReaderPool(config().ocr);
await readers.started();
const server = await listen(readers, 0, "127.0.0.1");

const CONNECTIONS = 8;
const SECONDS = Number(process.env.SECONDS || 4);
const FORM = "/api/ocr/extract-text-from-file";

/** One white pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAACklEQVQImWP4DwABAQEADeY2wwAAAABJRU5ErkJggg==",
  "base64",
);

const BOUNDARY = "bench";
const multipart = (file: Buffer) =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

const unlimited = await makeAccount({ dailyLimit: 1_000_000_000 });
const usedUp = await makeAccount({ dailyLimit: 0 });
const forged = `${unlimited.token.slice(0, -4)}AAAA`;
const post = (token: string, file: Buffer) => ({
  path: FORM,
  method: "POST" as const,
  headers: {
    authorization: `Bearer ${token}`,
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
  },
  body: multipart(file),
});
const get = (path: string, token = "") => ({
  path,
  method: "GET" as const,
  headers: { authorization: `Bearer ${token}` },
});
const session = await startSession(unlimited.accountId, 0, new Date());
const page = (path: string) => ({
  path,
  method: "GET" as const,
  headers: { accept: "text/html", cookie: `session=${session.secret}` },
});

type Scenario = {
  name: string;
  status: number;
  request: ReturnType<typeof post> | ReturnType<typeof get> | ReturnType<typeof page>;
  /** Headers that are new with each request. */
  fresh?: () => Record<string, string>;
};

const scenarios: Scenario[] = [
  { name: "1x1 image", status: 200, request: post(unlimited.token, PIXEL) },
  {
    name: "1x1 image, a new key each",
    status: 200,
    request: post(unlimited.token, PIXEL),
    fresh: () => ({ "idempotency-key": randomUUID() }),
  },
  { name: "broken image", status: 422, request: post(unlimited.token, Buffer.from("no image")) },
  { name: "day used up", status: 429, request: post(usedUp.token, PIXEL) },
  { name: "forged token", status: 401, request: post(forged, PIXEL) },
  { name: "no token", status: 401, request: get("/api/ocr/usage") },
  { name: "usage", status: 200, request: get("/api/ocr/usage", unlimited.token) },
  { name: "health", status: 200, request: get("/health") },
  { name: "landing page", status: 200, request: page("/") },
  { name: "documentation", status: 200, request: page("/api-docs") },
  { name: "reference", status: 200, request: page("/api-reference") },
  { name: "dashboard", status: 200, request: page("/dashboard") },
];

const rows: Record<string, Record<string, number>> = {};
for (const scenario of scenarios) {
  rows[`${scenario.name} (${scenario.status})`] = await measure(scenario);
}

process.stdout.write(`${CONNECTIONS} connections, ${SECONDS} s each, times in ms\n`);
// biome-ignore lint/suspicious/noConsole: the table is what this command is for
console.table(rows);
process.stdout.write(
  `peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB, client included\n`,
);
await server.close();
await readers.close();
await dynamo.close();

async function measure({ request, status, fresh = () => ({}) }: Scenario) {
  const { path, ...options } = request;
  const refreshed = <T extends { headers?: object | undefined }>(one: T) => ({
    ...one,
    headers: { ...one.headers, ...fresh() },
  });
  for (let i = 0; i < 20; i++) await send(path, refreshed(options), status);
  const alone: number[] = [];
  for (let i = 0; i < 21; i++) {
    const start = performance.now();
    await send(path, refreshed(options), status);
    alone.push(performance.now() - start);
  }
  calls = 0;
  await send(path, refreshed(options), status);
  const callsOfOne = calls;

  const times: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: server.url + path,
        ...options,
        connections: CONNECTIONS,
        duration: SECONDS,
        requests: [{ setupRequest: refreshed }],
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    run.on("response", (_client, _status, _bytes, ms) => times.push(ms));
  });
  times.sort((a, b) => a - b);
  alone.sort((a, b) => a - b);
  const tenths = (ms = 0) => Math.round(ms * 10) / 10;
  const percentile = (share: number) => tenths(times[Math.floor(times.length * share)]);
  return {
    "requests/s": Math.round(result.requests.average),
    alone: tenths(alone[10]),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    "DynamoDB calls": callsOfOne,
  };
}

async function send(path: string, options: RequestInit, status: number): Promise<void> {
  const response = await fetch(server.url + path, options);
  const text = await response.text();
  if (response.status !== status) throw new Error(`${path}: ${response.status} ${text}`);
}
