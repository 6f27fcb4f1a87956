import { ERRORS, type ErrorCode } from "../../core/src/error.ts";

/** What a page of another site may read of an answer of the gateway for uploads. */
export const EXPOSED_HEADERS = "'X-Request-Id, Retry-After, WWW-Authenticate'";

/**
 * What the gateway for uploads answers without having stored anything, in the shape of all failures. A
 * template of these is plain text, in which variables are replaced: `site` is one of the stage (uploads.ts).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export const UPLOAD_REFUSALS = {
  ACCESS_DENIED: refusal(
    "401",
    {
      message: "$context.authorizer.message",
      detail: "$context.authorizer.detail",
      code: "$context.authorizer.code",
      doc_url: "$context.authorizer.doc_url",
    },
    { "WWW-Authenticate": "Bearer" },
  ),
  THROTTLED: refusal("429", failure("request.throttled"), { "Retry-After": "1" }),
  REQUEST_TOO_LARGE: refusal("422", invalid("request.too_large")),
  DEFAULT_4XX: refusal("422", invalid("request.invalid_http")),
  DEFAULT_5XX: refusal("503", failure("upload.unavailable"), { "Retry-After": "5" }),
};

function refusal(statusCode: string, body: object, headers: Record<string, string> = {}) {
  const responseParameters: Record<string, string> = {
    "gatewayresponse.header.X-Request-Id": "context.requestId",
    "gatewayresponse.header.Cache-Control": "'no-store'",
    "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
    "gatewayresponse.header.Access-Control-Expose-Headers": EXPOSED_HEADERS,
  };
  for (const [name, value] of Object.entries(headers)) {
    responseParameters[`gatewayresponse.header.${name}`] = `'${value}'`;
  }
  const answer = { success: false, ...body, request_id: "$context.requestId" };
  return {
    statusCode,
    responseParameters,
    responseTemplates: { "application/json": JSON.stringify(answer) },
  };
}

function failure(code: ErrorCode) {
  const { message, advice } = ERRORS[code];
  const doc_url = `$stageVariables.site/api-docs#${code}`;
  return { message, detail: advice, code, doc_url };
}

function invalid(code: ErrorCode) {
  const told = failure(code);
  return { ...told, errors: { body: [told.detail] } };
}
