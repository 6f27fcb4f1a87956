/**
 * What a month costs. AWS's prices for us-east-1 in USD, without any free tier, as published on
 * aws.amazon.com/<service>/pricing; noted 2026-11: compare before you rely on one.
 */
export const PRICES = {
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000166667,
  // Counted in steps of 512 kB of body.
  gatewayStep: 1.0 / 1e6,
  dynamoWrite: 0.625 / 1e6,
  dynamoRead: 0.125 / 1e6,
  dynamoGbMonth: 0.25 + 0.2, // with point-in-time recovery
  cloudfrontRequest: 1.0 / 1e6,
  cloudfrontFunction: 0.1 / 1e6,
  cloudfrontGbIn: 0.02,
  cloudfrontGbOut: 0.085,
  logGb: 0.5 + 0.03,
  alarm: 0.1,
};

/** One image of a caller, as the benchmarks and the table's items have it. */
export const REQUEST = {
  imageBytes: 600_000,
  answerBytes: 20_000,
  /** Billed; a page takes about this long on one vCPU. */
  seconds: 0.9,
  memoryGb: 1769 / 1024,
  // The gate's counter and the receipt: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
  writes: 2,
  receiptBytes: 400,
  receiptMonths: 3,
  // Our line, the gateway's line, and Lambda's START, END and REPORT.
  logBytes: 1_500,
};

const ALARMS = 6;
const GB = 1e9;

/** USD a month, by service. */
export function monthlyCost(requests: number): Record<string, number> {
  const { imageBytes, answerBytes, seconds, memoryGb, writes, logBytes } = REQUEST;
  return {
    Lambda: requests * (PRICES.lambdaRequest + seconds * memoryGb * PRICES.lambdaGbSecond),
    "API Gateway": requests * Math.ceil(imageBytes / 524_288) * PRICES.gatewayStep,
    DynamoDB:
      requests * writes * PRICES.dynamoWrite +
      ((requests * REQUEST.receiptMonths * REQUEST.receiptBytes) / GB) * PRICES.dynamoGbMonth,
    CloudFront:
      requests * (PRICES.cloudfrontRequest + PRICES.cloudfrontFunction) +
      ((requests * imageBytes) / GB) * PRICES.cloudfrontGbIn +
      ((requests * answerBytes) / GB) * PRICES.cloudfrontGbOut,
    CloudWatch: ((requests * logBytes) / GB) * PRICES.logGb + ALARMS * PRICES.alarm,
  };
}

/** The table that `npm run check:deploy` prints: USD a month at three sizes. */
export function costTable(): string {
  const sizes = [10_000, 1_000_000, 100_000_000];
  const months = sizes.map(monthlyCost);
  const row = (name: string, cells: string[]) =>
    `${name.padEnd(28)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  const services = Object.keys(months[0] ?? {});
  const totals = months.map((month) => Object.values(month).reduce((sum, cost) => sum + cost, 0));
  return [
    row(
      "USD a month, requests:",
      sizes.map((size) => size.toLocaleString("en")),
    ),
    ...services.map((service) =>
      row(
        service,
        months.map((month) => (month[service] ?? 0).toFixed(2)),
      ),
    ),
    row(
      "all",
      totals.map((total) => total.toFixed(2)),
    ),
    row(
      "per 1,000 requests",
      totals.map((total, i) => ((total / (sizes[i] ?? 1)) * 1000).toFixed(3)),
    ),
  ].join("\n");
}
