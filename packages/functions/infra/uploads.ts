import { leastFunction } from "./functions.ts";
import type { Settings } from "./settings.ts";
import { uploadApi } from "./upload-api.ts";

/** The stage of the gateway, and so the first part of its paths. */
export const UPLOAD_STAGE = "upload";

/**
 * The way of bodies that do not fit a Lambda's event (body-limit.ts): a gateway of its own that puts them
 * into a bucket, for the OCR function to take out.
 */
export function uploads(options: {
  bundles: string;
  settings: Settings;
  publicKeys: $util.Input<string>;
}): { bucket: sst.aws.Bucket; domain: $util.Output<string> } {
  const { bundles, settings, publicKeys } = options;
  const bucket = new sst.aws.Bucket("Uploads", {
    cors: false,
    // An upload is deleted when it is read. One that never is goes with this.
    lifecycle: [{ expiresIn: "1 day" }],
    // Nothing in it is worth keeping, and a bucket with objects in it could not be removed.
    transform: { bucket: { forceDestroy: true } },
  });
  const authoriser = leastFunction("Authoriser", {
    bundle: `${bundles}/authoriser`,
    handler: "authoriser.handler",
    description: "Whether a large image may be stored",
    architecture: settings.architecture,
    memory: "512 MB",
    timeout: "5 seconds",
    environment: { TOKEN_PUBLIC_KEYS: publicKeys },
    permissions: [],
  });
  const role = new aws.iam.Role("UploadRole", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "apigateway.amazonaws.com" }),
    inlinePolicies: [
      {
        policy: $jsonStringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "s3:PutObject", Resource: $interpolate`${bucket.arn}/*` },
          ],
        }),
      },
    ],
  });
  const body = $util
    .all([aws.getRegionOutput().region, bucket.name, role.arn, authoriser.arn])
    .apply(([region, name, roleArn, authoriserArn]) =>
      JSON.stringify(uploadApi({ region, bucket: name, roleArn, authoriserArn })),
    );
  const api = new aws.apigateway.RestApi("UploadApi", {
    body,
    endpointConfiguration: { types: "REGIONAL" },
  });
  new aws.lambda.Permission("UploadMayAuthorise", {
    action: "lambda:InvokeFunction",
    function: authoriser.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: $interpolate`${api.executionArn}/*`,
  });
  const deployment = new aws.apigateway.Deployment("UploadDeployment", {
    restApi: api.id,
    // Another document is another deployment.
    triggers: { body },
  });
  const stage = new aws.apigateway.Stage("UploadStage", {
    restApi: api.id,
    deployment: deployment.id,
    stageName: UPLOAD_STAGE,
  });
  new aws.apigateway.MethodSettings("UploadThrottle", {
    restApi: api.id,
    stageName: stage.stageName,
    methodPath: "*/*",
    settings: {
      throttlingRateLimit: settings.requestsPerSecond,
      throttlingBurstLimit: settings.burst,
    },
  });
  const domain = $interpolate`${api.id}.execute-api.${aws.getRegionOutput().region}.amazonaws.com`;
  return { bucket, domain };
}
