/** What every alarm has unless it says otherwise. */
type Common = Pick<
  aws.cloudwatch.MetricAlarmArgs,
  "alarmActions" | "okActions" | "comparisonOperator" | "treatMissingData" | "period"
>;

/** Alarms that mail the operator. docs/operations.md says what each means and what to do. */
export function alarms(options: {
  email: string;
  api: sst.aws.ApiGatewayV2;
  functions: { ocr: sst.aws.Function; web: sst.aws.Function };
  nightly: sst.aws.Function;
}): void {
  const { email, api, functions, nightly } = options;
  const topic = new aws.sns.Topic("Alarms");
  new aws.sns.TopicSubscription("AlarmsMail", {
    topic: topic.arn,
    protocol: "email",
    endpoint: email,
  });
  const common: Common = {
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
    period: 300,
  };
  onRequests(common, api, functions.ocr);
  onNights(common, nightly);
  onFunction(common, "Ocr", functions.ocr);
  onFunction(common, "Web", functions.web);
}

/** Callers are failed, or wait too long. */
function onRequests(common: Common, api: sst.aws.ApiGatewayV2, ocr: sst.aws.Function): void {
  new aws.cloudwatch.MetricAlarm("ServerErrors", {
    ...common,
    alarmDescription: "More than 2 % of all requests were answered with 5xx, for 10 minutes.",
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: api.nodes.api.id },
    statistic: "Average",
    threshold: 0.02,
    evaluationPeriods: 2,
  });
  new aws.cloudwatch.MetricAlarm("OcrSlow", {
    ...common,
    alarmDescription:
      "5 % of all images took longer than 15 s, for 10 minutes; at 20 s callers get 503.",
    namespace: "AWS/Lambda",
    metricName: "Duration",
    dimensions: { FunctionName: ocr.name },
    extendedStatistic: "p95",
    threshold: 15_000,
    evaluationPeriods: 2,
  });
}

/** The jobs of a night, and what they found. */
function onNights(common: Common, nightly: sst.aws.Function): void {
  const ofFunction = {
    ...common,
    namespace: "AWS/Lambda",
    statistic: "Sum",
    dimensions: { FunctionName: nightly.name },
    evaluationPeriods: 1,
  };
  new aws.cloudwatch.MetricAlarm("NightlyFailed", {
    ...ofFunction,
    alarmDescription: "A job of the night failed. Its name is in the log of the nightly function.",
    metricName: "Errors",
    threshold: 0,
  });
  new aws.cloudwatch.MetricAlarm("NightlyMissed", {
    ...ofFunction,
    alarmDescription: "The nightly function has not run for a day.",
    metricName: "Invocations",
    comparisonOperator: "LessThanThreshold",
    treatMissingData: "breaching",
    period: 86_400,
    threshold: 1,
  });
  new aws.cloudwatch.MetricAlarm("CountsDiffer", {
    ...common,
    alarmDescription:
      "In one night more than 10 days of accounts had more requests counted than answered.",
    namespace: "imagetotext",
    metricName: "differences",
    statistic: "Maximum",
    threshold: 10,
    evaluationPeriods: 1,
  });
}

/** A function that is not let run, or that ends before it has answered. */
function onFunction(common: Common, title: "Ocr" | "Web", fn: sst.aws.Function): void {
  const name = title.toLowerCase();
  const ofFunction = {
    ...common,
    namespace: "AWS/Lambda",
    statistic: "Sum",
    dimensions: { FunctionName: fn.name },
    evaluationPeriods: 1,
  };
  new aws.cloudwatch.MetricAlarm(`${title}Throttled`, {
    ...ofFunction,
    alarmDescription: `Requests to ${name} found no free Lambda: raise the account's concurrency.`,
    metricName: "Throttles",
    threshold: 0,
  });
  new aws.cloudwatch.MetricAlarm(`${title}Crashed`, {
    ...ofFunction,
    alarmDescription: `${name} crashed, ran out of memory or out of time more than twice in 5 minutes.`,
    metricName: "Errors",
    threshold: 2,
  });
}
