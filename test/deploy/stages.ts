import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Inputs, Resource } from "./evaluate.ts";
import { PLATFORM } from "./platform.ts";

/** What a deploy asks AWS for: `npm run check:deploy` evaluates sst.config.ts before the tests run. */

const read = (stage: string): Resource[] =>
  JSON.parse(readFileSync(join(PLATFORM, `check.${stage}.json`), "utf8"));
const stages = { dev: read("dev"), production: read("production") };

export const ROLE = "aws:iam/role:Role";
export const FUNCTION = "aws:lambda/function:Function";
export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:TableTable";

/** What AWS is asked for under this name. */
export function inputs(
  type: string,
  name: string,
  stage: keyof typeof stages = "production",
): Inputs {
  const found = stages[stage].find((each) => each.type === type && each.name === name);
  expect(found, `${type} ${name}`).toBeDefined();
  return found?.inputs ?? {};
}

/** All of a type, in production. */
export const all = (type: string) => stages.production.filter((each) => each.type === type);

export const variables = (name: string) => inputs(FUNCTION, name).environment.variables;
