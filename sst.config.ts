/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "imagetotext",
      home: "aws",
      removal: input?.stage === "production" ? "retain" : "remove",
      protect: input?.stage === "production",
    };
  },
  async run() {
    const { alarms } = await import("./packages/functions/infra/alarms.ts");
    const { bodyLimitCode } = await import("./packages/functions/infra/body-limit.ts");
    const { readSettings, senderOf } = await import("./packages/functions/infra/settings.ts");
    const { cdnSecret, languageLayer, leastFunction, pack, signingKeys } = await import(
      "./packages/functions/infra/functions.ts"
    );
    const { viewerAddressCode } = await import("./packages/functions/infra/viewer-address.ts");
    const settings = readSettings(process.env);
    const { architecture } = settings;
    const bundles = pack(architecture);

    const table = new sst.aws.Dynamo("Table", {
      fields: { pk: "string", sk: "string" },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      ttl: "expiresAt",
      deletionProtection: $app.stage === "production",
    });
    const keys = await signingKeys(settings.keyGeneration);
    const secret = await cdnSecret();
    const mail = settings.mailFrom && new sst.aws.Email("Mail", { sender: settings.mailFrom });

    const api = new sst.aws.ApiGatewayV2("Api", {
      // The functions answer for CORS themselves: errors need the headers too.
      cors: false,
      accessLog: { retention: "1 month" },
      transform: {
        stage: (stage) => {
          stage.defaultRouteSettings = {
            throttlingRateLimit: settings.requestsPerSecond,
            throttlingBurstLimit: settings.burst,
          };
        },
      },
    });
    const router = new sst.aws.Router("Router", {
      ...(settings.domain ? { domain: settings.domain } : {}),
      routes: {
        "/*": {
          url: api.url,
          // AWS's CachingDisabled: an answer is one caller's own.
          cachePolicy: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          edge: { viewerRequest: { injection: viewerAddressCode() + bodyLimitCode() } },
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

    const environment = {
      TABLE_NAME: table.name,
      TOKEN_PUBLIC_KEYS: keys.publicKeys,
      BASE_URL: router.url,
    };
    // It decodes hostile images, so it holds least: it cannot sign a token, send mail, or read the
    // items of a table but by their whole key.
    const ocr = leastFunction("Ocr", {
      bundle: `${bundles}/ocr`,
      handler: "ocr.handler",
      description: "The OCR API",
      architecture,
      memory: `${settings.ocrMemory} MB`,
      timeout: "28 seconds",
      layers: [languageLayer(architecture).arn],
      // One image at a time reaches a Lambda, but its machine reports two CPUs at any memory size.
      environment: {
        ...environment,
        TESSDATA_DIR: "/opt/tessdata",
        OCR_THREADS: "1",
        OCR_QUEUE: "1",
      },
      permissions: [
        {
          actions: [
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
          ],
          resources: [table.arn],
        },
      ],
    });
    const web = leastFunction("Web", {
      bundle: `${bundles}/web`,
      handler: "web.handler",
      description: "Everything but the OCR API",
      architecture,
      memory: `${settings.webMemory} MB`,
      timeout: "15 seconds",
      environment: {
        ...environment,
        TOKEN_SIGNING_SEED: keys.seed,
        CDN_SECRET: secret,
        ...(settings.mailFrom ? { MAIL_FROM: senderOf(settings.mailFrom) } : {}),
      },
      permissions: [
        {
          actions: [
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
          ],
          resources: [table.arn],
        },
        ...(mail
          ? [
              {
                actions: ["ses:SendEmail"],
                resources: [mail.nodes.identity.arn, mail.nodes.configurationSet.arn],
              },
            ]
          : []),
      ],
    });
    // Any method, so that a wrong one is told 405 with Allow, not the gateway's 404.
    api.route("ANY /api/ocr/{proxy+}", ocr.arn);
    api.route("ANY /health", ocr.arn);
    api.route("$default", web.arn);

    if (settings.alarmEmail) {
      alarms({ email: settings.alarmEmail, api, functions: { ocr, web } });
    }
    return { url: router.url, table: table.name };
  },
});
