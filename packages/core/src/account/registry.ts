import { key, queryPages } from "../table.ts";
import { workThrough } from "../work-through.ts";

/** An account's id is a UUID, and the registry is split by its first character. */
const PARTITIONS = [..."0123456789abcdef"];

/** The ids of all accounts, in no order of meaning, for the jobs that go through all of them. */
export async function* listAll(): AsyncGenerator<string> {
  for (const partition of PARTITIONS) {
    const query = {
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": key.registered(partition).pk },
    };
    for await (const { Items = [] } of queryPages(query)) {
      for (const { accountId } of Items) yield String(accountId);
    }
  }
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
