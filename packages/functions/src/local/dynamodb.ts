import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
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

type LocalDynamo = {
  endpoint: string;
  /** Ends it, when this process started it. */
  close: () => Promise<void>;
};

/** A server keeps the database for as long as it runs; a command may share it meanwhile. */
export type Role = "server" | "command";

/** Who has the database of a folder. The file is there from before it starts until after it ended. */
type Owner = { pid: number; role: Role; port: number };

/**
 * The embedded DynamoDB (dynoxide, one SQLite file in `dataDir`), for one process at a time. A command
 * shares a running server's; whoever finds a command's waits for its end.
 * @throws Error when another server has the folder, or where dynoxide has no binary for this machine
 */
export async function openDynamo(dataDir: string, role: Role): Promise<LocalDynamo> {
  await mkdir(dataDir, { recursive: true });
  const ownerFile = join(dataDir, "dynamodb.json");
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = await freePort();
    if (await claim(ownerFile, { pid: process.pid, role, port })) {
      const { endpoint, stop } = await start(port, ["--db-path", join(dataDir, "dynamodb.sqlite")]);
      const close = async () => {
        await stop();
        await rm(ownerFile, { force: true });
      };
      return { endpoint, close };
    }
    const owner = await findOwner(ownerFile);
    if (owner?.role === "server") {
      if (role === "server") throw new Error(`Another server uses ${dataDir}. Set DATA_DIR.`);
      if (await answers(endpointOf(owner.port))) {
        return { endpoint: endpointOf(owner.port), close: async () => {} };
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The database in ${dataDir} stays in use. Is ${ownerFile} left over?`);
}

/** `wx` lets one of several that try at once win. */
async function claim(ownerFile: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(ownerFile, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The owner that still lives. What a killed one left behind is removed. */
async function findOwner(ownerFile: string): Promise<Owner | undefined> {
  const written = await readFile(ownerFile, "utf8").catch(() => undefined);
  // Gone since, or not written to the end yet.
  if (!written?.endsWith("}")) return undefined;
  const owner: Owner = JSON.parse(written);
  if (isAlive(owner.pid)) return owner;
  await rm(ownerFile, { force: true });
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** An embedded DynamoDB that forgets everything when it is closed. */
export async function openMemoryDynamo(): Promise<LocalDynamo> {
  const { endpoint, stop } = await start(await freePort(), []);
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

const endpointOf = (port: number) => `http://127.0.0.1:${port}`;

async function start(
  port: number,
  options: string[],
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const endpoint = endpointOf(port);
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

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
