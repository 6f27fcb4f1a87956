import { setTimeout } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { config } from "./config.ts";
import { table } from "./table.ts";

export type Writes = NonNullable<TransactWriteCommandInput["TransactItems"]>;

const ATTEMPTS = 6;

/**
 * Carries all writes out, or none.
 * @returns undefined, or which condition did not hold, by its place
 * @throws the SDK's error when others keep writing the same items
 */
export async function transact(writes: Writes): Promise<number | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await table().send(new TransactWriteCommand({ TransactItems: writes }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = error.CancellationReasons?.map((reason) => reason.Code) ?? [];
      const failed = codes.indexOf("ConditionalCheckFailed");
      if (failed >= 0) return failed;
      if (!codes.includes("TransactionConflict") || attempt === ATTEMPTS) throw error;
      await setTimeout(2 ** attempt * 10 * (0.5 + Math.random()));
    }
  }
}

/** Makes an item that must not be there yet. */
export const putNew = (item: object): Writes[number] => ({
  Put: {
    TableName: config().table.name,
    Item: { ...item },
    ConditionExpression: "attribute_not_exists(pk)",
  },
});
