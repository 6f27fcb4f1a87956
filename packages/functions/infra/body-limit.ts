import { ERRORS } from "../../core/src/error.ts";
import { MAX_BODY_BYTES } from "../src/api/limit.ts";

/**
 * The 6 MB trap. A Lambda event is at most 6 MB, and the gateway sends a form as base64, a third larger.
 * What does not fit the gateway would refuse with a 413 of its own. So CloudFront, which stands before
 * it, looks at Content-Length: a body that fits goes on, a larger one goes to the gateway for uploads
 * (uploads.ts), and one that no image needs is refused with the 422 that the contract promises.
 */

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, bytes. */
const EVENT_BYTES = 6_291_456;

/**
 * The event around the body: 1 kB of its own, and at most 10,240 bytes of headers, which JSON may
 * lengthen. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
const ENVELOPE_BYTES = 16_384;

/** Bodies that arrive as text (JSON) and as base64 (all others), at most. Bytes. */
export const BODY_LIMITS = {
  // The event is JSON: a backslash in the body takes two bytes. PHP writes base64's `/` as `\/`, one
  // byte in 64; base64 broken into lines has one `\n` in 64. Both together: 2 more in 66.
  json: Math.floor(((EVENT_BYTES - ENVELOPE_BYTES) * 32) / 33),
  form: Math.floor((EVENT_BYTES - ENVELOPE_BYTES) / 4) * 3,
};

/**
 * The code of a CloudFront function, run with `event` in scope before a request goes on, and with `cf`,
 * the module "cloudfront". It knows only
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 * @param uploads the gateway for large bodies
 */
export function bodyLimitCode(uploads: { domain: string; stage: string }): string {
  return `
  var request = event.request;
  if (request.method === "POST" && request.uri.indexOf("/api/ocr/") === 0) {
    var type = request.headers["content-type"] ? request.headers["content-type"].value : "";
    var length = request.headers["content-length"] ? request.headers["content-length"].value : "";
    var isJson = /^application\\/json\\b/i.test(type.trim());
    var path = request.uri.replace(/\\/+$/, "");
    var isStored = path === "/api/ocr/extract-text" || path === "/api/ocr/extract-text-from-file";
    var fits = isJson ? ${BODY_LIMITS.json} : ${BODY_LIMITS.form};
    var refusal = length === "" ? ${refusal("request.length_required")} : Number(length) > (isStored ? ${MAX_BODY_BYTES} : fits) ? ${refusal("request.too_large")} : null;
    if (refusal) {
      refusal.doc_url = "https://" + request.headers.host.value + "/api-docs#" + refusal.code;
      refusal.request_id = event.context.requestId;
      refusal.errors = { body: [refusal.detail] };
      return {
        statusCode: 422,
        statusDescription: "Unprocessable Content",
        headers: {
          "content-type": { value: "application/json" },
          "cache-control": { value: "no-store" },
          "x-content-type-options": { value: "nosniff" },
          "x-request-id": { value: event.context.requestId },
          "access-control-allow-origin": { value: "*" },
          "access-control-expose-headers": { value: "X-Request-Id" }
        },
        body: { encoding: "text", data: JSON.stringify(refusal) }
      };
    }
    if (Number(length) > fits) {
      request.headers["x-forwarded-host"] = request.headers.host;
      request.uri = "/${uploads.stage}" + path;
      cf.updateRequestOrigin({
        domainName: "${uploads.domain}",
        customOriginConfig: { port: 443, protocol: "https", sslProtocols: ["TLSv1.2"] },
        originAccessControlConfig: { enabled: false }
      });
    }
  }`;
}

function refusal(code: "request.length_required" | "request.too_large"): string {
  const { message, advice } = ERRORS[code];
  return JSON.stringify({ success: false, message, detail: advice, code });
}
