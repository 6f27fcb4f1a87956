import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../packages/functions/infra/bundle.ts";

export const PLATFORM = join(ROOT, ".sst/platform");

/** Settings with which SST needs nothing but the package registry. */
const OFFLINE = {
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_NO_BUN: "1",
  SST_TELEMETRY_DISABLED: "1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Unpacks SST's components beside sst.config.ts, unless those of this version are there. About 75 s. */
export function installPlatform(): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules/sst/package.json"), "utf8"));
  const installed = join(PLATFORM, "version");
  const isWhole = existsSync(join(PLATFORM, "node_modules/@pulumi/aws/package.json"));
  if (isWhole && existsSync(installed) && readFileSync(installed, "utf8").includes(version)) return;
  const { status } = spawnSync("npx", ["sst", "install", "--stage", "check"], {
    cwd: ROOT,
    env: { ...process.env, ...OFFLINE },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("SST's platform cannot be installed");
}
