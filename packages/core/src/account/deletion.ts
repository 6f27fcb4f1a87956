import { BatchWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as Billing from "../billing/index.ts";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, queryPages, table } from "../table.ts";
import { transact } from "../transact.ts";
import { confirmPassword } from "./profile.ts";

type Key = { pk: string; sk: string };

/**
 * Deletes an account. Its token dies first, then what it pays for is ended, then goes everything under
 * it: receipts, sessions, devices, links, and last who it was. When it is interrupted, the owner can log
 * in and repeat it.
 * @returns what was ended, and what is kept elsewhere, in words for its owner: mostly nothing
 * @throws VisibleError password.wrong; session.ended when the address changed meanwhile;
 *   billing.unavailable, account.throttled
 */
export async function deleteAccount(
  request: { accountId: string; password: string },
  now: Date,
): Promise<{ closed: string[]; kept: string[] }> {
  const { accountId } = request;
  const { email } = await confirmPassword(accountId, request.password, now);
  await endToken(accountId);
  const ended = await Billing.close(accountId, now);
  const identity = [key.gate(accountId), key.profile(accountId)].map(({ sk }) => sk);
  await deleteAll(accountId, (sk) => !identity.includes(sk));
  const remove = (Key: Key, condition: string, values?: Record<string, string>) => ({
    Delete: {
      TableName: config().table.name,
      Key,
      ConditionExpression: condition,
      ...(values ? { ExpressionAttributeValues: values } : {}),
    },
  });
  const failed = await transact([
    remove(key.email(email), "accountId = :accountId", { ":accountId": accountId }),
    remove(key.profile(accountId), "email = :email", { ":email": email }),
    remove(key.gate(accountId), "attribute_exists(pk)"),
    // Missing where the account is older than the registry, or was restored from a backup.
    { Delete: { TableName: config().table.name, Key: key.registered(accountId) } },
  ]);
  if (failed !== undefined) throw new VisibleError("session.ended");
  // What requests under way have written since.
  await deleteAll(accountId, () => true);
  return ended;
}

/** Closes the gate: from here on no call is counted, and no token can be issued. */
async function endToken(accountId: string): Promise<void> {
  await table().send(
    new UpdateCommand({
      TableName: config().table.name,
      Key: key.gate(accountId),
      UpdateExpression: "SET verified = :false REMOVE tokenId, tokenExpiresAt",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":false": false },
    }),
  );
}

async function deleteAll(accountId: string, isMeant: (sk: string) => boolean): Promise<void> {
  const pages = queryPages({
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": key.gate(accountId).pk },
    ProjectionExpression: "pk, sk",
    ConsistentRead: true,
  });
  for await (const { Items = [] } of pages) {
    const keys = Items.map((item) => item as Key).filter(({ sk }) => isMeant(sk));
    // A batch takes 25 writes.
    for (let i = 0; i < keys.length; i += 25) await deleteBatch(keys.slice(i, i + 25));
  }
}

async function deleteBatch(keys: Key[]): Promise<void> {
  let left: Record<string, { DeleteRequest: { Key: Key } }[]> = {
    [config().table.name]: keys.map((Key) => ({ DeleteRequest: { Key } })),
  };
  // DynamoDB may leave some of a batch undone, and says which.
  while (Object.keys(left).length > 0) {
    const answer = await table().send(new BatchWriteCommand({ RequestItems: left }));
    left = (answer.UnprocessedItems ?? {}) as typeof left;
  }
}
