/**
 * CloudWatch's embedded metric format: it reads numbers from log lines that name them. The line of a
 * request is such a line, so that metrics cost no line of their own, no call, and no start-up.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const NAMESPACE = "imagetotext";

/** Members of the line that are metrics. */
const UNITS: Record<string, string> = {
  requests: "Count",
  refusals: "Count",
  ms: "Milliseconds",
  readMs: "Milliseconds",
  confidence: "Percent",
  giveBacks: "Count",
  coldStarts: "Count",
};

/** A count that is a metric by itself. */
export function metricOf(name: string, count: number, now: Date): object {
  const about = {
    Namespace: NAMESPACE,
    Dimensions: [[]],
    Metrics: [{ Name: name, Unit: "Count" }],
  };
  return { [name]: count, _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [about] } };
}

type Line = Record<string, string | number | undefined>;

let isCold = true;

/**
 * What is added to the line of a request for an image. Of a refusal also its code is counted.
 * @param line as it is logged
 */
export function metricsOf(line: Line, now: Date): object {
  const added = { requests: 1, coldStarts: isCold ? 1 : 0, ...(line.code ? { refusals: 1 } : {}) };
  isCold = false;
  const present: Line = { ...line, ...added };
  const names = Object.keys(UNITS).filter((name) => present[name] !== undefined);
  const all = {
    Namespace: NAMESPACE,
    Dimensions: [[]],
    Metrics: names.map((Name) => ({ Name, Unit: UNITS[Name] })),
  };
  const byCode = {
    Namespace: NAMESPACE,
    Dimensions: [["code"]],
    Metrics: [{ Name: "refusals", Unit: "Count" }],
  };
  const CloudWatchMetrics = line.code ? [all, byCode] : [all];
  return { ...added, _aws: { Timestamp: now.getTime(), CloudWatchMetrics } };
}
