import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../packages/functions/infra/bundle.ts";
import { costTable } from "../../packages/functions/src/cli/aws-cost.ts";
import type { Resource } from "./evaluate.ts";
import { installPlatform, PLATFORM } from "./platform.ts";

/**
 * `npm run check:deploy`: as much of `sst deploy` as there is without AWS. Installs SST's components,
 * checks the types, evaluates both stages, tests what they ask for, and prints it with its price.
 */
const SETTINGS = {
  DEPLOY_MAIL_FROM: "mail@example.com",
  DEPLOY_ALARM_EMAIL: "operator@example.com",
  DEPLOY_KEY_GENERATION: "2",
  STRIPE_SECRET_KEY: "sk_test_check",
  STRIPE_WEBHOOK_SECRET: "whsec_check",
  STRIPE_PRICE_PAYG: "price_payg",
  STRIPE_PRICE_PRO: "price_pro",
  STRIPE_PRICE_PRO_REQUESTS: "price_pro_requests",
};

installPlatform();
run("tsc", ["-p", "packages/functions/infra/tsconfig.json"]);
const stages = ["dev", "production"].map((stage) => {
  const file = join(PLATFORM, `check.${stage}.json`);
  run("node", ["test/deploy/evaluate.ts", stage, file]);
  return { stage, file };
});
run("vitest", ["run", "--config", "test/deploy/vitest.config.ts"]);
for (const { stage, file } of stages) {
  const resources: Resource[] = JSON.parse(readFileSync(file, "utf8"));
  const asked = resources.filter(({ type }) => /^(aws|random):/.test(type));
  process.stdout.write(`\n${stage}: ${asked.length} resources\n`);
  for (const { type, name } of asked) process.stdout.write(`  ${type.padEnd(52)} ${name}\n`);
}
process.stdout.write(`\n${costTable()}\n`);

function run(command: string, args: string[]): void {
  const { status } = spawnSync(join(ROOT, "node_modules/.bin", command), args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...SETTINGS },
  });
  if (status !== 0) process.exit(status ?? 1);
}
