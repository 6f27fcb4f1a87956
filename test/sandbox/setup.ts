import { setup as openTable } from "../support/table.ts";
import { openGateway } from "./gateway.ts";
import { enforced } from "./lambda.ts";
import { ocrLambda, pack, webLambda } from "./open.ts";

/** The table of a test run, and both functions behind their gateway: SANDBOX_URL says where. */
export async function setup(): Promise<() => Promise<void>> {
  if (!enforced) {
    process.stderr.write(
      "Without root and control groups: file system, user, memory and processor time are not as on Lambda.\n",
    );
  }
  await pack();
  const closeTable = await openTable();
  const functions = { ocr: ocrLambda(), web: webLambda() };
  const gateway = await openGateway(functions);
  process.env.SANDBOX_URL = gateway.url;
  return async () => {
    gateway.close();
    await Promise.all([functions.ocr.close(), functions.web.close()]);
    await closeTable();
  };
}
