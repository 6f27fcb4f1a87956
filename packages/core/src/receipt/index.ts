import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { config } from "../config.ts";
import { VisibleError } from "../error.ts";
import { key, table } from "../table.ts";

/** One answered request: the request log and the bill. It holds no image and no text. */
export type Receipt = {
  accountId: string;
  requestId: string;
  at: Date;
  /** Size of the image file, bytes. */
  bytes: number;
  pixels: number;
  /** From the arrival of the request to its result, ms. */
  ms: number;
  /** Integer 0..100. */
  confidence: number;
};

const DAYS_KEPT = 90;

/**
 * Writes the receipt of a request that is about to be answered with its result. Exactly one for each
 * 200, and none for anything else.
 * @throws VisibleError receipt.unwritten: the request must then not be answered with 200
 */
export async function record(receipt: Receipt): Promise<void> {
  const { accountId, requestId, at, ...measured } = receipt;
  const Key = key.receipt(accountId, at, requestId);
  const TableName = config().table.name;
  const Item = {
    ...Key,
    requestId,
    at: at.toISOString(),
    ...measured,
    // DynamoDB deletes it some time after this Unix second.
    expiresAt: Math.floor(at.getTime() / 1000) + DAYS_KEPT * 86_400,
  };
  try {
    // The key is this request's own, so that a write that is sent again replaces itself.
    await table().send(new PutCommand({ TableName, Item }));
  } catch (cause) {
    // It may have been written though no answer came, and would be billed without a 200.
    await table()
      .send(new DeleteCommand({ TableName, Key }))
      .catch(() => {});
    throw new VisibleError("receipt.unwritten", undefined, { cause });
  }
}
