import { bodyLimitCode } from "./body-limit.ts";
import type { Settings } from "./settings.ts";
import { UPLOAD_STAGE } from "./uploads.ts";
import { viewerAddressCode } from "./viewer-address.ts";

/**
 * CloudFront, before both gateways: the public address.
 * @param options.secret what it proves itself to the web function with
 */
export function front(options: {
  settings: Settings;
  gateway: $util.Output<string>;
  uploadDomain: $util.Output<string>;
  secret: $util.Output<string>;
}): sst.aws.Router {
  const { settings, gateway, uploadDomain, secret } = options;
  // SST has no place for the import of the module that such functions may use.
  $transform(aws.cloudfront.Function, (args) => {
    args.code = $interpolate`import cf from "cloudfront";\n${args.code}`;
  });
  const injection = uploadDomain.apply(
    (domain) => viewerAddressCode() + bodyLimitCode({ domain, stage: UPLOAD_STAGE }),
  );
  return new sst.aws.Router("Router", {
    ...(settings.domain ? { domain: settings.domain } : {}),
    routes: {
      "/*": {
        url: gateway,
        // AWS's CachingDisabled: an answer is one caller's own.
        cachePolicy: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        edge: { viewerRequest: { injection } },
      },
    },
    transform: {
      cdn: (cdn) => {
        // SST's 20 s would cut off a reading that may take 20 s (OCR_TIMEOUT_MS) and the rest of a request.
        cdn.origins = $util.output(cdn.origins).apply((origins) =>
          origins.map((origin) => ({
            ...origin,
            // It replaces a header of that name that a client sent.
            customHeaders: [{ name: "x-cdn-secret", value: secret }],
            ...(origin.customOriginConfig
              ? { customOriginConfig: { ...origin.customOriginConfig, originReadTimeout: 30 } }
              : {}),
          })),
        );
      },
    },
  });
}
