import { expect, test } from "vitest";
import { makeAccount } from "../support/account.ts";
import { expectStatus, fixture, formRequest, jsonRequest, png, useApp } from "../support/app.ts";
import { captureLog } from "../support/log-lines.ts";

process.env.METRICS = "on";
const lines = captureLog();
const app = useApp();

type Metrics = { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] };

/** The metrics of a line by dimension, as CloudWatch reads them: each must be a number of the line. */
function metricsOf(line: Record<string, unknown> = {}): Record<string, object> {
  const { Timestamp, CloudWatchMetrics } = line._aws as {
    Timestamp: number;
    CloudWatchMetrics: Metrics[];
  };
  expect(Timestamp).toEqual(expect.any(Number));
  const read = CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics: metrics }) => {
    expect(Namespace).toBe("imagetotext");
    const dimension = Dimensions.flat()
      .map((name) => String(line[name]))
      .join();
    const values = metrics.map(({ Name }) => [Name, line[Name]]);
    for (const [, value] of values) expect(value).toEqual(expect.any(Number));
    return [dimension || "all", Object.fromEntries(values)];
  });
  return Object.fromEntries(read);
}

const PATH = "/api/ocr/extract-text-from-file";

test("an image that is read is a request with its times and its confidence", async () => {
  const { token } = await makeAccount();
  const file = png(fixture("receipt.jpg"), "image/jpeg");
  const body = await expectStatus(await app.request(PATH, formRequest(token, { file })), 200);
  const { all, ...others } = metricsOf(lines.at(-1));
  expect(all).toEqual({
    requests: 1,
    coldStarts: 1,
    ms: expect.any(Number),
    readMs: expect.any(Number),
    confidence: body.data.confidence,
  });
  expect(others).toEqual({});
});

test("a refusal is counted by its code, and so is what was given back", async () => {
  const { token } = await makeAccount();
  await expectStatus(await app.request(PATH, jsonRequest(token, {})), 422);
  const metrics = metricsOf(lines.at(-1));
  expect(metrics.all).toEqual({
    requests: 1,
    refusals: 1,
    coldStarts: 0,
    giveBacks: 1,
    ms: expect.any(Number),
  });
  expect(metrics["request.content_type"]).toEqual({ refusals: 1 });
});

test("what is no call for an image has no metrics", async () => {
  await app.request("/api/ocr/usage");
  expect(lines.at(-1)).not.toHaveProperty("_aws");
});
