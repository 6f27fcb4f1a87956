import { setup as openTable } from "../support/table.ts";
import { enforced } from "./lambda.ts";
import { openSite, pack } from "./open.ts";
import { assertSecrecy } from "./secrecy.ts";

/** The table of a test run, and both functions behind their gateway: SANDBOX_URL says where. */
export async function setup(): Promise<() => Promise<void>> {
  if (!enforced) {
    process.stderr.write(
      "Without root and control groups: file system, user, memory and processor time are not as on Lambda.\n",
    );
  }
  await pack();
  const closeTable = await openTable();
  const site = await openSite();
  process.env.SANDBOX_URL = site.url;
  return async () => {
    await site.close();
    for (const { output } of Object.values(site.functions)) assertSecrecy(output);
    await closeTable();
  };
}
