import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { bodyLimitCode } from "../../packages/functions/infra/body-limit.ts";
import { postUpload } from "../support/upload-gateway.ts";
import { type Answer, type Lambda, LambdaError } from "./lambda.ts";

/**
 * CloudFront and the HTTP API before the functions: the body limit at the edge, the routes of
 * sst.config.ts, events of payload format 2.0, and the gateway's own errors.
 */

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html, bytes. */
const GATEWAY_BYTES = 10 * 1024 * 1024;

/** Stands for the domain of the gateway for uploads. */
const UPLOADS = { domain: "uploads.example.com", stage: "upload" };

export type Gateway = { url: string; close: () => void };

export type Functions = { ocr: Lambda; web: Lambda; authoriser: Lambda };

/** @param bucketUrl where large bodies are put */
export async function openGateway(functions: Functions, bucketUrl: string): Promise<Gateway> {
  const edge = new Function("event", "cf", bodyLimitCode(UPLOADS));
  const server = createServer(async (request, response) => {
    const event = edgeEvent(request);
    let domain = "";
    const refusal = edge(event, {
      updateRequestOrigin: (origin: { domainName: string }) => {
        domain = origin.domainName;
      },
    });
    const body = await buffer(request).catch(() => undefined);
    if (!body) return;
    if (refusal) {
      for (const [name, { value }] of Object.entries<{ value: string }>(refusal.headers)) {
        response.setHeader(name, value);
      }
      response.writeHead(refusal.statusCode).end(refusal.body.data);
      return;
    }
    if (!domain && body.length > GATEWAY_BYTES)
      return fail(response, 413, "Request Entity Too Large");
    const { pathname } = new URL(request.url ?? "", "http://gateway");
    const isOcr = pathname.startsWith("/api/ocr/") || pathname === "/health";
    try {
      if (domain) return await relay(response, await store(event.request, body));
      const target = isOcr ? functions.ocr : functions.web;
      send(response, await target.invoke(eventOf(request, body)));
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      if (error.name === "TooLarge") return fail(response, 413, "Request Entity Too Large");
      if (error.name === "TimedOut") return fail(response, 503, "Service Unavailable");
      fail(response, 500, "Internal Server Error");
    }
  });
  const store = ({ uri, headers }: EdgeRequest, body: Buffer) => {
    const path = uri.slice(`/${UPLOADS.stage}`.length);
    const flat = Object.entries(headers).map(([name, { value }]) => [name, value]);
    const upload = { path, headers: Object.fromEntries(flat), body };
    return postUpload(upload, (event) => functions.authoriser.invoke(event), bucketUrl);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

type EdgeRequest = {
  method: string | undefined;
  uri: string;
  headers: Record<string, { value: string }>;
};

function edgeEvent(request: IncomingMessage): { context: object; request: EdgeRequest } {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    { value: String(value) },
  ]);
  return {
    context: { requestId: randomUUID() },
    request: {
      method: request.method,
      uri: new URL(request.url ?? "", "http://edge").pathname,
      headers: Object.fromEntries(headers),
    },
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function eventOf(request: IncomingMessage, body: Buffer): object {
  const { pathname, search } = new URL(request.url ?? "", "http://gateway");
  const { connection, ...kept } = request.headers;
  const headers = Object.fromEntries(Object.entries(kept).map(([name, v]) => [name, String(v)]));
  const type = request.headers["content-type"] ?? "";
  const isText = /^(text\/|application\/(json|javascript|xml)\b)/.test(type);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { ...headers, host: "abc123.execute-api.us-east-1.amazonaws.com" },
    requestContext: {
      accountId: "123456789012",
      apiId: "abc123",
      domainName: "abc123.execute-api.us-east-1.amazonaws.com",
      http: {
        method: request.method,
        path: pathname,
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.9",
      },
      requestId: randomUUID(),
      stage: "$default",
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 ? { body: body.toString(isText ? "utf8" : "base64") } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

async function relay(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(await answer.text());
}

function send(response: ServerResponse, answer: Answer): void {
  const { statusCode = 200, headers = {}, body = "", isBase64Encoded } = answer;
  response.writeHead(statusCode, headers);
  response.end(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ message }));
}
