import { afterAll, expect, test } from "vitest";
import { uploadApi } from "../../packages/functions/infra/upload-api.ts";
import { createApp } from "../../packages/functions/src/api/app.ts";
import { extractRoutes } from "../../packages/functions/src/api/extract.ts";
import { Failure } from "../../packages/functions/src/api/schema.ts";
import { handler as authorise } from "../../packages/functions/src/authoriser.ts";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import {
  bearer,
  dataUri,
  expectStatus,
  fixture,
  formRequest,
  jsonRequest,
  makeReaders,
  png,
  useApp,
} from "../support/app.ts";
import { bucketEnvironment, openBucket } from "../support/bucket.ts";
import { postUpload, refuse } from "../support/upload-gateway.ts";

/** Bodies that do not fit a Lambda's event: stored by the gateway for uploads, read by a GET. */

const FORM = "/api/ocr/extract-text-from-file";
const JSON_BODY = "/api/ocr/extract-text";
const HOST = { "x-forwarded-host": "ocr.example.com" };

const bucket = await openBucket();
Object.assign(process.env, bucketEnvironment(bucket));
const readers = makeReaders();
const app = useApp(readers);
afterAll(() => bucket.close());

/** A page of another site may read the answer, and what it needs of the headers. */
function expectReadable({ headers }: Response): void {
  expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(headers.get("Access-Control-Expose-Headers")).toContain("X-Request-Id");
  expect(headers.get("X-Request-Id")).toMatch(/^[\da-f-]{36}$/);
}

/** Sends a POST to the gateway, as CloudFront would. */
async function store(path: string, init: RequestInit): Promise<Response> {
  const request = new Request(`http://localhost${path}`, init);
  const body = Buffer.from(await request.arrayBuffer());
  const headers = { ...HOST, ...Object.fromEntries(request.headers) };
  return postUpload({ path, headers, body }, authorise, bucket.url);
}

const receipt = () => formRequest("", { file: png(fixture("receipt.jpg"), "image/jpeg") });
const receiptOf = (token: string) => ({ ...receipt(), headers: bearer(token) });

const follow = (stored: Response, token: string, headers: Record<string, string> = {}) =>
  app.request(stored.headers.get("Location") ?? "", { headers: { ...bearer(token), ...headers } });

test("a form and JSON that were stored are answered as the POST would have been", async () => {
  const { token, accountId } = await makeAccount();
  const direct = await expectStatus(await app.request(FORM, receiptOf(token)), 200);
  const form = await expectStatus(await follow(await store(FORM, receiptOf(token)), token), 200);
  expect(form.data.text).toBe(direct.data.text);
  const image = dataUri(fixture("receipt.jpg"), "image/jpeg");
  const sent = await store(JSON_BODY, jsonRequest(token, { image, language: "eng" }));
  const json = await expectStatus(await follow(sent, token), 200);
  expect(json.data.text).toBe(direct.data.text);
  expect(json.data.language).toBe("eng");
  expect(await usedToday(accountId)).toBe(3);
  expect(await receiptsOf(accountId)).toHaveLength(3);
});

test("a stored image is deleted when it is answered", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  const held = () => [...bucket.objects.keys()].filter((path) => path.includes(accountId));
  expect(held()).toHaveLength(1);
  await expectStatus(await follow(stored, token), 200);
  expect(held()).toEqual([]);
  expect((await expectStatus(await follow(stored, token), 404)).code).toBe("upload.unknown");
  expect(await usedToday(accountId)).toBe(1);
});

test("a HEAD of a stored image costs nothing and leaves it there", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  const location = stored.headers.get("Location") ?? "";
  const head = await app.request(location, { method: "HEAD", headers: bearer(token) });
  expect(head.status).toBe(405);
  const wrong = await app.request(location, { method: "POST", headers: bearer(token) });
  expect((await expectStatus(wrong, 405)).code).toBe("route.method_not_allowed");
  for (const refused of [head, wrong]) expect(refused.headers.get("Allow")).toBe("GET");
  expect(await usedToday(accountId)).toBe(0);
  await expectStatus(await follow(stored, token), 200);
});

test("what is read too late is not charged, and a stored image can then be asked for again", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  const late = createApp();
  late.use(async (c, next) => {
    c.set("startedAt", performance.now() - 24_001);
    await next();
  });
  extractRoutes(late, readers);
  const location = stored.headers.get("Location") ?? "";
  const failed = await late.request(location, { headers: bearer(token) });
  expect((await expectStatus(failed, 503)).code).toBe("ocr.timeout");
  expect(await usedToday(accountId)).toBe(0);
  expect(await receiptsOf(accountId)).toHaveLength(0);
  await expectStatus(await follow(stored, token), 200);
  expect(await usedToday(accountId)).toBe(1);
});

test("an image that the bucket does not delete is answered, and is charged again without a key", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  const key = { "Idempotency-Key": crypto.randomUUID() };
  bucket.keepsAll = true;
  await expectStatus(await follow(stored, token, key), 200);
  const replayed = await follow(stored, token, key);
  await expectStatus(replayed, 200);
  expect(replayed.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await usedToday(accountId)).toBe(1);
  await expectStatus(await follow(stored, token), 200);
  bucket.keepsAll = false;
  expect(await usedToday(accountId)).toBe(2);
});

test("nobody but its account finds a stored image", async () => {
  const [owner, other] = [await makeAccount(), await makeAccount()];
  const stored = await store(FORM, receiptOf(owner.token));
  const refused = await expectStatus(await follow(stored, other.token), 404);
  expect(refused.code).toBe("upload.unknown");
  expect(await usedToday(other.accountId)).toBe(0);
  const around = `${FORM}/stored?upload=../${owner.accountId}/x`;
  const climbed = await app.request(around, { headers: bearer(other.token) });
  expect((await expectStatus(climbed, 404)).code).toBe("upload.unknown");
  await expectStatus(await app.request(stored.headers.get("Location") ?? ""), 401);
  await expectStatus(await follow(stored, owner.token), 200);
});

test("a caller without a good token stores nothing, and is told what the POST would have said", async () => {
  const { token } = await makeAccount();
  const before = bucket.objects.size;
  for (const [header, code] of [
    [{}, "token.missing"],
    [bearer("itt_wrong"), "token.invalid"],
    [bearer(`${token.slice(0, -6)}AAAAAA`), "token.invalid"],
  ] as const) {
    const refused = await store(FORM, { ...receipt(), headers: header });
    expect(refused.headers.get("WWW-Authenticate")).toBe("Bearer");
    expectReadable(refused);
    const body = Failure.strict().parse(await expectStatus(refused, 401));
    const direct = await app.request(FORM, { ...receipt(), headers: header });
    const { doc_url, request_id, ...said } = await expectStatus(direct, 401);
    expect(body).toMatchObject(said);
    expect(body.doc_url).toBe(`https://ocr.example.com/api-docs#${code}`);
    expect(body.request_id).toBe(refused.headers.get("X-Request-Id"));
  }
  expect(bucket.objects.size).toBe(before);
});

test("a host that is no name is not repeated in the JSON of a refusal", async () => {
  const headers = { "x-forwarded-host": 'a", "code": "b' };
  const body = Buffer.from("");
  const refused = await postUpload({ path: FORM, headers, body }, authorise, bucket.url);
  const { code, doc_url } = await expectStatus(refused, 401);
  expect({ code, doc_url }).toEqual({
    code: "token.missing",
    doc_url: "/api-docs#token.missing",
  });
});

test.each([
  ["THROTTLED", 429, "request.throttled", "1"],
  ["REQUEST_TOO_LARGE", 422, "request.too_large", null],
  ["DEFAULT_4XX", 422, "request.invalid_http", null],
  ["DEFAULT_5XX", 503, "upload.unavailable", "5"],
] as const)(
  "what the gateway refuses by itself (%s) has our JSON",
  async (type, status, code, wait) => {
    const refused = refuse(type);
    expectReadable(refused);
    expect(refused.headers.get("Retry-After")).toBe(wait);
    const body = await expectStatus(refused, status);
    expect(Failure.strict().parse(body)).toMatchObject({
      code,
      doc_url: `https://ocr.example.com/api-docs#${code}`,
    });
    expect("errors" in body).toBe(status === 422);
  },
);

test("a caller that does not follow the redirect is told to", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  const body = Failure.strict().parse(await expectStatus(stored, 303));
  expect(body).toMatchObject({
    code: "upload.stored",
    detail:
      "Get the address in `Location` with the same headers: it answers as this call would have. With curl, add `-L`.",
    doc_url: "https://ocr.example.com/api-docs#upload.stored",
    request_id: stored.headers.get("X-Request-Id"),
  });
  expect(stored.headers.get("Location")).toMatch(
    /^\/api\/ocr\/extract-text-from-file\/stored\?upload=[\da-f-]{36}$/,
  );
  expectReadable(stored);
  expect(await usedToday(accountId)).toBe(0);
});

test("the day's limit and the checks of the image hold for a stored one", async () => {
  const empty = await makeAccount({ dailyLimit: 0 });
  const refused = await follow(await store(FORM, receiptOf(empty.token)), empty.token);
  expect((await expectStatus(refused, 429)).code).toBe("quota.daily_limit");
  const { token, accountId } = await makeAccount();
  const text = await store(FORM, jsonRequest(token, {}));
  expect((await expectStatus(await follow(text, token), 422)).code).toBe("request.content_type");
  expect(await usedToday(accountId)).toBe(0);
});

test("a retry with the same Idempotency-Key is charged once, also when both were stored", async () => {
  const { token, accountId } = await makeAccount();
  const key = { "Idempotency-Key": crypto.randomUUID() };
  const body = jsonRequest(token, { image: dataUri(fixture("receipt.jpg"), "image/jpeg") });
  await expectStatus(await follow(await store(JSON_BODY, body), token, key), 200);
  const again = await follow(await store(JSON_BODY, body), token, key);
  await expectStatus(again, 200);
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await usedToday(accountId)).toBe(1);
});

test("a bucket that does not answer is a 503, and costs nothing", async () => {
  const { token, accountId } = await makeAccount();
  const stored = await store(FORM, receiptOf(token));
  bucket.isDown = true;
  const unstored = await store(FORM, receiptOf(token));
  const unread = await follow(stored, token);
  bucket.isDown = false;
  for (const refused of [unstored, unread]) {
    const body = Failure.strict().parse(await expectStatus(refused, 503));
    expect(body.code).toBe("upload.unavailable");
    expect(refused.headers.get("Retry-After")).toBe("5");
  }
  expect(await usedToday(accountId)).toBe(0);
});

test("every part of the answer that a template fills is declared to the gateway", () => {
  const api = uploadApi({ region: "r", bucket: "b", roleArn: "role", authoriserArn: "fn" });
  for (const { post } of Object.values(api.paths)) {
    const declared = Object.keys(post.responses[303].headers);
    for (const response of Object.values(post["x-amazon-apigateway-integration"].responses)) {
      const mapped = Object.keys(response.responseParameters).map((name) => name.split(".").at(-1));
      expect(declared).toEqual(expect.arrayContaining(mapped));
    }
  }
});
