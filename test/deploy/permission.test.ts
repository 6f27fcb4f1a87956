import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../packages/functions/infra/bundle.ts";
import { inputs, ROLE, TABLE_ARN } from "./stages.ts";

/** Who may do what, statement by statement. */

type Statement = { effect: string; actions: string[]; resources: string[] };

function statements(role: string): Statement[] {
  const { inlinePolicies, managedPolicyArns } = inputs(ROLE, role);
  expect(managedPolicyArns).toEqual([]);
  expect(inlinePolicies).toHaveLength(1);
  return JSON.parse(inlinePolicies[0].policy).statements;
}

test("the OCR function may get, put, update and delete items of its table, take uploads, write its own log, and nothing else", () => {
  expect(statements("OcrRole")).toEqual([
    {
      effect: "Allow",
      actions: [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      resources: [TABLE_ARN],
    },
    {
      effect: "Allow",
      actions: ["s3:DeleteObject", "s3:GetObject"],
      resources: ["arn:aws:s3:us-east-1:123456789012:UploadsBucket/*"],
    },
    {
      effect: "Allow",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: ["arn:aws:cloudwatch:us-east-1:123456789012:OcrLogs:*"],
    },
  ]);
});

test("the web function may query its table, send mail as one sender, and nothing else", () => {
  expect(statements("WebRole")).toEqual([
    {
      effect: "Allow",
      actions: [
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [TABLE_ARN],
    },
    {
      effect: "Allow",
      actions: ["ses:SendEmail"],
      resources: [
        "arn:aws:sesv2:us-east-1:123456789012:MailIdentity",
        "arn:aws:sesv2:us-east-1:123456789012:MailConfig",
      ],
    },
    {
      effect: "Allow",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: ["arn:aws:cloudwatch:us-east-1:123456789012:WebLogs:*"],
    },
  ]);
});

test("the nightly function may send mail as one sender, work on its table, and nothing else", () => {
  const [onTable, onMail, onLog, ...more] = statements("NightlyRole");
  expect(onTable).toMatchObject({
    actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    resources: [TABLE_ARN],
  });
  expect(onMail?.actions).toEqual(["ses:SendEmail"]);
  expect(onLog?.resources).toEqual(["arn:aws:cloudwatch:us-east-1:123456789012:NightlyLogs:*"]);
  expect(more).toEqual([]);
});

test("the authoriser may write its own log, and nothing else", () => {
  expect(statements("AuthoriserRole")).toEqual([
    {
      effect: "Allow",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: ["arn:aws:cloudwatch:us-east-1:123456789012:AuthoriserLogs:*"],
    },
  ]);
});

test("the gateway for uploads may put objects into their bucket, and nothing else", () => {
  const { inlinePolicies, assumeRolePolicy } = inputs(ROLE, "UploadRole");
  expect(inlinePolicies).toHaveLength(1);
  expect(JSON.parse(inlinePolicies[0].policy).Statement).toEqual([
    {
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:us-east-1:123456789012:UploadsBucket/*",
    },
  ]);
  expect(assumeRolePolicy.Statement[0].Principal).toEqual({ Service: "apigateway.amazonaws.com" });
});

test("the schedule may invoke the nightly function, and nothing else", () => {
  const { inlinePolicies, assumeRolePolicy } = inputs(ROLE, "EveryNightRole");
  expect(JSON.parse(inlinePolicies[0].policy).statements).toEqual([
    {
      actions: ["lambda:InvokeFunction"],
      resources: ["arn:aws:lambda:us-east-1:123456789012:NightlyFunction"],
    },
  ]);
  expect(assumeRolePolicy.Statement[0].Principal).toEqual({ Service: "scheduler.amazonaws.com" });
});

test("only Lambda can become the role of a function", () => {
  for (const role of ["OcrRole", "WebRole", "NightlyRole", "AuthoriserRole"]) {
    const { Statement } = inputs(ROLE, role).assumeRolePolicy;
    expect(Statement).toHaveLength(1);
    expect(Statement[0].Principal).toEqual({ Service: "lambda.amazonaws.com" });
  }
});

test.each(["Ocr", "Web", "Nightly"])(
  "the %s function is allowed every table call that its code makes, parts of transactions too, and no more",
  (name) => {
    expect(tableActions(name.toLowerCase())).toEqual(statements(`${name}Role`)[0]?.actions);
  },
);

/**
 * A transaction needs the rights of its parts, and none of its own:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
function tableActions(zip: string): string[] {
  const folder = join(ROOT, ".build", zip);
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  const code = scripts.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  // What the SDK makes of our calls has another name, such as PutItemCommand.
  const calls = [
    ...code.matchAll(
      /new (Put|Get|Update|Delete|Query|Scan|BatchGet|BatchWrite)Command\d*\((?!this\b)/g,
    ),
  ];
  const parts = [...code.matchAll(/\b(Put|Update|Delete|ConditionCheck):\{TableName\b/g)];
  const names = [...calls, ...parts].map(([, name]) => name);
  const actions = names.map(
    (name) => `dynamodb:${/Query|Scan/.test(name ?? "") ? name : `${name}Item`}`,
  );
  return [...new Set(actions)].sort();
}
