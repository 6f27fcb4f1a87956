import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { config } from "./config.ts";

let client: DynamoDBDocumentClient | undefined;

/** The one document client, made on first use. */
export function table(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(
    new DynamoDBClient({
      ...local(config().table.endpoint),
      // The gateway gives up after 29 s: a call that hangs must fail while there is time to answer.
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  return client;
}

/** A DynamoDB on this machine checks no credentials, but the SDK wants some. */
function local(endpoint: string | undefined) {
  if (!endpoint) return {};
  return {
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
}

/** One builder for each kind of item. The table has a hash key `pk` and a range key `sk`. */
export const key = {
  /** What the API looks at on each call: active token, state, plan, the counts of the last days. */
  gate: (accountId: string) => ({ pk: `ACC#${accountId}`, sk: "GATE" }),
  /** Who the account is. */
  profile: (accountId: string) => ({ pk: `ACC#${accountId}`, sk: "PROFILE" }),
  /** Makes an e-mail address unique, and finds its account. */
  email: (email: string) => ({ pk: `EMAIL#${email}`, sk: "EMAIL" }),
  /** One answered request. Receipts of an account sort by time. */
  receipt: (accountId: string, at: Date, requestId: string) => ({
    pk: `ACC#${accountId}`,
    sk: `RECEIPT#${at.toISOString()}#${requestId}`,
  }),
};
