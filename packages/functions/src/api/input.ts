import { VisibleError } from "@imagetotext/core/error";
import { MAX_BODY_BYTES } from "./limit.ts";
import { ExtractTextRequest } from "./schema.ts";

/** What a request asks for, unpacked. `bytes` are the file's, not checked yet. */
type Input = {
  bytes: Uint8Array;
  /** Media type without parameters, or empty. */
  declaredType: string;
  language: unknown;
  /** Deletes what was kept of the body before the request. Call it when the receipt is written. */
  discard?: () => Promise<void>;
};

/** Unpacks the body of a request of this account. */
export type Unpack = (request: Request, accountId: string) => Promise<Input>;

/** A sender that is silent for so long is given up, so that it cannot hold a reservation for ever. */
const SILENCE_MS = 15_000;

/** `data:`, a media type and its parameters: what comes before the comma. Characters. */
const MAX_PREFIX = 200;

/**
 * `{"image": "data:image/png;base64,...", "language"?: "eng"}`
 * @throws VisibleError request.*, image.missing, image.invalid_base64
 */
export async function fromJson(request: Request): Promise<Input> {
  const type = mediaType(request);
  if (type !== "application/json" && !type.endsWith("+json")) {
    throw new VisibleError("request.content_type", "Send Content-Type: application/json.");
  }
  const { image, language } = parseRequest(await readBody(request));
  return { ...fromDataUri(image), language };
}

/**
 * multipart/form-data with one file in `file`, and optionally `language`.
 * @throws VisibleError request.*, image.missing, image.several, image.not_a_file
 */
export async function fromForm(request: Request): Promise<Input> {
  if (mediaType(request) !== "multipart/form-data") {
    throw new VisibleError("request.content_type", "Send Content-Type: multipart/form-data.");
  }
  const form = await parseForm(request, await readBody(request));
  const files = [...form.values()].filter((value) => typeof value !== "string");
  if (files.length > 1 || form.getAll("file").length > 1) throw new VisibleError("image.several");
  const file = form.get("file");
  if (file === null) throw new VisibleError("image.missing", "Send the image in `file`.");
  if (typeof file === "string") throw new VisibleError("image.not_a_file");
  return {
    bytes: new Uint8Array(await file.arrayBuffer()),
    declaredType: withoutParameters(file.type),
    language: form.get("language"),
  };
}

/** Lenient where nothing can be lost: white space, missing padding, the url-safe alphabet. */
function fromDataUri(uri: string): { bytes: Uint8Array; declaredType: string } {
  const [prefix, comma] = splitPrefix(uri);
  const [scheme = "", ...parameters] = prefix.split(";");
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === "base64");
  if (!scheme.toLowerCase().startsWith("data:") || !isBase64) {
    throw new VisibleError("image.invalid_base64");
  }
  const base64 = uri.slice(comma + 1).replace(/\s+/g, "");
  // Buffer would skip any other character in silence, and read an image that was not sent.
  if (!/^[\w+/-]*={0,2}$/.test(base64) || base64.replace(/=+$/, "").length % 4 === 1) {
    throw new VisibleError("image.invalid_base64", "What follows the comma is not base64.");
  }
  return {
    bytes: new Uint8Array(Buffer.from(base64, "base64")),
    declaredType: scheme.slice("data:".length).trim(),
  };
}

/** Looks no further than a prefix can reach: the string may be 7 MB long. */
function splitPrefix(uri: string): [prefix: string, comma: number] {
  const comma = uri.slice(0, MAX_PREFIX).indexOf(",");
  if (comma < 0) throw new VisibleError("image.invalid_base64");
  return [uri.slice(0, comma).trim(), comma];
}

function parseRequest(body: Uint8Array<ArrayBuffer>): ExtractTextRequest {
  const parsed = ExtractTextRequest.safeParse(parseJson(body), { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.path[0] === "language") {
    throw new VisibleError("language.unknown", "The language must be text.", { field: "language" });
  }
  if (issue?.path[0] !== "image") throw new VisibleError("request.invalid_json");
  const isMissing = issue.input === undefined || issue.input === null;
  throw new VisibleError(isMissing ? "image.missing" : "image.invalid_base64");
}

function parseJson(body: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new VisibleError("request.invalid_json", undefined, { cause });
  }
}

async function parseForm(request: Request, body: Uint8Array<ArrayBuffer>): Promise<FormData> {
  const contentType = request.headers.get("content-type") ?? "";
  try {
    return await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch (cause) {
    throw new VisibleError("request.invalid_form", undefined, { cause });
  }
}

/** Reads no more than MAX_BODY_BYTES, whatever Content-Length says. */
async function readBody(request: Request): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () =>
    new VisibleError(
      "request.too_large",
      `The body is larger than ${MAX_BODY_BYTES.toLocaleString("en")} bytes. Send an image of at most 5 MB (5,242,880 bytes).`,
    );
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of untilSilent(request.body)) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof VisibleError) throw cause;
    throw new VisibleError("request.incomplete", undefined, { cause });
  }
  return Buffer.concat(chunks, size);
}

/** The stream's chunks; it fails when the next one does not come in time. */
async function* untilSilent(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const stopped = new Promise<never>((_, reject) => {
    silence.signal.addEventListener("abort", () => reject(new Error("no more of the body came")));
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), stopped]);
      if (done) return;
      timer.refresh();
      yield value;
    }
  } finally {
    clearTimeout(timer);
    // What is left of the body is not wanted; a failure to say so changes nothing.
    void reader.cancel().catch(() => {});
  }
}

function mediaType(request: Request): string {
  return withoutParameters(request.headers.get("content-type") ?? "");
}

function withoutParameters(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}
