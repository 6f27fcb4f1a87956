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
    const { openUploads, uploads } = await import("./packages/functions/infra/uploads.ts");
    const { alarms } = await import("./packages/functions/infra/alarms.ts");
    const { front } = await import("./packages/functions/infra/front.ts");
    const { mailing } = await import("./packages/functions/infra/mail.ts");
    const { readSettings } = await import("./packages/functions/infra/settings.ts");
    const { cdnSecret, languageLayer, leastFunction, onTable, pack, signingKeys } = await import(
      "./packages/functions/infra/functions.ts"
    );
    const { stripeEnvironment } = await import("./packages/functions/infra/stripe.ts");
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
    const mail = mailing(settings.mailFrom);

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
    const { bucket, gateway, domain } = uploads({ bundles, settings, publicKeys: keys.publicKeys });
    const router = front({ settings, gateway: api.url, uploadDomain: domain, secret });
    openUploads({ gateway, site: router.url, settings });

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
        UPLOADS_BUCKET: bucket.name,
        METRICS: settings.metrics,
        TESSDATA_DIR: "/opt/tessdata",
        OCR_THREADS: "1",
        OCR_QUEUE: "1",
      },
      permissions: [
        onTable(table, ["DeleteItem", "GetItem", "PutItem", "UpdateItem"]),
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
        CDN_SECRET: secret,
        ...stripeEnvironment(process.env),
        ...mail.environment,
      },
      permissions: [
        onTable(table, [
          "BatchWriteItem",
          "ConditionCheckItem",
          "DeleteItem",
          "GetItem",
          "PutItem",
          "Query",
          "UpdateItem",
        ]),
        ...mail.permissions,
      ],
    });
    const nightly = leastFunction("Nightly", {
      bundle: `${bundles}/nightly`,
      handler: "nightly.handler",
      description: "The jobs of a night",
      architecture,
      memory: "512 MB",
      timeout: "15 minutes",
      environment: {
        TABLE_NAME: table.name,
        BASE_URL: router.url,
        METRICS: settings.metrics,
        ...stripeEnvironment(process.env),
        ...mail.environment,
      },
      permissions: [
        onTable(table, ["GetItem", "PutItem", "Query", "UpdateItem"]),
        ...mail.permissions,
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
