import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { config } from "./config.ts";

/** The document client, made on first use. A call that fails in passing is sent again. */
export const table = lazy(() => connect(2));

/**
 * A client that sends each call once, for writes that must not happen twice. When one fails, it may
 * or may not have been carried out.
 */
export const tableOnce = lazy(() => connect(1));

function connect(maxAttempts: number): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    ...local(config().table.endpoint),
    maxAttempts,
    // The gateway gives up after 29 s. A receipt that is sent twice must fit in what is left of them
    // after the last moment to record (api/extract.ts).
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
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
  /** An Idempotency-Key that a request holds. */
  idempotency: (accountId: string, keyHash: string) => ({
    pk: `ACC#${accountId}`,
    sk: `IDEMPOTENCY#${keyHash}`,
  }),
  /** That the account exists: 16 partitions list them all. */
  registered: (accountId: string) => ({
    pk: `ACCOUNTS#${accountId.charAt(0)}`,
    sk: `ACC#${accountId}`,
  }),
  /** A log-in that lasts. It lives under its account, so that one query finds all that is to delete. */
  session: (accountId: string, hash: string) => ({ pk: `ACC#${accountId}`, sk: `SESSION#${hash}` }),
  /** A browser that has logged in before. */
  device: (accountId: string, hash: string) => ({ pk: `ACC#${accountId}`, sk: `DEVICE#${hash}` }),
  /** A link of a mail that works once. */
  link: (accountId: string, hash: string) => ({ pk: `ACC#${accountId}`, sk: `LINK#${hash}` }),
  /** How often something was tried in one window of time. */
  attempts: (subject: string, window: string) => ({
    pk: `ATTEMPTS#${subject}`,
    sk: `WINDOW#${window}`,
  }),
  /** A token that expires on this day (UTC, 2026-11-22): the daily job reads one partition a day. */
  expiry: (day: string, tokenId: string) => ({ pk: `EXPIRY#${day}`, sk: `TOKEN#${tokenId}` }),
  /** An account that Stripe knows. One partition lists them all. */
  customer: (accountId: string) => ({ pk: "CUSTOMERS", sk: accountId }),
  /** Something of Stripe's, by its id: a customer (whose account it is), an event (that it was taken). */
  stripe: (id: string) => ({ pk: `STRIPE#${id}`, sk: "STRIPE" }),
  /** The paid requests of a closed day (UTC, 2026-11-22) that Stripe was told of. */
  billedDay: (accountId: string, day: string) => ({ pk: `ACC#${accountId}`, sk: `BILLED#${day}` }),
  /** One answered request. Receipts of an account sort by time. */
  receipt: (accountId: string, at: Date, requestId: string) => ({
    pk: `ACC#${accountId}`,
    sk: `RECEIPT#${at.toISOString()}#${requestId}`,
  }),
};

/** The pages of a query, each asked for when it is wanted: one holds 1 MB at most. */
export async function* queryPages(
  query: Omit<QueryCommandInput, "TableName" | "ExclusiveStartKey">,
): AsyncGenerator<QueryCommandOutput> {
  let from: QueryCommandInput["ExclusiveStartKey"];
  do {
    const page = await table().send(
      new QueryCommand({ ...query, TableName: config().table.name, ExclusiveStartKey: from }),
    );
    yield page;
    from = page.LastEvaluatedKey;
  } while (from);
}

/** Whether the table answers. One read of an item that need not exist. */
export async function isReachable(): Promise<boolean> {
  try {
    await tableOnce().send(
      new GetCommand({ TableName: config().table.name, Key: { pk: "HEALTH", sk: "HEALTH" } }),
    );
    return true;
  } catch {
    return false;
  }
}
