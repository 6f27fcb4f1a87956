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
    const { uploads, UPLOAD_STAGE } = await import("./packages/functions/infra/uploads.ts");
    const { alarms } = await import("./packages/functions/infra/alarms.ts");
    const { bodyLimitCode } = await import("./packages/functions/infra/body-limit.ts");
    const { readSettings, senderOf } = await import("./packages/functions/infra/settings.ts");
    const { languageLayer, leastFunction, pack, signingKeys } = await import(
      "./packages/functions/infra/functions.ts"
    );
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
    const { bucket, domain } = uploads({ bundles, settings, publicKeys: keys.publicKeys });
    // SST has no place for the import of the module that its functions may use.
    $transform(aws.cloudfront.Function, (args) => {
      args.code = $interpolate`import cf from "cloudfront";\n${args.code}`;
    });
    const router = new sst.aws.Router("Router", {
      ...(settings.domain ? { domain: settings.domain } : {}),
      routes: {
        "/*": {
          url: api.url,
          // AWS's CachingDisabled: an answer is one caller's own.
          cachePolicy: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          edge: {
            viewerRequest: {
              injection: domain.apply((domain) => bodyLimitCode({ domain, stage: UPLOAD_STAGE })),
            },
          },
        },
      },
      transform: {
        cdn: (cdn) => {
          // SST's 20 s would cut off a reading that may take 20 s (OCR_TIMEOUT_MS) and the rest of a request.
          cdn.origins = $util.output(cdn.origins).apply((origins) =>
            origins.map((origin) => ({
              ...origin,
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
    const sender = settings.mailFrom ? { MAIL_FROM: senderOf(settings.mailFrom) } : {};
    const mayMail = mail
      ? [
          {
            actions: ["ses:SendEmail"],
            resources: [mail.nodes.identity.arn, mail.nodes.configurationSet.arn],
          },
        ]
      : [];
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
        UPLOADS_BUCKET: bucket.name,
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
        {
          actions: ["s3:DeleteObject", "s3:GetObject"],
          resources: [$interpolate`${bucket.arn}/*`],
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
        ...sender,
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
        ...mayMail,
      ],
    });
    const nightly = leastFunction("Nightly", {
      bundle: `${bundles}/nightly`,
      handler: "nightly.handler",
      description: "The jobs of a night",
      architecture,
      memory: "512 MB",
      timeout: "15 minutes",
      environment: { TABLE_NAME: table.name, BASE_URL: router.url, ...sender },
      permissions: [
        {
          actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
          resources: [table.arn],
        },
        ...mayMail,
      ],
    });
    new sst.aws.CronV2("EveryNight", {
      schedule: "cron(30 0 * * ? *)",
      timezone: "UTC",
      function: nightly,
      retries: 3,
    });
    // Any method, so that a wrong one is told 405 with Allow, not the gateway's 404.
    api.route("ANY /api/ocr/{proxy+}", ocr.arn);
    api.route("ANY /health", ocr.arn);
    api.route("$default", web.arn);

    if (settings.alarmEmail) {
      alarms({ email: settings.alarmEmail, api, functions: { ocr, web }, nightly });
    }
    return { url: router.url, table: table.name };
  },
});
