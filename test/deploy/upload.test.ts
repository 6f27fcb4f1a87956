import { expect, test } from "vitest";
import { all, FUNCTION, inputs } from "./stages.ts";

/** The way of bodies that do not fit a Lambda's event, as far as AWS is asked for it. */

const api = () => JSON.parse(inputs("aws:apigateway/restApi:RestApi", "UploadApi").body);

test("the bucket of uploads is closed to the public, and forgets what nobody read", () => {
  const [block] = all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
  expect(block?.inputs).toMatchObject({
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const [lifecycle] = all("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
  expect(lifecycle?.inputs.rules).toMatchObject([{ status: "Enabled", expiration: { days: 1 } }]);
});

test("each upload is authorised by itself, and goes under the id of its account", () => {
  const { token } = api().securityDefinitions;
  expect(token["x-amazon-apigateway-authorizer"]).toMatchObject({
    type: "request",
    authorizerResultTtlInSeconds: 0,
    authorizerUri:
      "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:AuthoriserFunction/invocations",
  });
  expect(Object.keys(api().paths)).toEqual([
    "/api/ocr/extract-text",
    "/api/ocr/extract-text-from-file",
  ]);
  for (const { post } of Object.values<Record<string, never>>(api().paths)) {
    expect(post).toMatchObject({ security: [{ token: [] }] });
    expect(post?.["x-amazon-apigateway-integration"]).toMatchObject({
      uri: expect.stringMatching(
        /^arn:aws:apigateway:us-east-1:s3:path\/imagetotext-production-uploads[\w-]+\/\{account\}\/\{upload\}$/,
      ),
      credentials: "arn:aws:iam:us-east-1:123456789012:UploadRole",
    });
  }
});

test("another document is another deployment, and the gateway is throttled", () => {
  const { triggers } = inputs("aws:apigateway/deployment:Deployment", "UploadDeployment");
  expect(JSON.parse(triggers.body)).toEqual(api());
  expect(inputs("aws:apigateway/stage:Stage", "UploadStage")).toMatchObject({
    stageName: "upload",
    variables: { site: "https://d111.cloudfront.net" },
  });
  expect(inputs("aws:apigateway/methodSettings:MethodSettings", "UploadThrottle")).toMatchObject({
    methodPath: "*/*",
    settings: { throttlingRateLimit: 10, throttlingBurstLimit: 20 },
  });
});

test("only the gateway for uploads may ask the authoriser", () => {
  const permission = inputs("aws:lambda/permission:Permission", "UploadMayAuthorise");
  expect(permission).toMatchObject({
    principal: "apigateway.amazonaws.com",
    function: expect.stringContaining("-AuthoriserFunction-"),
  });
  expect(inputs(FUNCTION, "AuthoriserFunction")).toMatchObject({ timeout: 5, memorySize: 512 });
});
