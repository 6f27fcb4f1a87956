import { config } from "@imagetotext/core/config";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeAll, expect, test } from "vitest";
import { makeAccount, setGate } from "../support/account.ts";
import {
  BLANK_PNG,
  bearer,
  dataUri,
  fixture,
  formRequest,
  jsonRequest,
  makeReaders,
  png,
  useApp,
} from "../support/app.ts";

type Described = { content: Record<string, { schema: object }>; headers?: object };

/** As much of OpenAPI as these tests look at. */
type Description = {
  openapi: string;
  servers: unknown;
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: Record<string, Record<string, object>>;
};

const readers = makeReaders();
const app = useApp(readers);
let document: Description;
beforeAll(async () => {
  const response = await app.request("http://localhost/openapi.json");
  document = (await response.json()) as Description;
});

/** Checks an answer against what the document says of this path, method and status. */
async function check(
  path: string,
  init: RequestInit,
  status: number,
  method = (init.method ?? "GET").toLowerCase(),
): Promise<void> {
  const response = await app.request(path, init);
  const body = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(status);
  const described = document.paths[path]?.[method]?.responses[status]?.content["application/json"];
  expect(described, `${path} ${status}`).toBeDefined();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...described?.schema, components: document.components });
  validate(body);
  expect(validate.errors).toBeNull();
}

test("describes every route of the API that is mounted, and no other", () => {
  const isPage = (path: string) => !/^\/(api\/|health$|openapi\.json$)/.test(path);
  const mounted = app.routes
    .filter((route) => route.method !== "ALL" && !isPage(route.path))
    .map((route) => `${route.method} ${route.path}`);
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual([...new Set(mounted)].sort());
});

test("is OpenAPI 3.1 and refers to nothing that is missing", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(document.servers).toEqual([{ url: "http://localhost" }]);
  const references = JSON.stringify(document).match(/"#\/components\/[^"]+"/g) ?? [];
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const [, , group = "", name = ""] = JSON.parse(reference).split("/");
    expect(document.components[group]?.[name], reference).toBeDefined();
  }
});

test("a reading is as described", async () => {
  const { token } = await makeAccount();
  const bytes = fixture("receipt.jpg");
  const file = png(bytes, "image/jpeg");
  await check("/api/ocr/extract-text-from-file", formRequest(token, { file }), 200);
  const image = dataUri(bytes, "image/jpeg");
  await check("/api/ocr/extract-text", jsonRequest(token, { image, language: "eng" }), 200);
  await check("/api/ocr/extract-text", jsonRequest(token, { image: dataUri(BLANK_PNG) }), 200);
});

test("an answer is described with the headers that it may have, and no other", () => {
  const headersOf = (path: string, method: string, status: number) =>
    Object.keys(document.paths[path]?.[method]?.responses[status]?.headers ?? {});
  const allowance = [
    "RateLimit",
    "RateLimit-Policy",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
  ];
  for (const path of ["/api/ocr/extract-text", "/api/ocr/extract-text-from-file"]) {
    expect(headersOf(path, "post", 200)).toEqual([...allowance, "Idempotency-Replayed"]);
    expect(headersOf(path, "post", 303)).toEqual(["Location"]);
  }
  expect(headersOf("/api/ocr/usage", "get", 200)).toEqual(allowance);
  expect(headersOf("/health", "get", 200)).toEqual([]);
});

test("usage and health are as described", async () => {
  const { token } = await makeAccount();
  await check("/api/ocr/usage", { headers: bearer(token) }, 200);
  await check("/health", {}, 200);
});

test("refusals are as described", async () => {
  const { token } = await makeAccount();
  const empty = await makeAccount({ dailyLimit: 0 });
  for (const path of ["/api/ocr/extract-text", "/api/ocr/extract-text-from-file"]) {
    await check(path, { method: "POST" }, 401);
    await check(path, { method: "POST", headers: bearer(token) }, 422);
    await check(path, { method: "POST", headers: bearer(empty.token) }, 429);
  }
  await check("/api/ocr/usage", {}, 401);
  await check("/api/ocr/usage", { method: "DELETE" }, 405, "get");
  const suspended = await makeAccount();
  await setGate(suspended.accountId, "suspended", true);
  await check("/api/ocr/usage", { headers: bearer(suspended.token) }, 403);
});

test("a refusal for want of a reader is as described", async () => {
  const { token } = await makeAccount();
  const places = Array.from({ length: 1 + config().ocr.queue }, () => readers.enter());
  await check("/api/ocr/extract-text", jsonRequest(token, {}), 503);
  for (const leave of places) leave();
});
