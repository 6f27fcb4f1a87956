import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";
import { getPlan } from "./plan.ts";

/**
 * Sets how many requests a day an account on pay as you go may make. Today's count stays.
 * @param cap 0 (no calls at all) to the plan's own daily limit
 * @throws VisibleError billing.invalid_cap; billing.plan_changed when it is on another plan
 */
export async function setCap(accountId: string, cap: number): Promise<void> {
  const { id, dailyLimit } = getPlan("payg");
  if (!Number.isInteger(cap) || cap < 0 || cap > dailyLimit) {
    const range = `Enter a whole number from 0 to ${dailyLimit.toLocaleString("en")}.`;
    throw new VisibleError("billing.invalid_cap", range, { field: "cap" });
  }
  try {
    await table().send(
      new UpdateCommand({
        TableName: config().table.name,
        Key: key.gate(accountId),
        UpdateExpression: "SET dailyLimit = :cap",
        ConditionExpression: "#plan = :payg",
        ExpressionAttributeNames: { "#plan": "plan" },
        ExpressionAttributeValues: { ":cap": cap, ":payg": id },
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new VisibleError("billing.plan_changed", undefined, { cause });
  }
}
