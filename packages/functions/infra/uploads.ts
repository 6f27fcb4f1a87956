import { leastFunction } from "./functions.ts";
import type { Settings } from "./settings.ts";
import { uploadApi } from "./upload-api.ts";

/** The stage of the gateway, and so the first part of its paths. */
export const UPLOAD_STAGE = "upload";

/** Large bodies are few, and each is stored before it is known whether its token is still active. */
const LARGE_SHARE = 0.1;

/** A gateway, and what it was made from. */
type UploadGateway = { api: aws.apigateway.RestApi; document: $util.Output<string> };

/**
 * The way of bodies that do not fit a Lambda's event (body-limit.ts): a gateway of its own that puts them
 * into a bucket, for the OCR function to take out.
 */
export function uploads(options: {
  bundles: string;
  settings: Settings;
  publicKeys: $util.Input<string>;
}): { bucket: sst.aws.Bucket; gateway: UploadGateway; domain: $util.Output<string> } {
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
  const document = documentOf(bucket, authoriser);
  const api = new aws.apigateway.RestApi("UploadApi", {
    body: document,
    endpointConfiguration: { types: "REGIONAL" },
  });
  new aws.lambda.Permission("UploadMayAuthorise", {
    action: "lambda:InvokeFunction",
    function: authoriser.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: $interpolate`${api.executionArn}/*`,
  });
  const domain = $interpolate`${api.id}.execute-api.${aws.getRegionOutput().region}.amazonaws.com`;
  return { bucket, gateway: { api, document }, domain };
}

/**
 * Opens the gateway to requests, as many as large images may be of all. It comes after CloudFront, which
 * knows the address of the site, and needs no more of the gateway than its domain.
 */
export function openUploads(options: {
  gateway: UploadGateway;
  site: $util.Output<string>;
  settings: Settings;
}): void {
  const { gateway, site, settings } = options;
  const { api, document } = gateway;
  const deployment = new aws.apigateway.Deployment("UploadDeployment", {
    restApi: api.id,
    // Another document is another deployment.
    triggers: { body: document },
  });
  const stage = new aws.apigateway.Stage("UploadStage", {
    restApi: api.id,
    deployment: deployment.id,
    stageName: UPLOAD_STAGE,
    // For the templates of upload-refusals.ts.
    variables: { site },
  });
  new aws.apigateway.MethodSettings("UploadThrottle", {
    restApi: api.id,
    stageName: stage.stageName,
    methodPath: "*/*",
    settings: {
      throttlingRateLimit: Math.ceil(settings.requestsPerSecond * LARGE_SHARE),
      throttlingBurstLimit: Math.ceil(settings.burst * LARGE_SHARE),
    },
  });
}

/** What the gateway is made from, and the role by which it puts bodies into the bucket. */
function documentOf(bucket: sst.aws.Bucket, authoriser: sst.aws.Function): $util.Output<string> {
  const role = new aws.iam.Role("UploadRole", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "apigateway.amazonaws.com" }),
    inlinePolicies: [
      {
        name: "put",
        policy: $jsonStringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "s3:PutObject", Resource: $interpolate`${bucket.arn}/*` },
          ],
        }),
      },
    ],
  });
  return $util
    .all([aws.getRegionOutput().region, bucket.name, role.arn, authoriser.arn])
    .apply(([region, name, roleArn, authoriserArn]) =>
      JSON.stringify(uploadApi({ region, bucket: name, roleArn, authoriserArn })),
    );
}
