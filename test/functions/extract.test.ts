import { expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
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

const JSON_PATH = "/api/ocr/extract-text";
const FORM_PATH = "/api/ocr/extract-text-from-file";

const app = useApp();

test("reads a receipt sent as base64 in JSON", async () => {
  const { token } = await makeAccount();
  const image = dataUri(fixture("receipt.jpg"), "image/jpeg");
  const answer = await expectStatus(
    await app.request(JSON_PATH, jsonRequest(token, { image })),
    200,
  );
  expect(answer.success).toBe(true);
  expect(answer.data.text).toContain("HARBOUR STREET BAKERY");
  expect(answer.data.text).toContain("Thank you for your visit!");
  expect(answer.data.language).toBeNull();
});

test("reads the same text from a file as from JSON", async () => {
  const { token } = await makeAccount();
  const bytes = fixture("receipt.jpg");
  const image = dataUri(bytes, "image/jpeg");
  const json = await expectStatus(await app.request(JSON_PATH, jsonRequest(token, { image })), 200);
  const file = png(bytes, "image/jpeg");
  const form = await expectStatus(await app.request(FORM_PATH, formRequest(token, { file })), 200);
  expect(form.data.text).toBe(json.data.text);
  expect(form.data.raw_response).toEqual(json.data.raw_response);
});

test("answers in the contract's envelope", async () => {
  const { token } = await makeAccount();
  const file = png(fixture("receipt.jpg"), "image/jpeg");
  const answer = await expectStatus(
    await app.request(FORM_PATH, formRequest(token, { file })),
    200,
  );
  expect(Object.keys(answer)).toEqual(["success", "data"]);
  expect(Object.keys(answer.data)).toEqual([
    "success",
    "text",
    "processing_time",
    "confidence",
    "language",
    "raw_response",
  ]);
  expect(answer.data.success).toBe(true);
  expect(answer.data.processing_time).toBe(Math.round(answer.data.processing_time * 100) / 100);
  expect(answer.data.processing_time).toBeGreaterThan(0);
  expect(Number.isInteger(answer.data.confidence)).toBe(true);
  expect(answer.data.confidence).toBeGreaterThan(80);
});

test("says where each word stands, in pixels of the image as sent", async () => {
  const { token } = await makeAccount();
  const file = png(fixture("receipt.jpg"), "image/jpeg");
  const answer = await expectStatus(
    await app.request(FORM_PATH, formRequest(token, { file })),
    200,
  );
  const [page] = answer.data.raw_response.pages;
  expect([page.width, page.height]).toEqual([635, 725]);
  const words = page.blocks.flatMap((block: { lines: { words: { text: string }[] }[] }) =>
    block.lines.flatMap((line) => line.words),
  );
  const { bbox, confidence } = words.find((word: { text: string }) => word.text === "Sourdough");
  // Where the dark pixels of the word begin and end.
  expect(Math.abs(bbox.x0 - 75)).toBeLessThanOrEqual(3);
  expect(Math.abs(bbox.x1 - 207)).toBeLessThanOrEqual(3);
  expect(Math.abs(bbox.y0 - 255)).toBeLessThanOrEqual(3);
  expect(Math.abs(bbox.y1 - 283)).toBeLessThanOrEqual(3);
  expect(confidence).toBeGreaterThan(80);
});

test("answers a blank page with empty text, confidence 0 and a warning, and counts it", async () => {
  const { token, accountId } = await makeAccount();
  const file = png(BLANK_PNG);
  const answer = await expectStatus(
    await app.request(FORM_PATH, formRequest(token, { file })),
    200,
  );
  expect(answer.data.text).toBe("");
  expect(answer.data.confidence).toBe(0);
  expect(answer.data.raw_response.warnings.map((w: { code: string }) => w.code)).toEqual([
    "no_text_detected",
  ]);
  expect(await usedToday(accountId)).toBe(1);
});

test("writes one receipt for a 200, without image and text", async () => {
  const { token, accountId } = await makeAccount();
  const file = png(fixture("receipt.jpg"), "image/jpeg");
  const response = await app.request(FORM_PATH, formRequest(token, { file }));
  await expectStatus(response, 200);
  const receipts = await receiptsOf(accountId);
  expect(receipts).toHaveLength(1);
  expect(Object.keys(receipts[0] ?? {}).sort()).toEqual(
    "at bytes confidence expiresAt ms pixels pk plan requestId sk".split(" "),
  );
  expect(receipts[0]).toMatchObject({
    requestId: response.headers.get("X-Request-Id"),
    bytes: 47090,
    pixels: 635 * 725,
  });
});

test("says how much of the day is left", async () => {
  const { token } = await makeAccount({ dailyLimit: 3 });
  const file = png(BLANK_PNG);
  const response = await app.request(FORM_PATH, formRequest(token, { file }));
  await expectStatus(response, 200);
  expect(response.headers.get("RateLimit-Policy")).toBe('"daily";q=3;w=86400');
  expect(response.headers.get("RateLimit")).toMatch(/^"daily";r=2;t=\d{1,5}$/);
  expect(response.headers.get("X-RateLimit-Limit")).toBe("3");
  expect(response.headers.get("X-RateLimit-Remaining")).toBe("2");
  expect(Number(response.headers.get("X-RateLimit-Reset")) % 86_400).toBe(0);
});

test("refuses with 429 once the day is used, and says when to come back", async () => {
  const { token, accountId } = await makeAccount({ dailyLimit: 1 });
  const send = () => app.request(FORM_PATH, formRequest(token, { file: png(BLANK_PNG) }));
  await expectStatus(await send(), 200);
  const response = await send();
  const answer = await expectStatus(response, 429);
  expect(answer).toMatchObject({
    success: false,
    message: "Daily limit exceeded",
    code: "quota.daily_limit",
  });
  expect(response.headers.get("RateLimit")).toMatch(/^"daily";r=0;t=\d{1,5}$/);
  expect(response.headers.get("Retry-After")).toMatch(/^\d{1,5}$/);
  expect(await usedToday(accountId)).toBe(1);
});

test("refuses a caller over the limit before it looks at the body", async () => {
  const { token } = await makeAccount({ dailyLimit: 0 });
  const response = await app.request(JSON_PATH, jsonRequest(token, "not json"));
  expect((await expectStatus(response, 429)).code).toBe("quota.daily_limit");
});

test("says how much is used without using any", async () => {
  const { token, accountId } = await makeAccount({ dailyLimit: 5 });
  await app.request(FORM_PATH, formRequest(token, { file: png(BLANK_PNG) }));
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await expectStatus(await app.request("/api/ocr/usage", { headers }), 200);
  const midnight = new Date();
  midnight.setUTCHours(24, 0, 0, 0);
  expect(answer.data).toMatchObject({
    plan: "free",
    limit: 5,
    used: 1,
    remaining: 4,
    resets_at: midnight.toISOString(),
  });
  expect(Date.parse(answer.data.token_expires_at)).toBeGreaterThan(Date.now() + 175 * 86_400_000);
  expect(await usedToday(accountId)).toBe(1);
});

test("reads German umlauts when asked for German", async () => {
  const { token } = await makeAccount();
  const file = png(fixture("deu.png"));
  const answer = await expectStatus(
    await app.request(FORM_PATH, formRequest(token, { file, language: "DEU + eng" })),
    200,
  );
  expect(answer.data.language).toBe("deu+eng");
  expect(answer.data.raw_response.engine.languages).toEqual(["deu", "eng"]);
  expect(answer.data.text).toContain("ü");
});

const lenient: Record<string, (image: string) => { image: string; type?: string }> = {
  "an upper-case data URI": (image) => ({
    image: image.replace("data:image/png;base64", "DATA:IMAGE/PNG;BASE64"),
  }),
  "extra media-type parameters": (image) => ({
    image: image.replace(";base64", ";name=a.png;base64"),
  }),
  "line breaks in the base64": (image) => ({ image: image.replace(/(.{60})/g, "$1\r\n") }),
  "missing padding": (image) => ({ image: image.replace(/=+$/, "") }),
  "the url-safe alphabet": (image) => ({
    image: image
      .replaceAll("/", "_")
      .replaceAll("+", "-")
      .replace("data:image_png", "data:image/png"),
  }),
  "a charset on the Content-Type": (image) => ({ image, type: "Application/JSON; charset=utf-8" }),
};

test.each(Object.entries(lenient))("accepts %s", async (_name, change) => {
  const { token } = await makeAccount();
  const { image, type = "application/json" } = change(dataUri(BLANK_PNG));
  const request = jsonRequest(token, { image }, { "Content-Type": type });
  const answer = await expectStatus(await app.request(JSON_PATH, request), 200);
  expect(answer.data.raw_response.image).toMatchObject({ format: "png", width: 32, height: 32 });
});

test("accepts a trailing slash and a lower-case scheme", async () => {
  const { token } = await makeAccount();
  const request = jsonRequest(
    token,
    { image: dataUri(BLANK_PNG) },
    { Authorization: `bearer  ${token}` },
  );
  await expectStatus(await app.request(`${JSON_PATH}/`, request), 200);
});

test("lets the bytes decide the format, and warns when another was declared", async () => {
  const { token } = await makeAccount();
  const image = dataUri(BLANK_PNG, "image/jpeg");
  const answer = await expectStatus(
    await app.request(JSON_PATH, jsonRequest(token, { image })),
    200,
  );
  expect(answer.data.raw_response.image.format).toBe("png");
  const codes = answer.data.raw_response.warnings.map((w: { code: string }) => w.code);
  expect(codes).toContain("format_mismatch");
});

test("does not warn of a type that names no image format", async () => {
  const { token } = await makeAccount();
  const image = dataUri(BLANK_PNG, "application/octet-stream");
  const answer = await expectStatus(
    await app.request(JSON_PATH, jsonRequest(token, { image })),
    200,
  );
  const codes = answer.data.raw_response.warnings.map((w: { code: string }) => w.code);
  expect(codes).not.toContain("format_mismatch");
});

test("knows image/jpg for jpeg", async () => {
  const { token } = await makeAccount();
  const image = dataUri(fixture("receipt.jpg"), "image/jpg");
  const answer = await expectStatus(
    await app.request(JSON_PATH, jsonRequest(token, { image })),
    200,
  );
  expect(answer.data.raw_response.image.format).toBe("jpeg");
  const codes = answer.data.raw_response.warnings.map((w: { code: string }) => w.code);
  expect(codes).not.toContain("format_mismatch");
});
