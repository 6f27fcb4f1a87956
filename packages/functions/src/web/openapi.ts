import { ERRORS, type ErrorCode } from "@imagetotext/core/error";
import * as z from "zod";
import { STATUS } from "../api/error.ts";
import {
  ExtractAnswer,
  ExtractFileRequest,
  ExtractTextRequest,
  Failure,
  HealthAnswer,
  UsageAnswer,
} from "../api/schema.ts";

/** The only way to a stored body is such an answer, so its address has no path of its own here. */
const STORED =
  "upload.stored: on AWS, a body of more than about 4.7 MB is stored first. GET the address in `Location`, which ends in `/stored` and answers as this call would have; most clients do it by themselves.";

const EXTRACT_STATUSES = [303, 401, 403, 405, 409, 422, 429, 500, 503];

/** The OpenAPI 3.1 description, made from the schemas that check requests and type answers. */
export function openApiDocument(serverUrl: string) {
  const schemas = z.toJSONSchema(z.globalRegistry, {
    uri: (id) => `#/components/schemas/${id}`,
  }).schemas;
  for (const schema of Object.values(schemas)) {
    delete schema.$id;
    delete schema.$schema;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "imagetotext",
      version: "1",
      description: "Reads the text in images. Errors have one shape; `code` is stable.",
    },
    servers: [{ url: serverUrl }],
    security: [{ token: [] }],
    paths: {
      "/api/ocr/extract-text": {
        post: operation("extractText", "Read an image sent as base64 in JSON", {
          parameters: [IDEMPOTENCY_KEY],
          requestBody: body("application/json", ExtractTextRequest),
          responses: extractResponses(),
        }),
      },
      "/api/ocr/extract-text-from-file": {
        post: operation("extractTextFromFile", "Read an image sent as a file", {
          parameters: [IDEMPOTENCY_KEY],
          requestBody: body("multipart/form-data", ExtractFileRequest),
          responses: extractResponses(),
        }),
      },
      "/api/ocr/usage": {
        get: operation("usage", "How much of today is used. Free of charge", {
          responses: {
            ...answer(UsageAnswer, ALLOWANCE_HEADERS),
            ...failures([401, 403, 405, 500, 503]),
          },
        }),
      },
      "/health": {
        get: operation("health", "Whether the table and the engine answer", {
          security: [],
          responses: { ...answer(HealthAnswer), ...failures([503]) },
        }),
      },
      "/openapi.json": {
        get: operation("openapi", "This description", {
          security: [],
          responses: {
            200: {
              description: "OK",
              content: { "application/json": { schema: { type: "object" } } },
            },
          },
        }),
      },
    },
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "The token of your dashboard." },
      },
      headers: HEADERS,
    },
  };
}

/** draft-ietf-httpapi-idempotency-key-header */
const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Makes retries safe: the same key with the same image is charged once in 24 hours. A new key for each image.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
  example: "5f0c7c1e-2b7a-4b0e-9f0a-0d3f5f1f6a11",
};

const ALLOWANCE_HEADERS = {
  RateLimit: header("Requests left today and seconds until the next day.", '"daily";r=57;t=30211'),
  "RateLimit-Policy": header("Requests a day.", '"daily";q=100;w=86400'),
  "X-RateLimit-Limit": header("Requests a day.", "100"),
  "X-RateLimit-Remaining": header("Requests left today.", "57"),
  "X-RateLimit-Reset": header("When the next day begins, Unix seconds.", "1795392000"),
};

const REPLAY_HEADER = {
  "Idempotency-Replayed": header("`true` on the answer to a retry, which is not charged.", "true"),
};

const REDIRECT_HEADER = {
  Location: header(
    "Where the answer is: GET it with the same headers.",
    "/api/ocr/extract-text/stored?upload=3d4c1f6e-7a52-4b8e-9c55-0e6f3a1b2c7d",
  ),
};

const HEADERS = { ...ALLOWANCE_HEADERS, ...REPLAY_HEADER, ...REDIRECT_HEADER };

function header(description: string, example: string) {
  return { description, schema: { type: "string" }, example };
}

function operation<T extends object>(operationId: string, summary: string, rest: T) {
  return { operationId, summary, ...rest };
}

function body(mediaType: string, schema: z.ZodType) {
  return { required: true, content: { [mediaType]: { schema: reference(schema) } } };
}

function extractResponses() {
  const refusals = failures(EXTRACT_STATUSES);
  return {
    ...answer(ExtractAnswer, { ...ALLOWANCE_HEADERS, ...REPLAY_HEADER }),
    ...refusals,
    303: { ...refusals[303], description: STORED, headers: references(REDIRECT_HEADER) },
  };
}

function answer(schema: z.ZodType, headers: Partial<typeof HEADERS> = {}) {
  const content = { "application/json": { schema: reference(schema) } };
  return { 200: { description: "OK", headers: references(headers), content } };
}

function references(headers: Partial<typeof HEADERS>) {
  const names = Object.keys(headers);
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function failures(statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: codesOf(status).join(", "),
        content: { "application/json": { schema: reference(Failure) } },
      },
    ]),
  );
}

/** What only the pages of an account meet. */
const PAGE_CODES =
  /^(billing|email|password|session|link|mail)\.|^account\.(exists|unknown|throttled)$|^token\.(none|replaced)$|^request\.cross_site$/;

function codesOf(status: number): string[] {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => !PAGE_CODES.test(code));
  return codes.filter((code) => STATUS[ERRORS[code].kind] === status);
}

function reference(schema: z.ZodType) {
  return { $ref: `#/components/schemas/${schema.meta()?.id}` };
}
