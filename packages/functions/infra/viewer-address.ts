/**
 * The code of a CloudFront function, run with `event` in scope before a request goes on. The gateway
 * sees CloudFront's address, not the client's, by which log-ins are counted: so CloudFront says whose
 * request it is, over whatever the client said. front.ts lets it prove by a secret that it is
 * CloudFront, for the gateway has an address of its own, where anybody can make headers up.
 * packages/functions/src/web/client-address.ts reads both.
 */
export function viewerAddressCode(): string {
  return `
  event.request.headers["x-viewer-address"] = { value: event.viewer.ip };`;
}
