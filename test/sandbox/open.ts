import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { BUILD_DIR, bundle, ROOT } from "../../packages/functions/infra/bundle.ts";
import { type Bucket, bucketEnvironment, openBucket } from "../support/bucket.ts";
import { type Functions, type Gateway, openGateway } from "./gateway.ts";
import { Lambda, type LambdaOptions } from "./lambda.ts";

/** The environment that sst.config.ts gives both functions, with the embedded DynamoDB for AWS's. */
function environment(): Record<string, string> {
  const { DYNAMODB_ENDPOINT = "", TOKEN_PUBLIC_KEYS = "" } = process.env;
  return { DYNAMODB_ENDPOINT, TOKEN_PUBLIC_KEYS, BASE_URL: "http://localhost" };
}

export type Site = {
  url: Gateway["url"];
  close: () => Promise<void>;
  functions: Functions;
  bucket: Bucket;
};

/** The functions behind their gateway, with a bucket for large bodies. */
export async function openSite(options: Partial<LambdaOptions> = {}): Promise<Site> {
  const bucket = await openBucket();
  const { environment: more, ...rest } = options;
  const functions = {
    ocr: ocrLambda({
      ...rest,
      environment: { ...ocrEnvironment(), ...bucketEnvironment(bucket), ...more },
    }),
    web: webLambda(),
    authoriser: authoriserLambda(),
  };
  const { url, close: closeGateway } = await openGateway(functions, bucket.url);
  const close = async () => {
    closeGateway();
    bucket.close();
    await Promise.all(Object.values(functions).map((each) => each.close()));
  };
  return { url, close, functions, bucket };
}

/** Makes the functions' folders and the layer as a deploy does. */
export async function pack(): Promise<void> {
  await bundle("x86_64");
  const layer = join(BUILD_DIR, "layer");
  mkdirSync(layer, { recursive: true });
  cpSync(join(ROOT, "packages/core/tessdata"), join(layer, "tessdata"), { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["test/sandbox/runtime.ts"],
    outfile: join(BUILD_DIR, "runtime/runtime.mjs"),
    format: "esm",
    platform: "node",
    target: "node24",
    logLevel: "warning",
  });
}

const common = {
  layer: join(BUILD_DIR, "layer"),
  runtime: join(BUILD_DIR, "runtime"),
};

export function ocrLambda(options: Partial<LambdaOptions> = {}): Lambda {
  return new Lambda({
    ...common,
    name: "ocr",
    task: join(BUILD_DIR, "ocr"),
    handler: "ocr.handler",
    memoryMb: 1769,
    timeoutMs: 28_000,
    environment: ocrEnvironment(),
    ...options,
  });
}

function ocrEnvironment(): Record<string, string> {
  return { ...environment(), TESSDATA_DIR: "/opt/tessdata", OCR_THREADS: "1", OCR_QUEUE: "1" };
}

function authoriserLambda(): Lambda {
  return new Lambda({
    ...common,
    name: "authoriser",
    task: join(BUILD_DIR, "authoriser"),
    handler: "authoriser.handler",
    memoryMb: 512,
    timeoutMs: 5_000,
    environment: { TOKEN_PUBLIC_KEYS: process.env.TOKEN_PUBLIC_KEYS ?? "" },
  });
}

function webLambda(): Lambda {
  return new Lambda({
    ...common,
    name: "web",
    task: join(BUILD_DIR, "web"),
    handler: "web.handler",
    memoryMb: 512,
    timeoutMs: 15_000,
    environment: {
      ...environment(),
      TOKEN_SIGNING_SEED: process.env.TOKEN_SIGNING_SEED ?? "",
    },
  });
}
