import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { publicKeyOf } from "../../core/src/token/key.ts";
import type { Settings } from "./settings.ts";

/** What a function may do, beside writing its log. */
export type Permissions = { actions: string[]; resources: $util.Input<string>[] }[];

/** Packs the functions, in a process of its own: see bundle.ts. @returns its folder */
export function pack(architecture: Settings["architecture"]): string {
  const root = $cli.paths.root;
  const node = join(root, "node_modules/.bin/node");
  execFileSync(node, ["packages/functions/infra/bundle.ts", architecture], { cwd: root });
  return ".build";
}

/**
 * The Ed25519 key that tokens are signed with, made by the first deploy and kept in the state of the
 * deploy, encrypted. A key is accepted for one generation longer than it signs.
 */
export async function signingKeys(generation: number) {
  // SST reads this file once before it has installed the package.
  const { RandomBytes } = await import("@pulumi/random");
  const newest = new RandomBytes(`TokenSeed${generation}`, { length: 32 });
  const seeds = [newest];
  if (generation > 1) seeds.push(new RandomBytes(`TokenSeed${generation - 1}`, { length: 32 }));
  const derived = $util.all(seeds.map(({ base64 }) => base64)).apply((all) => all.map(publicKeyOf));
  return { seed: newest.base64, publicKeys: $util.unsecret(derived).apply((all) => all.join(",")) };
}

/** What CloudFront proves itself to the web function with. Made by the first deploy. 32 bytes, base64. */
export async function cdnSecret() {
  const { RandomBytes } = await import("@pulumi/random");
  return new RandomBytes("CdnSecret", { length: 32 }).base64;
}

/**
 * A function that may do what `permissions` say, and write its own log; nothing else. SST's `link` would
 * grant dynamodb:* and ses:*, and its role lets a function write, and make, any log of the account.
 */
export function leastFunction(
  name: string,
  args: Omit<sst.aws.FunctionArgs, "permissions" | "logging" | "runtime"> & {
    permissions: Permissions;
  },
): sst.aws.Function {
  const logs = new aws.cloudwatch.LogGroup(`${name}Logs`, {
    name: `/aws/lambda/${$app.name}-${$app.stage}-${name}`,
    retentionInDays: 30,
  });
  const writeLogs = {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [$interpolate`${logs.arn}:*`],
  };
  return new sst.aws.Function(name, {
    ...args,
    runtime: "nodejs24.x",
    logging: { logGroup: logs.name },
    permissions: [...args.permissions, writeLogs],
    transform: {
      role: (role) => {
        // SST lets every user of the account that may call sts:AssumeRole become the function.
        role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({
          Service: "lambda.amazonaws.com",
        });
        role.managedPolicyArns = [];
      },
    },
  });
}

/** Calls of DynamoDB, on this table only. A transaction needs those of its parts. */
export function onTable(table: sst.aws.Dynamo, calls: string[]): Permissions[number] {
  return { actions: calls.map((call) => `dynamodb:${call}`), resources: [table.arn] };
}

/** packages/core/tessdata as a layer: in the functions it is /opt/tessdata. */
export function languageLayer(architecture: Settings["architecture"]) {
  const folder = new $util.asset.FileArchive(join($cli.paths.root, "packages/core/tessdata"));
  return new aws.lambda.LayerVersion("Languages", {
    layerName: `${$app.name}-${$app.stage}-languages`,
    description: "Tesseract language data",
    code: new $util.asset.AssetArchive({ tessdata: folder }),
    compatibleArchitectures: [architecture],
    compatibleRuntimes: ["nodejs24.x"],
  });
}
