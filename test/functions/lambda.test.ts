import { readFileSync } from "node:fs";
import type { APIGatewayProxyResult, LambdaEvent } from "hono/aws-lambda";
import { expect, test } from "vitest";
import { handler as ocr } from "../../packages/functions/src/ocr.ts";
import { handler as web } from "../../packages/functions/src/web.ts";
import { makeAccount, usedToday } from "../support/account.ts";
import { fixture } from "../support/app.ts";

/** The Lambda entries, called with events as API Gateway (payload 2.0) sends them. */

const RECORDED = readFileSync(
  new URL("../fixture/api-gateway-v2-event.json", import.meta.url),
  "utf8",
);

type Event = {
  rawPath: string;
  headers: Record<string, string>;
  requestContext: { http: { method: string; path: string } };
  body: string;
};

const invoke = (handler: typeof ocr, event: Event): Promise<APIGatewayProxyResult> =>
  handler(event as unknown as LambdaEvent);

function eventOf(token: string, body: Buffer): Event {
  const event: Event = JSON.parse(RECORDED.replace("TOKEN", token));
  event.headers["content-length"] = String(body.length);
  event.body = body.toString("base64");
  return event;
}

const BOUNDARY = "------------------------4f2a8c1d9b7e6a53";
const multipart = (file: Uint8Array) =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="receipt.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

test("the OCR function reads a file from a binary event", async () => {
  const { token, accountId } = await makeAccount();
  const answer = await invoke(ocr, eventOf(token, multipart(fixture("receipt.jpg"))));
  expect(answer.statusCode, answer.body).toBe(200);
  expect(JSON.parse(answer.body).data.text).toContain("HARBOUR STREET BAKERY");
  expect(answer.headers?.["content-type"]).toContain("application/json");
  expect(await usedToday(accountId)).toBe(1);
});

test("the OCR function refuses in the contract's JSON", async () => {
  const answer = await invoke(ocr, eventOf("itt_nothing", Buffer.alloc(0)));
  expect(answer.statusCode).toBe(401);
  expect(JSON.parse(answer.body).code).toBe("token.invalid");
});

test("the OCR function answers the health check, and the web function description, pages and pictures", async () => {
  const get = (path: string) => {
    const event = eventOf("none", Buffer.alloc(0));
    event.rawPath = path;
    Object.assign(event.requestContext.http, { method: "GET", path });
    return event;
  };
  expect((await invoke(ocr, get("/health"))).statusCode).toBe(200);
  const description = await invoke(web, get("/openapi.json"));
  expect(JSON.parse(description.body).openapi).toBe("3.1.0");
  expect((await invoke(web, get("/api/ocr/usage"))).statusCode).toBe(404);
  expect((await invoke(web, get("/dev/outbox"))).statusCode).toBe(404);
  const page = await invoke(web, get("/"));
  expect(page.body).toContain("<h1>Text out of images, over HTTP</h1>");
  const picture = await invoke(web, get("/sample/receipt.jpg"));
  expect(Buffer.from(picture.body, "base64")).toEqual(Buffer.from(fixture("receipt.jpg")));
});
