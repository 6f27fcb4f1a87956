import { randomUUID } from "node:crypto";
import { uploadApi } from "../../packages/functions/infra/upload-api.ts";
import type { handler } from "../../packages/functions/src/authoriser.ts";

/**
 * The gateway for uploads: does what the document that AWS would get says, as far as the document goes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */

const DOCUMENT = uploadApi({
  region: "us-east-1",
  bucket: "uploads",
  roleArn: "arn:aws:iam::123456789012:role/UploadRole",
  authoriserArn: "arn:aws:lambda:us-east-1:123456789012:function:Authoriser",
});

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BYTES = 10 * 1024 * 1024;

/** The variables of its stage. */
const STAGE: Record<string, string> = { site: "https://ocr.example.com" };

type Verdict = Awaited<ReturnType<typeof handler>>;
type Authorise = (event: Parameters<typeof handler>[0]) => Promise<Verdict>;

type Upload = {
  /** Without the stage. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
};

/** Answers a POST as the gateway would. @param bucketUrl where S3 is */
export async function postUpload(
  { path, headers, body }: Upload,
  authorise: Authorise,
  bucketUrl: string,
): Promise<Response> {
  const method = DOCUMENT.paths[path]?.post;
  if (!method) return refuse("DEFAULT_4XX");
  if (body.length > MAX_BYTES) return refuse("REQUEST_TOO_LARGE");
  const requestId = randomUUID();
  const methodArn = `arn:aws:execute-api:us-east-1:123456789012:api/upload/POST${path}`;
  const verdict = await authorise({ methodArn, headers, requestContext: { requestId } });
  const read = variables(verdict, requestId, headers);
  const [{ Effect } = { Effect: "Deny" }] = verdict.policyDocument.Statement;
  if (Effect !== "Allow") return refuse("ACCESS_DENIED", read);
  const integration = method["x-amazon-apigateway-integration"];
  const { "integration.request.header.Content-Type": type, ...parts } =
    integration.requestParameters;
  let target = integration.uri.replace("arn:aws:apigateway:us-east-1:s3:path", bucketUrl);
  for (const [name, value] of Object.entries(parts)) {
    target = target.replace(`{${name.split(".").at(-1)}}`, read(value));
  }
  const stored = await fetch(target, {
    method: integration.httpMethod,
    headers: { "content-type": read(type) },
    body: new Uint8Array(body),
  });
  const response = integration.responses[stored.status === 200 ? 200 : "default"];
  return respond({ ...response, parameters: response.responseParameters }, read);
}

const REFUSALS = DOCUMENT["x-amazon-apigateway-gateway-responses"];

/** Answers as the gateway does by itself. */
export function refuse(type: keyof typeof REFUSALS, read: Read = () => randomUUID()): Response {
  const { responseParameters, ...refusal } = REFUSALS[type];
  return respond({ ...refusal, parameters: responseParameters }, read);
}

/** What `context.…` and `method.request.…` stand for. */
function variables(verdict: Verdict, requestId: string, headers: Record<string, string>) {
  return (expression: string): string => {
    const [scope, ...path] = expression.split(".");
    const name = path.at(-1) ?? "";
    if (scope === "method") return headers[name.toLowerCase()] ?? "";
    if (path[0] === "authorizer") return verdict.context[name] ?? "";
    if (expression === "context.requestId") return requestId;
    throw new Error(`${expression} is not known here`);
  };
}

type Described = {
  statusCode: string;
  parameters: Record<string, string>;
  responseTemplates: { "application/json": string };
};

function respond({ statusCode, parameters, responseTemplates }: Described, read: Read): Response {
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of Object.entries(parameters)) {
    const isLiteral = value.startsWith("'");
    headers.set(name.split(".").at(-1) ?? "", isLiteral ? value.slice(1, -1) : read(value));
  }
  const filled = responseTemplates["application/json"]
    .replace(
      /\$util\.escapeJavaScript\(\$input\.params\(\)\.header\.get\('([\w-]+)'\)\)/g,
      (_, name) => read(`method.request.header.${name}`),
    )
    .replaceAll("$util.urlDecode('%23')", "#")
    .replace(/\$stageVariables\.(\w+)/g, (_, name) => STAGE[name] ?? "")
    .replace(/\$(context\.(?!responseOverride)[\w.]+)/g, (_, expression) => read(expression));
  const set = /#set\(\$context\.responseOverride\.header\.([\w-]+) = "([^"]*)"\)/g;
  for (const [, name = "", value = ""] of filled.matchAll(set)) headers.set(name, value);
  return new Response(filled.replace(set, ""), { status: Number(statusCode), headers });
}

type Read = ReturnType<typeof variables>;
