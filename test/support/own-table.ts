import { createTable } from "../../packages/functions/src/local/dynamodb.ts";

/**
 * Gives this test file a table of its own, for what looks at every account there is. Call it before
 * anything reads the configuration.
 */
export async function useOwnTable(): Promise<void> {
  const name = `own-${crypto.randomUUID()}`;
  process.env.TABLE_NAME = name;
  await createTable(String(process.env.DYNAMODB_ENDPOINT), name);
}
