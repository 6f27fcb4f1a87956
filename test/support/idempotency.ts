import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "@imagetotext/core/config";
import { table } from "@imagetotext/core/table";

/** The Idempotency-Keys that an account's requests hold. */
export async function idempotencyItems(accountId: string): Promise<Record<string, unknown>[]> {
  const { Items } = await table().send(
    new QueryCommand({
      TableName: config().table.name,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": `ACC#${accountId}`, ":prefix": "IDEMPOTENCY#" },
      ConsistentRead: true,
    }),
  );
  return Items ?? [];
}
