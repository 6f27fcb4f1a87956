import { ERRORS, type ErrorCode } from "../../core/src/error.ts";
import { EXPOSED_HEADERS, UPLOAD_REFUSALS } from "./upload-refusals.ts";

/**
 * The gateway for bodies that do not fit a Lambda's event, as the OpenAPI document that AWS makes a REST
 * API from: POST stores the body in the bucket, where nobody but its account finds it, and answers 303 to
 * the place that reads it. A REST API takes 10 MB, and an integration with S3 hands them on as they
 * are.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function uploadApi(aws: {
  region: string;
  bucket: string;
  /** May put objects into the bucket. */
  roleArn: string;
  authoriserArn: string;
}) {
  const paths = ["/api/ocr/extract-text", "/api/ocr/extract-text-from-file"];
  return {
    swagger: "2.0",
    info: { title: "imagetotext uploads", version: "1" },
    // JSON is text, and no other body is a call that can be answered.
    "x-amazon-apigateway-binary-media-types": ["multipart/form-data"],
    securityDefinitions: {
      token: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
          type: "request",
          // Without a source its verdict is never cached: each upload has an id of its own.
          authorizerResultTtlInSeconds: 0,
          authorizerUri: invocationUri(
            aws.region,
            `lambda:path/2015-03-31/functions/${aws.authoriserArn}/invocations`,
          ),
        },
      },
    },
    "x-amazon-apigateway-gateway-responses": UPLOAD_REFUSALS,
    paths: Object.fromEntries(paths.map((path) => [path, { post: storing(path, aws) }])),
  };
}

function storing(path: string, aws: Parameters<typeof uploadApi>[0]) {
  const headers = [
    "Location",
    "Retry-After",
    "X-Request-Id",
    "Cache-Control",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
  ];
  const described = {
    headers: Object.fromEntries(headers.map((name) => [name, { type: "string" }])),
  };
  return {
    consumes: ["*/*"],
    produces: ["application/json"],
    parameters: [{ name: "Content-Type", in: "header", type: "string" }],
    security: [{ token: [] }],
    responses: { 303: described, 503: described },
    "x-amazon-apigateway-integration": {
      type: "aws",
      httpMethod: "PUT",
      uri: invocationUri(aws.region, `s3:path/${aws.bucket}/{account}/{upload}`),
      credentials: aws.roleArn,
      passthroughBehavior: "when_no_match",
      requestParameters: {
        "integration.request.path.account": "context.authorizer.account",
        "integration.request.path.upload": "context.authorizer.upload",
        "integration.request.header.Content-Type": "method.request.header.Content-Type",
      },
      responses: {
        200: answer("upload.stored", "303", {
          Location: `${path}/stored?upload=$context.authorizer.upload`,
        }),
        default: answer("upload.unavailable", "503", { "Retry-After": "5" }),
      },
    },
  };
}

/** A response in the shape of all failures. What is only known in the gateway is set by its template. */
function answer(code: ErrorCode, statusCode: string, headers: Record<string, string>) {
  const overrides = Object.entries({ ...headers, "X-Request-Id": "$context.requestId" }).map(
    ([name, value]) => `#set($context.responseOverride.header.${name} = "${value}")`,
  );
  const { message, advice } = ERRORS[code];
  const body = {
    success: false,
    message,
    detail: advice,
    code,
    // A template takes `#` for a directive of its own.
    doc_url: `https://$util.escapeJavaScript($input.params().header.get('x-forwarded-host'))/api-docs$util.urlDecode('%23')${code}`,
    request_id: "$context.requestId",
  };
  return {
    statusCode,
    responseParameters: {
      "method.response.header.Cache-Control": "'no-store'",
      "method.response.header.Access-Control-Allow-Origin": "'*'",
      "method.response.header.Access-Control-Expose-Headers": EXPOSED_HEADERS,
    },
    responseTemplates: { "application/json": `${overrides.join("")}${JSON.stringify(body)}` },
  };
}

function invocationUri(region: string, target: string): string {
  const [service, path] = target.split(/:(.*)/);
  return `arn:aws:apigateway:${region}:${service}:${path}`;
}
