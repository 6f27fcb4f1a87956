import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ROOT } from "../../packages/functions/infra/bundle.ts";
import { ControlGroup, canLimit } from "./cgroup.ts";

/**
 * One Lambda function on this machine: the unzipped bundle behind Lambda's Runtime API. As root on
 * Linux it also has Lambda's walls: everything read-only but a /tmp of 512 MB, an unprivileged user,
 * and the memory and processor time of its size. Otherwise only the API and the limits of an event
 * are as on Lambda; `enforced` says which.
 */

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: event and answer, bytes. */
const PAYLOAD_BYTES = 6_291_456;

const NOBODY = "65534";
const NODE = realpathSync(join(ROOT, "node_modules/node/bin/node"));

export const enforced = canLimit;

export type LambdaOptions = {
  name: string;
  /** Folder of the unzipped bundle. */
  task: string;
  /** `script.export` */
  handler: string;
  /** Folder that holds what is in /opt, and of `runtime.mjs`. */
  layer: string;
  runtime: string;
  memoryMb: number;
  timeoutMs: number;
  environment: Record<string, string>;
};

export type Answer = {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
};

/** What the gateway is told instead of an answer. */
export class LambdaError extends Error {
  override readonly name: "TooLarge" | "Crashed" | "TimedOut" | "Unhandled";
  constructor(name: LambdaError["name"], message: string) {
    super(message);
    this.name = name;
  }
}

type Invocation = {
  id: string;
  event: string;
  /** @param body JSON */
  answer: (body: string) => void;
  reject: (error: LambdaError) => void;
};

/** A function with one instance: requests wait for each other, and it is frozen between them. */
export class Lambda {
  /** From the start of the process to its first question for an event, ms, one for each start. */
  readonly initMs: number[] = [];
  /** Events given to it so far. */
  invocations = 0;
  /** All it has printed. */
  output = "";
  readonly #options: LambdaOptions;
  readonly #waiting: Invocation[] = [];
  readonly #server = createServer((request, response) => {
    void buffer(request).then((body) => this.#answer(request.url ?? "", body, response));
  });
  readonly #group: ControlGroup | undefined;
  #process: ChildProcess | undefined;
  #startedAt = 0;
  #idle: ServerResponse | undefined;
  #current: Invocation | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LambdaOptions) {
    this.#options = options;
    const name = `imagetotext-${options.name}-${randomUUID().slice(0, 8)}`;
    this.#group = enforced ? new ControlGroup(name, options.memoryMb) : undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The most memory it had so far, page cache included, MB. NaN where none is enforced. */
  get peakMb(): number {
    return this.#group?.peakMb ?? Number.NaN;
  }

  /** @throws LambdaError */
  async invoke<T = Answer>(event: object): Promise<T> {
    const text = JSON.stringify(event);
    if (Buffer.byteLength(text) > PAYLOAD_BYTES) throw new LambdaError("TooLarge", "event");
    if (!this.#server.listening) await this.#listen();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const answer = (body: string) => resolve(JSON.parse(body));
    this.#waiting.push({ id: randomUUID(), event: text, answer, reject });
    if (!this.#process) this.#start();
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    const ending = this.#process;
    const exited = new Promise((resolve) => (ending ? ending.once("exit", resolve) : resolve(0)));
    ending?.kill("SIGKILL");
    await exited;
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#group?.remove();
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  #start(): void {
    const { name, handler, memoryMb, task, layer, runtime, environment } = this.#options;
    const port = (this.#server.address() as AddressInfo).port;
    const [program, args] = enforced ? this.#walled() : [NODE, [join(runtime, "runtime.mjs")]];
    const root = enforced ? "/var/task" : task;
    const opt = enforced ? {} : { TESSDATA_DIR: join(layer, "tessdata") };
    this.#startedAt = performance.now();
    const child = spawn(program, args, {
      cwd: task,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: "/usr/bin:/bin",
        TZ: ":UTC",
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        AWS_REGION: "us-east-1",
        LAMBDA_TASK_ROOT: root,
        _HANDLER: handler,
        ...environment,
        ...opt,
      },
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("exit", (code, signal) => this.#ended(`exit ${signal ?? code}`));
    this.#process = child;
  }

  /** The shell makes the walls, then becomes the function: they share one process id. */
  #walled(): [string, string[]] {
    const { task, layer, runtime } = this.#options;
    for (const path of ["/var/task", "/var/runtime", "/var/lang"]) {
      mkdirSync(path, { recursive: true });
    }
    const mount = (from: string, to: string) =>
      `mount --bind "${from}" ${to} && mount -o remount,ro,bind ${to}`;
    const script = [
      ...(this.#group?.folders ?? []).map((folder) => `echo $$ > ${folder}/cgroup.procs`),
      "mount --make-rprivate /",
      mount(task, "/var/task"),
      mount(layer, "/opt"),
      mount(runtime, "/var/runtime"),
      // Node.js too: where it lies now may be under /tmp, or closed to others.
      mount(dirname(NODE), "/var/lang"),
      "mount -t tmpfs -o size=512m,mode=1777 tmpfs /tmp",
      "mount -o remount,ro,bind /",
      "cd /var/task",
      `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups --no-new-privs /var/lang/${basename(NODE)} /var/runtime/runtime.mjs`,
    ].join(" && ");
    return ["unshare", ["--mount", "sh", "-c", script]];
  }

  #answer(url: string, body: Buffer, response: ServerResponse): void {
    const path = url.replace("/2018-06-01/runtime/", "");
    if (path === "invocation/next") {
      if (this.#startedAt) this.initMs.push(performance.now() - this.#startedAt);
      this.#startedAt = 0;
      this.#idle = response;
      this.#process?.kill("SIGSTOP");
      this.#next();
      return;
    }
    response.writeHead(202).end();
    const invocation = this.#current;
    if (!invocation || !path.startsWith(`invocation/${invocation.id}/`)) return;
    this.#finish();
    if (path.endsWith("/error")) {
      invocation.reject(new LambdaError("Unhandled", body.toString()));
    } else if (body.length > PAYLOAD_BYTES) {
      invocation.reject(new LambdaError("TooLarge", "answer"));
    } else {
      invocation.answer(body.toString());
    }
  }

  #next(): void {
    if (!this.#idle || this.#current) return;
    const invocation = this.#waiting.shift();
    if (!invocation) return;
    const response = this.#idle;
    this.#idle = undefined;
    this.#current = invocation;
    this.invocations++;
    const { timeoutMs } = this.#options;
    this.#timer = setTimeout(() => {
      this.#finish();
      invocation.reject(new LambdaError("TimedOut", `after ${timeoutMs} ms`));
      this.#process?.kill("SIGKILL");
    }, timeoutMs);
    this.#process?.kill("SIGCONT");
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
    });
    response.end(invocation.event);
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }

  #ended(reason: string): void {
    this.#process = undefined;
    this.#idle = undefined;
    const invocation = this.#current;
    this.#finish();
    invocation?.reject(new LambdaError("Crashed", reason));
    // It never asked for an event: another start would end like this one.
    if (this.#startedAt) {
      for (const { reject } of this.#waiting.splice(0)) reject(new LambdaError("Crashed", reason));
    }
    if (this.#waiting.length > 0) this.#start();
  }
}
