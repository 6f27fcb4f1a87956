import { describe, expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import {
  BLANK_PNG,
  bearer,
  dataUri,
  expectStatus,
  fixture,
  formRequest,
  jsonRequest,
  png,
  useApp,
} from "../support/app.ts";

/** Everything that is refused with 422: what is sent, and what the answer says. */

const JSON_PATH = "/api/ocr/extract-text";
const FORM_PATH = "/api/ocr/extract-text-from-file";
const MEGABYTE = 1024 * 1024;

const app = useApp();

type Refusal = {
  name: string;
  path: string;
  request: (token: string) => RequestInit;
  code: string;
  message: string;
  field: string;
};

const bytes = (text: string) => new TextEncoder().encode(text);
const svg = bytes('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>');
const pdf = bytes("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF");
const tiff = Uint8Array.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const heic = Uint8Array.from([0, 0, 0, 24, ...bytes("ftypheic"), 0, 0, 0, 0, ...bytes("mif1heic")]);
const truncated = fixture("receipt.jpg").slice(0, 20_000);
const tooLarge = new Uint8Array(5 * MEGABYTE + 1).fill(1);

const json = (name: string, body: unknown, code: string, message: string, field = "image") => ({
  name: `JSON: ${name}`,
  path: JSON_PATH,
  request: (token: string) => jsonRequest(token, body),
  code,
  message,
  field,
});
const form = (
  name: string,
  fields: Record<string, string | Blob>,
  code: string,
  message: string,
  field = "file",
) => ({
  name: `form: ${name}`,
  path: FORM_PATH,
  request: (token: string) => formRequest(token, fields),
  code,
  message,
  field,
});
const raw = (
  name: string,
  path: string,
  type: string | undefined,
  body: string,
  code: string,
  message: string,
): Refusal => ({
  name,
  path,
  request: (token) => ({
    method: "POST",
    headers: { ...bearer(token), ...(type === undefined ? {} : { "Content-Type": type }) },
    body,
  }),
  code,
  message,
  field: "body",
});

const BASE64 = "Invalid base64 image format";
const FORMAT = "Invalid file format";

const refusals: Refusal[] = [
  json("no image", {}, "image.missing", "Missing image"),
  json("image null", { image: null }, "image.missing", "Missing image"),
  json("image a number", { image: 7 }, "image.invalid_base64", BASE64),
  json("image empty", { image: "" }, "image.invalid_base64", BASE64),
  json("a path", { image: "/etc/passwd" }, "image.invalid_base64", BASE64),
  json("a link", { image: "https://example.com/a.png" }, "image.invalid_base64", BASE64),
  json(
    "base64 without data URI",
    { image: Buffer.from(BLANK_PNG).toString("base64") },
    "image.invalid_base64",
    BASE64,
  ),
  json(
    "a data URI without base64",
    { image: "data:image/png,abc" },
    "image.invalid_base64",
    BASE64,
  ),
  json("bad base64", { image: "data:image/png;base64,ab*d" }, "image.invalid_base64", BASE64),
  json(
    "base64 of a wrong length",
    { image: "data:image/png;base64,abcde" },
    "image.invalid_base64",
    BASE64,
  ),
  json("no bytes", { image: "data:image/png;base64," }, "image.empty", "Empty image"),
  json("svg", { image: dataUri(svg, "image/svg+xml") }, "image.unsupported_format", FORMAT),
  json("a pdf that says png", { image: dataUri(pdf) }, "image.unsupported_format", FORMAT),
  json(
    "a damaged jpeg",
    { image: dataUri(truncated, "image/jpeg") },
    "image.damaged",
    "Damaged image",
  ),
  json("over 5 MB", { image: dataUri(tooLarge) }, "image.too_large", "Image too large"),
  json(
    "an unknown language",
    { image: dataUri(BLANK_PNG), language: "xyz" },
    "language.unknown",
    "Unknown language",
    "language",
  ),
  json(
    "a language that is no text",
    { image: dataUri(BLANK_PNG), language: ["eng"] },
    "language.unknown",
    "Unknown language",
    "language",
  ),
  json(
    "a language that is a path",
    { image: dataUri(BLANK_PNG), language: "../../etc/passwd" },
    "language.unknown",
    "Unknown language",
    "language",
  ),
  json(
    "a prefix of megabytes",
    { image: `data:${";".repeat(MEGABYTE)}` },
    "image.invalid_base64",
    BASE64,
  ),
  json(
    "more languages than may be combined",
    { image: dataUri(BLANK_PNG), language: "eng+deu+fra+spa+ita" },
    "language.unknown",
    "Unknown language",
    "language",
  ),
  json("null", null, "request.invalid_json", "Invalid JSON body", "body"),
  json("an array", [1], "request.invalid_json", "Invalid JSON body", "body"),
  json("malformed", "{", "request.invalid_json", "Invalid JSON body", "body"),
  json("nothing", "", "request.invalid_json", "Invalid JSON body", "body"),
  raw(
    "JSON: text as the type",
    JSON_PATH,
    "text/plain",
    "{}",
    "request.content_type",
    "Invalid Content-Type",
  ),
  raw(
    "JSON: a form as the type",
    JSON_PATH,
    "application/x-www-form-urlencoded",
    "image=a",
    "request.content_type",
    "Invalid Content-Type",
  ),
  form("no file", { other: "1" }, "image.missing", "Missing image"),
  form("text in the file field", { file: "hello" }, "image.not_a_file", FORMAT),
  form("an empty file", { file: png(new Uint8Array()) }, "image.empty", "Empty image"),
  form("svg", { file: png(svg, "image/png") }, "image.unsupported_format", FORMAT),
  form("tiff", { file: png(tiff, "image/tiff") }, "image.unsupported_format", FORMAT),
  form("heic", { file: png(heic, "image/heic") }, "image.unsupported_format", FORMAT),
  form(
    "a text file",
    { file: png(bytes("hello"), "image/jpeg") },
    "image.unsupported_format",
    FORMAT,
  ),
  form("a damaged jpeg", { file: png(truncated, "image/jpeg") }, "image.damaged", "Damaged image"),
  form("over 5 MB", { file: png(tooLarge) }, "image.too_large", "Image too large"),
  form(
    "an unknown language",
    { file: png(BLANK_PNG), language: "klingon" },
    "language.unknown",
    "Unknown language",
    "language",
  ),
  raw(
    "form: JSON as the type",
    FORM_PATH,
    "application/json",
    "{}",
    "request.content_type",
    "Invalid Content-Type",
  ),
  raw(
    "form: no boundary",
    FORM_PATH,
    "multipart/form-data",
    "--a\r\n",
    "request.invalid_form",
    "Invalid form body",
  ),
  raw(
    "form: a body that is no form",
    FORM_PATH,
    "multipart/form-data; boundary=a",
    "hello",
    "request.invalid_form",
    "Invalid form body",
  ),
];

test.each(refusals)("$name is refused with $code, and costs nothing", async (refusal) => {
  const { token, accountId } = await makeAccount({ dailyLimit: 10 });
  const response = await app.request(refusal.path, refusal.request(token));
  const answer = await expectStatus(response, 422);
  expect(answer).toMatchObject({
    success: false,
    message: refusal.message,
    code: refusal.code,
    request_id: response.headers.get("X-Request-Id"),
    errors: { [refusal.field]: [answer.detail] },
  });
  expect(response.headers.get("X-RateLimit-Remaining")).toBe("10");
  expect(await usedToday(accountId)).toBe(0);
  expect(await receiptsOf(accountId)).toEqual([]);
});

test("two files are refused", async () => {
  const { token, accountId } = await makeAccount();
  const body = new FormData();
  body.append("file", png(BLANK_PNG));
  body.append("file", png(BLANK_PNG));
  const response = await app.request(FORM_PATH, { method: "POST", headers: bearer(token), body });
  expect((await expectStatus(response, 422)).code).toBe("image.several");
  expect(await usedToday(accountId)).toBe(0);
});

test("a file under another name beside it counts as a second one", async () => {
  const { token } = await makeAccount();
  const request = formRequest(token, { file: png(BLANK_PNG), file2: png(BLANK_PNG) });
  expect((await expectStatus(await app.request(FORM_PATH, request), 422)).code).toBe(
    "image.several",
  );
});

test("a language of megabytes is refused in few words", async () => {
  const { token } = await makeAccount();
  const language = Array.from({ length: 100_000 }, (_, i) => `x${i}`).join("+");
  const request = jsonRequest(token, { image: dataUri(BLANK_PNG), language });
  const answer = await expectStatus(await app.request(JSON_PATH, request), 422);
  expect(answer.code).toBe("language.unknown");
  expect(JSON.stringify(answer).length).toBeLessThan(1_000);
});

test("an unknown language is answered with those that are there", async () => {
  const { token } = await makeAccount();
  const request = jsonRequest(token, { image: dataUri(BLANK_PNG), language: "eng+xyz" });
  const answer = await expectStatus(await app.request(JSON_PATH, request), 422);
  expect(answer.detail).toBe(
    "Unknown language: xyz. Available: ara, chi_sim, chi_tra, deu, ell, eng, fra, heb, hin, ita, jpn, kor, por, rus, spa, tha. Combine up to 4 with +.",
  );
});

describe("5 MB", () => {
  /** A blank PNG, filled up with bytes after its end, which every decoder ignores. */
  const filledTo = (size: number) => {
    const file = new Uint8Array(size);
    file.set(BLANK_PNG);
    return file;
  };

  test("exactly 5,242,880 bytes are read, as JSON and as a file", async () => {
    const { token } = await makeAccount();
    const image = dataUri(filledTo(5_242_880));
    await expectStatus(await app.request(JSON_PATH, jsonRequest(token, { image })), 200);
    const file = png(filledTo(5_242_880));
    await expectStatus(await app.request(FORM_PATH, formRequest(token, { file })), 200);
  });

  test("one byte more is refused with the numbers", async () => {
    const { token } = await makeAccount();
    const file = png(filledTo(5_242_881));
    const response = await app.request(FORM_PATH, formRequest(token, { file }));
    const answer = await expectStatus(response, 422);
    expect(answer.code).toBe("image.too_large");
    expect(answer.detail).toContain("5,242,881");
    expect(answer.detail).toContain("5,242,880");
  });

  test("a body over 7.5 MB is refused before it is read to the end", async () => {
    const { token, accountId } = await makeAccount();
    let sent = 0;
    const chunk = new Uint8Array(MEGABYTE);
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const response = await app.request(JSON_PATH, {
      ...jsonRequest(token, ""),
      body: endless,
      duplex: "half",
    } as RequestInit);
    expect((await expectStatus(response, 422)).code).toBe("request.too_large");
    expect(sent).toBeLessThan(12 * MEGABYTE);
    expect(await usedToday(accountId)).toBe(0);
  });
});
