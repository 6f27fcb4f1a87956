import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publicKeyOf } from "../../packages/core/src/token/key.ts";
import { ROOT } from "../../packages/functions/infra/bundle.ts";
import { ALARM, all, FUNCTION, inputs, variables } from "./stages.ts";

test("the OCR function never sees what tokens are signed with", () => {
  const seed = variables("WebFunction").TOKEN_SIGNING_SEED;
  expect(Buffer.from(seed, "base64")).toHaveLength(32);
  const environment = variables("OcrFunction");
  expect(Object.keys(environment).sort()).toEqual([
    "BASE_URL",
    "METRICS",
    "OCR_QUEUE",
    "OCR_THREADS",
    "SST_KEY",
    "SST_KEY_FILE",
    "SST_RESOURCE_App",
    "TABLE_NAME",
    "TESSDATA_DIR",
    "TOKEN_PUBLIC_KEYS",
    "UPLOADS_BUCKET",
  ]);
  for (const name of ["OcrFunction", "AuthoriserFunction", "NightlyFunction"]) {
    expect(JSON.stringify(inputs(FUNCTION, name)), name).not.toContain(seed);
  }
});

test("the web function has Stripe's keys, and the OCR function has none of them", () => {
  expect(variables("WebFunction")).toMatchObject({
    STRIPE_SECRET_KEY: "sk_test_check",
    STRIPE_WEBHOOK_SECRET: "whsec_check",
    STRIPE_PRICE_PRO_REQUESTS: "price_pro_requests",
  });
  expect(JSON.stringify(inputs(FUNCTION, "OcrFunction"))).not.toContain("STRIPE");
});

test("a new key signs while the one before is still accepted", () => {
  const seeds = all("random:index/randomBytes:RandomBytes").map(({ name }) => name);
  expect(seeds).toContain("TokenSeed1");
  expect(seeds).toContain("TokenSeed2");
  const keys = variables("OcrFunction").TOKEN_PUBLIC_KEYS.split(",");
  expect(new Set(keys).size).toBe(2);
  expect(keys[0]).toBe(publicKeyOf(variables("WebFunction").TOKEN_SIGNING_SEED));
});

test("both functions run on Node 24 with the memory, time and language data they are meant to have", () => {
  const common = { runtime: "nodejs24.x", architectures: ["x86_64"], packageType: "Zip" };
  expect(inputs(FUNCTION, "OcrFunction")).toMatchObject({
    ...common,
    handler: "ocr.handler",
    memorySize: 1769,
    timeout: 28,
    layers: ["arn:aws:lambda:us-east-1:123456789012:Languages"],
  });
  expect(variables("OcrFunction")).toMatchObject({
    OCR_THREADS: "1",
    TESSDATA_DIR: "/opt/tessdata",
  });
  expect(inputs(FUNCTION, "WebFunction")).toMatchObject({
    ...common,
    handler: "web.handler",
    memorySize: 512,
    timeout: 15,
  });
  expect(inputs(FUNCTION, "WebFunction").layers).toBeUndefined();
});

test("the table is billed by request, recoverable, and forgets what has expired", () => {
  expect(inputs("aws:dynamodb/table:Table", "TableTable")).toMatchObject({
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    pointInTimeRecovery: { enabled: true },
    ttl: { attributeName: "expiresAt", enabled: true },
  });
});

test("the table of production cannot be deleted, and that of another stage can", () => {
  const table = (stage: "dev" | "production") =>
    inputs("aws:dynamodb/table:Table", "TableTable", stage).deletionProtectionEnabled;
  expect(table("production")).toBe(true);
  expect(table("dev")).toBe(false);
});

test("the gateway sends the API to the OCR function and everything else to the web function", () => {
  const routes = all("aws:apigatewayv2/route:Route").map(({ inputs: { routeKey, target } }) => {
    const name = target.replace(/^integrations\//, "").replace(/-id$/, "");
    const { integrationUri, ...integration } = inputs(
      "aws:apigatewayv2/integration:Integration",
      name,
    );
    expect(integration).toMatchObject({
      integrationType: "AWS_PROXY",
      payloadFormatVersion: "2.0",
    });
    return `${routeKey} -> ${integrationUri.split(":").at(-1)}`;
  });
  expect(routes.sort()).toEqual([
    "$default -> WebFunction",
    "ANY /api/ocr/{proxy+} -> OcrFunction",
    "ANY /health -> OcrFunction",
  ]);
});

test("the gateway is throttled, writes an access log, and leaves CORS to the functions", () => {
  const stage = inputs("aws:apigatewayv2/stage:Stage", "ApiStage");
  expect(stage.defaultRouteSettings).toEqual({
    throttlingRateLimit: 100,
    throttlingBurstLimit: 200,
  });
  expect(stage.accessLogSettings.destinationArn).toContain("ApiAccessLog");
  expect(inputs("aws:apigatewayv2/api:Api", "ApiApi").corsConfiguration).toEqual({});
});

test("the jobs of the night run at half past midnight, UTC, and may take a quarter of an hour", () => {
  const schedule = inputs("aws:scheduler/schedule:Schedule", "EveryNightSchedule");
  expect(schedule).toMatchObject({
    scheduleExpression: "cron(30 0 * * ? *)",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
  });
  expect(schedule.target.arn).toContain("NightlyFunction");
  expect(inputs(FUNCTION, "NightlyFunction")).toMatchObject({
    runtime: "nodejs24.x",
    handler: "nightly.handler",
    memorySize: 512,
    timeout: 900,
  });
});

test("no log is kept for longer than a month", () => {
  const groups = all("aws:cloudwatch/logGroup:LogGroup");
  expect(groups.map(({ name }) => name).sort()).toEqual([
    "ApiAccessLog",
    "AuthoriserLogs",
    "NightlyLogs",
    "OcrLogs",
    "WebLogs",
  ]);
  for (const group of groups) expect(group.inputs.retentionInDays, group.name).toBe(30);
});

test("CloudFront caches no answer, waits longer than a reading takes, and checks the body first", () => {
  const cdn = inputs("aws:cloudfront/distribution:Distribution", "RouterCdnDistribution");
  expect(cdn.origins).toHaveLength(1);
  expect(cdn.origins[0].customOriginConfig.originReadTimeout).toBe(30);
  expect(cdn.orderedCacheBehaviors).toEqual([]);
  expect(cdn.defaultCacheBehavior).toMatchObject({
    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    viewerProtocolPolicy: "redirect-to-https",
    functionAssociations: [{ eventType: "viewer-request" }],
  });
  const [edge] = all("aws:cloudfront/function:Function");
  expect(edge?.inputs.runtime).toBe("cloudfront-js-2.0");
  expect(edge?.inputs.code).toMatch(/^import cf from "cloudfront";\n/);
  expect(edge?.inputs.code).toContain("request.too_large");
  expect(edge?.inputs.code).toContain(
    'domainName: "UploadApi-id.execute-api.us-east-1.amazonaws.com"',
  );
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
  expect(edge?.inputs.code.length).toBeLessThan(10_240);
});

test("CloudFront tells the web function whose request it is, with a secret that only they know", () => {
  const secret = variables("WebFunction").CDN_SECRET;
  expect(Buffer.from(secret, "base64")).toHaveLength(32);
  const cdn = inputs("aws:cloudfront/distribution:Distribution", "RouterCdnDistribution");
  expect(cdn.origins[0].customHeaders).toEqual([{ name: "x-cdn-secret", value: secret }]);
  const [edge] = all("aws:cloudfront/function:Function");
  expect(edge?.inputs.code).toContain('headers["x-viewer-address"] = { value: event.viewer.ip }');
  expect(JSON.stringify(variables("OcrFunction"))).not.toContain(secret);
});

test("an operator who gives an address is mailed about errors, slowness, throttling and crashes", () => {
  expect(
    all(ALARM)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "CountsDiffer",
    "NightlyFailed",
    "NightlyMissed",
    "OcrCrashed",
    "OcrSlow",
    "OcrThrottled",
    "ServerErrors",
    "WebCrashed",
    "WebThrottled",
  ]);
  for (const alarm of all(ALARM)) {
    expect(alarm.inputs.alarmActions).toEqual(["arn:aws:sns:us-east-1:123456789012:Alarms"]);
    const isMissed = alarm.name === "NightlyMissed";
    expect(alarm.inputs.treatMissingData, alarm.name).toBe(isMissed ? "breaching" : "notBreaching");
  }
  expect(inputs("aws:sns/topicSubscription:TopicSubscription", "AlarmsMail")).toMatchObject({
    protocol: "email",
    endpoint: "operator@example.com",
  });
});

test("the zip of the OCR function is at most 15 MB, and the language layer at most 50 MB", () => {
  expect(statSync(join(ROOT, ".sst/artifacts/Ocr/code.zip")).size).toBeLessThan(15_000_000);
  // Uncompressed, so an upper bound; the gateway of Lambda takes 50 MB in one upload.
  const folder = join(ROOT, "packages/core/tessdata");
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(50_000_000);
});
