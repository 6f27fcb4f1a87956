import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Lambda's side inside the sandbox: asks for events and answers them, as the Node.js runtime does.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const API = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [script = "", name = ""] = (process.env._HANDLER ?? "").split(".");
let current: string | undefined;

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${API}/${path}`, { method: "POST", body: JSON.stringify(body) });
}

const describe = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") }
    : { errorType: "Error", errorMessage: String(error) };

/** An error that nobody catches ends the function, as on Lambda. */
async function fail(error: unknown): Promise<void> {
  process.stderr.write(`${JSON.stringify(describe(error))}\n`);
  await post(current ? `invocation/${current}/error` : "init/error", describe(error));
  process.exit(129);
}
process.on("uncaughtException", (error) => void fail(error));
process.on("unhandledRejection", (error) => void fail(error));

const file = ["mjs", "js", "cjs"]
  .map((extension) => join(process.env.LAMBDA_TASK_ROOT ?? "", `${script}.${extension}`))
  .find(existsSync);
const handler: Handler = (await import(pathToFileURL(file ?? script).href))[name];

for (;;) {
  const next = await fetch(`${API}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id") ?? "";
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  current = id;
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`invocation/${id}/error`, describe(error));
  }
  current = undefined;
}
