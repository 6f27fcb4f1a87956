import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { key, table } from "../table.ts";
import { workThrough } from "../work-through.ts";

/** An account's id is a UUID, and the registry is split by its first character. */
const PARTITIONS = [..."0123456789abcdef"];

/** The ids of all accounts, in no order of meaning, for the jobs that go through all of them. */
export async function* listAll(): AsyncGenerator<string> {
  for (const partition of PARTITIONS) yield* listPartition(key.registered(partition).pk);
}

/** Accounts that a job works on at once. */
const AT_ONCE = 25;

/**
 * Does something for every account. A failure of one does not keep the others waiting.
 * @returns how many accounts there were, and what failed
 */
export async function forEach(
  work: (accountId: string) => Promise<void>,
): Promise<{ accounts: number; failures: unknown[] }> {
  const { items, failures } = await workThrough(listAll(), AT_ONCE, work);
  return { accounts: items, failures };
}

async function* listPartition(pk: string): AsyncGenerator<string> {
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table().send(
      new QueryCommand({
        TableName: config().table.name,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": pk },
        ExclusiveStartKey: from,
      }),
    );
    for (const { accountId } of Items) yield String(accountId);
    from = LastEvaluatedKey;
  } while (from);
}
