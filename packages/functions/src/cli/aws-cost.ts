/**
 * What a month costs. AWS's prices for us-east-1 in USD, without any free tier and without the discounts of
 * large volumes. Each is published on aws.amazon.com/<service>/pricing; beside it stands where it was
 * confirmed, as read in November 2026. "Not confirmed" is from memory. Compare before you rely on one.
 */
const PRICES = {
  // Not confirmed.
  lambdaRequest: 0.2 / 1e6,
  // cloudchipr.com/blog/aws-lambda-pricing (2024), x86; arm64 is 0.0000133334.
  lambdaGbSecond: 0.0000166667,
  // HTTP API, in steps of 512 kB of body; REST API:
  // docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html
  gatewayStep: 1.0 / 1e6,
  restRequest: 3.5 / 1e6,
  // airbyte.com/data-engineering-resources/dynamodb-pricing (July 2025), after the cut of November 2024.
  dynamoWrite: 0.625 / 1e6,
  // Not confirmed: storage, and point-in-time recovery.
  dynamoGbMonth: 0.25 + 0.2,
  // cloudkaramchari.com, on PUT requests of S3. A DELETE is free (aws.amazon.com/s3/faqs).
  s3Put: 0.005 / 1e3,
  // Not confirmed.
  s3Get: 0.0004 / 1e3,
  // wring.co/blog/aws-cloudfront-pricing-guide: 0.0100 for 10,000 over HTTPS.
  cloudfrontRequest: 1.0 / 1e6,
  // cur.vantage.sh/aws/amazoncloudfront
  cloudfrontFunction: 0.1 / 1e6,
  // Not confirmed: to the origin.
  cloudfrontGbIn: 0.02,
  // aws.amazon.com/cloudfront/pricing, first 10 TB.
  cloudfrontGbOut: 0.085,
  // factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards (June 2026); storage, 0.03, is
  // not confirmed.
  logGb: 0.5 + 0.03,
  // signoz.io/guides/cloudwatch-pricing (February 2026), one metric for a month.
  metric: 0.3,
  // Not confirmed.
  alarm: 0.1,
};

/** One image of a caller, as the benchmarks and the table's items have it. */
const REQUEST = {
  imageBytes: 600_000,
  answerBytes: 20_000,
  /** Billed; a page takes about this long on one vCPU. */
  seconds: 0.9,
  memoryGb: 1769 / 1024,
  // The gate's counter and the receipt: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
  writes: 2,
  receiptBytes: 400,
  receiptMonths: 3,
  // Our line with its metrics, the gateway's line, and Lambda's START, END and REPORT.
  logBytes: 2_000,
  /** Images that do not fit a Lambda's event, and go by way of the bucket. An assumption. */
  largeShare: 0.01,
};

const ALARMS = 9;
/** Seven of all requests, `refusals` for about ten codes, one of the night (functions/src/metrics.ts). */
const METRICS = 18;
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
    "Large images": requests * REQUEST.largeShare * largeImage(),
    CloudWatch:
      ((requests * logBytes) / GB) * PRICES.logGb + ALARMS * PRICES.alarm + METRICS * PRICES.metric,
  };
}

/** What one costs more: two requests in place of one, the authoriser's Lambda, and the bucket. */
function largeImage(): number {
  const { restRequest, lambdaRequest, s3Put, s3Get, cloudfrontRequest, cloudfrontFunction } =
    PRICES;
  return restRequest + lambdaRequest + s3Put + s3Get + cloudfrontRequest + cloudfrontFunction;
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
