import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const makeDataDir = (): string => mkdtempSync(join(tmpdir(), "imagetotext-"));

/** The environment of a process with a table of its own in `dataDir`, not the run's. */
export function ownEnvironment(dataDir: string, more: Record<string, string> = {}) {
  const {
    DYNAMODB_ENDPOINT,
    TOKEN_SIGNING_SEED,
    TOKEN_PUBLIC_KEYS,
    MAIL_OUTBOX,
    LOG,
    ...inherited
  } = process.env;
  return { ...inherited, DATA_DIR: dataDir, PORT: "0", ...more };
}

export type RunningServer = {
  url: string;
  token: string;
  process: ChildProcess;
  /** Everything it has printed so far. */
  output: () => string;
  exited: Promise<number | null>;
};

/** `npm start`, as far as it is ours: without npm in between, so that a signal reaches the server. */
export async function startServer(
  dataDir: string,
  more: Record<string, string> = {},
): Promise<RunningServer> {
  const child = spawn(process.execPath, ["--import", "tsx", "packages/functions/src/dev.ts"], {
    cwd: ROOT,
    env: ownEnvironment(dataDir, more),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const started = new Promise<void>((resolve, reject) => {
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("The contract:")) resolve();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    void exited.then(() => reject(new Error(`the server ended: ${output}`)));
  });
  await started;
  const [, url = ""] = output.match(/running at (\S+),/) ?? [];
  const [, token = ""] = output.match(/Bearer (\S+)'/) ?? [];
  return { url, token, process: child, output: () => output, exited };
}

/** Runs one of the project's commands to its end. */
export function run(
  script: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

/** Runs a line of shell, and shows what it prints. */
export function runShell(command: string) {
  const script = "require('child_process').execSync(process.argv[1], {stdio: 'inherit'})";
  return run("-e", [script, command], process.env);
}
