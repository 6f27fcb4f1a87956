import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "@imagetotext/core/config";
import { ReaderPool } from "@imagetotext/core/ocr";
import { demoToken } from "./local/account.ts";
import { dataDir, openLocal } from "./local/open.ts";
import { listen } from "./local/serve.ts";
import { startLocalStripe } from "./local/stripe/listen.ts";
import { logBug } from "./log.ts";

/** The local server: the apps of both functions on an embedded DynamoDB. */
const stripe = process.env.LOCAL_STRIPE === "on" ? await startLocalStripe() : undefined;
Object.assign(process.env, stripe?.environment);
const closeTable = await openLocal("server").catch((error) => exitWith(error.message));
const readers = new ReaderPool({ ...config().ocr, onFault: logBug });
await readers.started().catch((error) => exitWith(`The engine does not start: ${error.message}`));
const token = await demoToken();
const hostname = process.env.HOST || "127.0.0.1";
const port = Number(process.env.PORT || 3000);
const server = await listen(readers, port, hostname).catch((error) =>
  exitWith(`Cannot listen: ${error.message}. Set PORT to another port.`),
);
stripe?.sendEventsTo(`${server.url}/stripe/webhook`);

const sample = relative(
  process.cwd(),
  fileURLToPath(new URL("../../../test/fixture/receipt.jpg", import.meta.url)),
);
process.stdout.write(`
imagetotext is running at ${server.url}, with its data in ${dataDir()}

Read a receipt:

  curl -H 'Authorization: Bearer ${token}' \\
    -F file=@${sample} ${server.url}/api/ocr/extract-text-from-file

The pages:             ${server.url}, and its mails at ${server.url}/dev/outbox
A token of your own:   npm run --silent token -- you@example.com
The contract:          README.md, and ${server.url}/openapi.json

`);

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server.close();
  await readers.close();
  await stripe?.close();
  await closeTable();
  process.exit(0);
}
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());
