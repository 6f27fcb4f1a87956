import { expect, test } from "vitest";
import { monthlyCost } from "../../packages/functions/src/cli/aws-cost.ts";

test("a million requests a month cost what the price list adds up to", () => {
  const cost = monthlyCost(1_000_000);
  // By hand: 0.20 + 1e6 x 0.9 s x 1.7275 GB x 0.0000166667
  expect(cost.Lambda).toBeCloseTo(26.11, 1);
  // Two steps of 512 kB.
  expect(cost["API Gateway"]).toBeCloseTo(2, 5);
  // 2e6 writes, and 1.2 GB kept.
  expect(cost.DynamoDB).toBeCloseTo(1.25 + 0.54, 2);
  // 1.10 a million, 600 GB in, 20 GB out.
  expect(cost.CloudFront).toBeCloseTo(1.1 + 12 + 1.7, 2);
  // 1 % of 3.50 + 0.20 + 5.00 + 0.40 + 1.10.
  expect(cost["Large images"]).toBeCloseTo(0.102, 3);
  // 2 GB of logs, 8 alarms, 17 metrics.
  expect(cost.CloudWatch).toBeCloseTo(1.06 + 0.8 + 5.1, 2);
});
