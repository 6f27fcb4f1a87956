import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "../../packages/functions/infra/bundle.ts";
import { PLATFORM } from "./platform.ts";

/**
 * Runs sst.config.ts with SST's own components, on Pulumi's mocks in place of AWS, and writes the
 * resources that a deploy would ask for: `node evaluate.ts <stage> <file>`. What SST's command line
 * does around it (build the program, answer its calls) is done here as that does it.
 */

/** One resource as the deploy asks AWS for it. */
export type Resource = { type: string; name: string; inputs: Inputs };
// biome-ignore lint/suspicious/noExplicitAny: inputs have as many shapes as AWS has resources.
export type Inputs = Record<string, any>;

type Mocks = {
  newResource(args: Resource & { id?: string }): { id: string; state: Inputs };
  call(args: { token: string; inputs: Inputs }): Inputs;
};
type Pulumi = {
  runtime: {
    setMocks(mocks: Mocks, project: string, stack: string, preview: boolean): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
  };
};

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

/** https://www.pulumi.com/docs/iac/concepts/secrets/: the member that marks a value as secret. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

const [stage = "", file = ""] = process.argv.slice(2);
const app = {
  name: "imagetotext",
  stage,
  removal: stage === "production" ? "retain" : "remove",
  protect: stage === "production",
  home: "aws",
  providers: { aws: { region: REGION } },
};

const program = await buildProgram();
const resources: Resource[] = [];
const close = await answerCalls();
await run();
close();
writeFileSync(file, JSON.stringify(resources, null, 1));
process.exit(0);

/** As SST builds it: https://github.com/sst/sst/blob/dev/pkg/js/js.go */
async function buildProgram(): Promise<string> {
  const outfile = join(PLATFORM, `check.${stage}.mjs`);
  const work = join(ROOT, ".sst");
  const globals = `import * as aws from "@pulumi/aws"; import * as sst from "${PLATFORM}/src/components";`;
  await build({
    stdin: {
      resolveDir: ROOT,
      loader: "ts",
      contents: `import { run } from "${PLATFORM}/src/auto/run.ts"; import mod from "${ROOT}/sst.config.ts"; export default await run(mod.run);`,
    },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname; const __filename = import.meta.filename;',
    },
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    bundle: true,
    outfile,
    logLevel: "error",
    nodePaths: [join(PLATFORM, "node_modules")],
    define: {
      $app: JSON.stringify(app),
      $cli: JSON.stringify({
        command: "diff",
        dev: false,
        paths: { home: work, root: ROOT.replace(/\/$/, ""), work, platform: PLATFORM },
        state: { version: {} },
      }),
      $dev: "false",
    },
    inject: [join(PLATFORM, "src/shim/run.js")],
    external: ["@pulumi/*", "undici", "@pulumiverse/*", "@sst-provider/*", "@aws-sdk/*"].concat([
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ]),
    plugins: [
      {
        name: "globals",
        setup({ onLoad }) {
          onLoad({ filter: /\.(js|ts)$/ }, ({ path }) =>
            path.startsWith(work) || path.includes("node_modules")
              ? undefined
              : { contents: `${globals}\n${readFileSync(path, "utf8")}`, loader: "ts" },
          );
        },
      },
    ],
  });
  return outfile;
}

/** The command line's side of the calls that components make while they run. */
async function answerCalls(): Promise<() => void> {
  const answers: Record<string, (parameters: Inputs) => unknown> = {
    "Provider.Aws.Bootstrap": () => ({ asset: "sst-asset", state: "sst-state" }),
    "Runtime.AddTarget": () => true,
    "Runtime.Build": ({ bundle, handler }) => {
      return { handler, out: join(ROOT, bundle), errors: [], sourcemaps: [] };
    },
  };
  const server = createServer(async (request, response) => {
    const { method, params } = JSON.parse(await text(request));
    const answer = answers[method];
    const error = answer ? null : `no answer to ${method}`;
    response.end(JSON.stringify({ result: answer?.(params[0]) ?? null, error }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.SST_SERVER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.SST_AWS_REGION = REGION;
  return () => server.close();
}

async function run(): Promise<void> {
  const { runtime }: Pulumi = createRequire(join(PLATFORM, "package.json"))("@pulumi/pulumi");
  runtime.setMocks({ newResource, call }, app.name, stage, false);
  await runtime.runInPulumiStack(async () => (await import(pathToFileURL(program).href)).default);
  await untilQuiet();
}

function newResource(args: Resource & { id?: string }): { id: string; state: Inputs } {
  const { type, name, inputs } = args;
  resources.push({ type, name, inputs: withoutMarks(inputs) as Inputs });
  const service = type.split(":")[1]?.split("/")[0];
  const arn = `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
  const state = { arn, name: inputs.name ?? name, ...inputs, ...made(type, name) };
  return { id: args.id || `${name}-id`, state };
}

/** The values themselves, where the deploy would encrypt them in its state. */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (value === null || typeof value !== "object") return value;
  if (SECRET_MARK in value && "value" in value) return withoutMarks(value.value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutMarks(member)]),
  );
}

/** What AWS adds to a resource, where the program reads it. */
function made(type: string, name: string): Inputs {
  if (type === "aws:apigatewayv2/api:Api") {
    return {
      apiEndpoint: "https://abc123.execute-api.us-east-1.amazonaws.com",
      executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123`,
    };
  }
  if (type === "aws:cloudfront/distribution:Distribution") {
    return { domainName: "d111.cloudfront.net", hostedZoneId: "Z2FDTNDATAQYW2" };
  }
  if (type === "random:index/randomBytes:RandomBytes") {
    return { base64: createHash("sha256").update(name).digest("base64") };
  }
  return {};
}

function call({ token, inputs }: { token: string; inputs: Inputs }): Inputs {
  if (token.endsWith("getRegion")) return { region: REGION, name: REGION, id: REGION };
  if (token.endsWith("getPartition")) return { partition: "aws" };
  if (token.endsWith("getCallerIdentity")) return { accountId: ACCOUNT };
  if (token.endsWith("getPolicyDocument")) return { json: JSON.stringify(inputs), ...inputs };
  return inputs;
}

/** Resources go on arriving while outputs settle: two quiet seconds are the end. */
async function untilQuiet(): Promise<void> {
  for (let seen = -1; seen !== resources.length; ) {
    seen = resources.length;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
