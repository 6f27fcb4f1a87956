import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";

export type LocalDynamo = {
  endpoint: string;
  /** Ends it, when this process started it. */
  close: () => Promise<void>;
};

/**
 * The embedded DynamoDB (dynoxide, one SQLite file in `dataDir`). A second process with the same
 * folder shares the first one's, as long as that lives.
 * @throws Error that says what to do, where dynoxide has no binary for this machine
 */
export async function openDynamo(dataDir: string): Promise<LocalDynamo> {
  await mkdir(dataDir, { recursive: true });
  const stateFile = join(dataDir, "dynamodb.json");
  const running = await readEndpoint(stateFile);
  if (running && (await answers(running))) return { endpoint: running, close: async () => {} };
  const { endpoint, stop } = await start(["--db-path", join(dataDir, "dynamodb.sqlite")]);
  await writeFile(stateFile, JSON.stringify({ endpoint }));
  return { endpoint, close: stop };
}

/** An embedded DynamoDB that forgets everything when it is closed. */
export async function openMemoryDynamo(): Promise<LocalDynamo> {
  const { endpoint, stop } = await start([]);
  return { endpoint, close: stop };
}

/** Makes the table as sst.config.ts does, unless it is there. */
export async function createTable(endpoint: string, name: string): Promise<void> {
  const client = connect(endpoint);
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
      }),
    );
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    client.destroy();
  }
}

/**
 * The shell ends dynoxide when its input closes, which the system does for us however this process
 * ends, kill -9 included. Its own process group keeps Ctrl-C from ending it before we have answered.
 */
const WATCH = '"$0" "$@" & child=$!; cat >/dev/null; kill $child; wait $child';

async function start(options: string[]): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(
    "sh",
    ["-c", WATCH, binary(), "serve", "--host", "127.0.0.1", "--port", String(port), ...options],
    { stdio: ["pipe", "ignore", "ignore"], detached: true },
  );
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await untilAnswers(endpoint);
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  return { endpoint, stop };
}

function binary(): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    return resolve("@dynoxide/linux-x64/dynoxide");
  } catch (cause) {
    throw new Error(
      "The embedded DynamoDB runs on Linux x64 only. Elsewhere, start any DynamoDB (for example " +
        "DynamoDB local) and set DYNAMODB_ENDPOINT to its address.",
      { cause },
    );
  }
}

async function untilAnswers(endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await answers(endpoint)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The embedded DynamoDB did not start within 5 s.");
}

async function answers(endpoint: string): Promise<boolean> {
  const client = connect(endpoint);
  try {
    await client.send(new ListTablesCommand({}));
    return true;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

function connect(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 },
  });
}

async function readEndpoint(stateFile: string): Promise<string | undefined> {
  try {
    return JSON.parse(await readFile(stateFile, "utf8")).endpoint;
  } catch {
    return undefined;
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
