import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BODY_LIMITS, bodyLimitCode } from "../../packages/functions/infra/body-limit.ts";
import { Failure } from "../../packages/functions/src/api/schema.ts";

/** What CloudFront does with a body before it reaches the gateway, whose own refusal is not ours. */

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LAMBDA_EVENT_BYTES = 6_291_456;

const RECORDED = JSON.parse(
  readFileSync(new URL("../fixture/api-gateway-v2-event.json", import.meta.url), "utf8"),
);

type Answer = {
  statusCode: number;
  headers: Record<string, { value: string }>;
  body: { data: string };
};

type EdgeRequest = {
  method: string;
  uri: string;
  headers: Record<string, { value: string }>;
};

const UPLOADS = { domain: "uploads.example.com", stage: "upload" };

/** @returns the answer, or undefined when the request goes on, and to which origin if not the gateway */
function ask(headers: Record<string, string>, changes: Partial<EdgeRequest> = {}) {
  const values = Object.entries({ host: "ocr.example.com", ...headers }).map(([name, value]) => [
    name,
    { value },
  ]);
  const request: EdgeRequest = {
    method: "POST",
    uri: "/api/ocr/extract-text-from-file",
    headers: Object.fromEntries(values),
    ...changes,
  };
  const origins: string[] = [];
  const cf = { updateRequestOrigin: (to: { domainName: string }) => origins.push(to.domainName) };
  const run = new Function("event", "cf", bodyLimitCode(UPLOADS));
  const answer: Answer | undefined = run({ context: { requestId: "edge-1" }, request }, cf);
  return { answer, origins, request };
}

const ON = { answer: undefined, origins: [] };
const STORED = { answer: undefined, origins: ["uploads.example.com"] };

const form = (length: number) => ({
  "content-type": "multipart/form-data; boundary=x",
  "content-length": String(length),
});
const json = (length: number) => ({
  "content-type": "Application/JSON; charset=utf-8",
  "content-length": String(length),
});

/** The event that Lambda gets, with as many bytes of headers as the gateway lets through. */
function eventBytes(body: string): number {
  const headers = { ...RECORDED.headers, cookie: "x".repeat(10_240) };
  return Buffer.byteLength(JSON.stringify({ ...RECORDED, headers, body }));
}

test("a body that fits a Lambda event goes on, and the next larger one is stored first", () => {
  expect(BODY_LIMITS).toEqual({ json: 6_084_918, form: 4_706_304 });
  expect(ask(form(4_706_304))).toMatchObject(ON);
  expect(ask(form(4_706_305))).toMatchObject(STORED);
  expect(ask(json(6_084_918))).toMatchObject(ON);
  expect(ask(json(6_084_919))).toMatchObject(STORED);
});

test("a body that is stored keeps its path, and says at which host it was sent", () => {
  const { request } = ask(form(5_000_000), { uri: "/api/ocr/extract-text-from-file/" });
  expect(request.uri).toBe("/upload/api/ocr/extract-text-from-file");
  expect(request.headers["x-forwarded-host"]).toEqual({ value: "ocr.example.com" });
});

test("a form that goes on fits a Lambda event with the longest headers", () => {
  const body = Buffer.alloc(BODY_LIMITS.form).toString("base64");
  expect(eventBytes(body)).toBeLessThanOrEqual(LAMBDA_EVENT_BYTES);
});

test("JSON that goes on fits a Lambda event, also with escaped slashes and line breaks", () => {
  const line = `${"A".repeat(31)}\\/${"A".repeat(32)}\\n`;
  const body = `{"image":"${line.repeat((BODY_LIMITS.json - 12) / line.length)}"}`;
  expect(body.length).toBeGreaterThan(BODY_LIMITS.json - 200);
  expect(eventBytes(body)).toBeLessThanOrEqual(LAMBDA_EVENT_BYTES);
});

test("a body that no image of 5 MB needs is refused in the contract's JSON", () => {
  expect(ask(json(7_864_320))).toMatchObject(STORED);
  const { answer, origins } = ask(json(7_864_321));
  expect(origins).toEqual([]);
  expect(answer?.statusCode).toBe(422);
  expect(answer?.headers["content-type"]?.value).toBe("application/json");
  expect(answer?.headers["access-control-allow-origin"]?.value).toBe("*");
  expect(answer?.headers["x-request-id"]?.value).toBe("edge-1");
  expect(Failure.strict().parse(JSON.parse(answer?.body.data ?? ""))).toEqual({
    success: false,
    message: "Request body too large",
    detail: "Send an image of at most 5 MB (5,242,880 bytes).",
    code: "request.too_large",
    doc_url: "https://ocr.example.com/api-docs#request.too_large",
    request_id: "edge-1",
    errors: { body: ["Send an image of at most 5 MB (5,242,880 bytes)."] },
  });
});

test("a body of unknown length is refused, as it might not fit", () => {
  const { answer } = ask({ "content-type": "application/json", "transfer-encoding": "chunked" });
  expect(answer?.statusCode).toBe(422);
  expect(JSON.parse(answer?.body.data ?? "")).toMatchObject({
    code: "request.length_required",
    message: "Missing Content-Length",
  });
});

test("a large body for no call with an image is refused", () => {
  expect(ask(form(5_300_000), { uri: "/api/ocr/usage" }).answer?.statusCode).toBe(422);
});

test("what is not a call with an image goes on, whatever its length", () => {
  expect(ask({}, { method: "GET", uri: "/api/ocr/usage" })).toMatchObject(ON);
  expect(ask({}, { method: "OPTIONS" })).toMatchObject(ON);
  expect(ask(form(5_300_000), { uri: "/sign-up" })).toMatchObject(ON);
});
