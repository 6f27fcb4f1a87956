import { Hono } from "hono";
import { expect, test } from "vitest";
import { viewerAddressCode } from "../../packages/functions/infra/viewer-address.ts";
import { clientAddress } from "../../packages/functions/src/web/client-address.ts";

/** Whose tries are counted: the address that the client cannot choose. */

const SECRET = "Zm9yIGFsbCB3aG8gY29tZSBieSBDbG91ZEZyb250Lg==";
process.env.CDN_SECRET = SECRET;

const app = new Hono().get("/", (c) => c.text(clientAddress(c)));

const GATEWAY = { requestContext: { http: { sourceIp: "192.0.2.10" } } };

async function addressOf(headers: Record<string, string>, env: object = GATEWAY): Promise<string> {
  return (await app.request("/", { headers }, env)).text();
}

/** The headers that the gateway gets when a viewer with this address sends these by CloudFront. */
function byCloudFront(ip: string, sent: Record<string, string>): Record<string, string> {
  const values = Object.entries(sent).map(([name, value]) => [name, { value }]);
  const event = { viewer: { ip }, request: { headers: Object.fromEntries(values) } };
  new Function("event", viewerAddressCode())(event);
  const headers: Record<string, { value: string }> = event.request.headers;
  const received = Object.entries(headers).map(([name, { value }]) => [name, value]);
  return { ...Object.fromEntries(received), "x-cdn-secret": SECRET };
}

const FORGED = {
  "x-forwarded-for": "203.0.113.66",
  "x-real-ip": "203.0.113.66",
  forwarded: "for=203.0.113.66",
  "cloudfront-viewer-address": "203.0.113.66:443",
  "x-viewer-address": "203.0.113.66",
};

test("behind CloudFront it is the viewer's, whatever headers the viewer sends", async () => {
  expect(await addressOf(byCloudFront("198.51.100.7", {}))).toBe("198.51.100.7");
  expect(await addressOf(byCloudFront("198.51.100.7", FORGED))).toBe("198.51.100.7");
  expect(await addressOf(byCloudFront("2001:db8::7", FORGED))).toBe("2001:db8::7");
});

test("who calls the gateway around CloudFront is counted by the address of the connection", async () => {
  for (const secret of ["", "guess", `${SECRET}x`, SECRET.toLowerCase()]) {
    expect(await addressOf({ ...FORGED, "x-cdn-secret": secret })).toBe("192.0.2.10");
  }
  expect(await addressOf(FORGED)).toBe("192.0.2.10");
});

test("on a server it is the socket's", async () => {
  const env = { incoming: { socket: { remoteAddress: "192.0.2.20" } } };
  expect(await addressOf(FORGED, env)).toBe("192.0.2.20");
});
