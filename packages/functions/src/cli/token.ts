import { issueLocalToken } from "../local/account.ts";
import { openLocal } from "../local/open.ts";

/** Prints a fresh token for a local account, and nothing else on stdout. */
const [email] = process.argv.slice(2);
if (!email?.includes("@")) {
  process.stderr.write("Usage: npm run --silent token -- someone@example.com\n");
  process.exit(2);
}
const close = await openLocal("command");
try {
  process.stdout.write(`${await issueLocalToken(email)}\n`);
} finally {
  await close();
}
