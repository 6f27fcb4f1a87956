import { timingSafeEqual } from "node:crypto";
import { config } from "@imagetotext/core/config";
import type { Context } from "hono";

/** What is set where the app runs: by API Gateway in a Lambda, by Node.js on a server. */
type Connection = {
  requestContext?: { http?: { sourceIp?: string } };
  incoming?: { socket?: { remoteAddress?: string } };
};

/**
 * The client's IP address, which tries are counted by. It is the address of the connection, which
 * nobody can make up. Behind CloudFront that is CloudFront's own, so there the address of the viewer
 * counts, in a header that CloudFront sets over whatever the client sent. Who calls the gateway around
 * CloudFront could make that header up, but does not know the secret beside it, and is counted by the
 * address of the connection. `X-Forwarded-For` is never looked at: its beginning is the client's.
 */
export function clientAddress(c: Context): string {
  const viewer = isFromCdn(c) ? c.req.header("x-viewer-address") : undefined;
  const { requestContext, incoming }: Connection = c.env ?? {};
  const connected = requestContext?.http?.sourceIp ?? incoming?.socket?.remoteAddress;
  return viewer ?? connected ?? "unknown";
}

function isFromCdn(c: Context): boolean {
  const expected = Buffer.from(config().site.cdnSecret ?? "");
  const sent = Buffer.from(c.req.header("x-cdn-secret") ?? "");
  return expected.length > 0 && sent.length === expected.length && timingSafeEqual(sent, expected);
}
