import { Worker } from "node:worker_threads";
import { type ErrorCode, VisibleError } from "../error.ts";
import type { Header } from "../image/index.ts";
import type { Recognition } from "./result.ts";

export type ReaderData = { tessdataDir: string };
export type ReaderJob = { bytes: Uint8Array; header: Header; languages: readonly string[] };
export type ReaderMessage =
  | { kind: "ready" }
  | { kind: "done"; recognition: Recognition; heapBytes: number }
  | { kind: "refused"; code: ErrorCode; detail: string };

export type PoolOptions = {
  /** Reader threads. Each reads one image at a time and takes one core while it does. */
  threads: number;
  /** Images that may wait. Past it `recognise` throws ocr.busy at once. */
  queue: number;
  /** From the call of `recognise` to its answer, waiting included. */
  timeoutMs: number;
  tessdataDir: string;
  /** A thread that holds more is replaced: WebAssembly memory never shrinks. 128 MB by default. */
  maxHeapBytes?: number;
  /** The thread's script; tests put a faulty one here. */
  script?: URL;
};

type Job = ReaderJob & {
  resolve: (recognition: Recognition) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
};

/** The script lies beside this one: as source here, as a bundle of its own in the Lambda's zip. */
const READER = new URL(
  import.meta.url.endsWith(".ts") ? "reader.ts" : "reader.mjs",
  import.meta.url,
);

const MAX_HEAP_BYTES = 128 * 1024 * 1024;

/** JavaScript objects of one thread, MB; pixels and WebAssembly memory are not among them. */
const MAX_THREAD_OBJECTS_MB = 256;

/** A thread that dies before it is ready, for want of language data say, is not restarted at once. */
const RESTART_DELAY_MS = 1_000;

/** Warm reader threads behind one bounded queue. A thread that hangs or dies is replaced. */
export class ReaderPool {
  readonly #options: PoolOptions;
  readonly #readers = new Set<Reader>();
  readonly #waiting: Job[] = [];
  readonly #started = Promise.withResolvers<void>();
  #closed = false;
  #replaced = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.threads; i++) this.#start();
  }

  /**
   * Reads one image.
   * @throws VisibleError ocr.busy when the queue is full, ocr.timeout when the time is up,
   *   ocr.crashed when the thread died, image.* when the image cannot be decoded
   */
  recognise(bytes: Uint8Array, header: Header, languages: readonly string[]): Promise<Recognition> {
    const { queue, timeoutMs } = this.#options;
    const idle = [...this.#readers].filter((reader) => reader.idle);
    if (idle.length === 0 && this.#waiting.length >= queue) {
      return Promise.reject(new VisibleError("ocr.busy"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Recognition>();
    const timer = setTimeout(() => this.#expire(job), timeoutMs);
    const job: Job = { bytes, header, languages, resolve, reject, timer };
    this.#waiting.push(job);
    this.#dispatch();
    return promise.finally(() => clearTimeout(timer));
  }

  /** True when at least one thread has its engine loaded. */
  get ready(): boolean {
    return [...this.#readers].some((reader) => reader.ready);
  }

  /** How many threads were replaced so far. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Settles when the first thread has its engine loaded. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Ends all threads. Jobs that wait or run are refused with ocr.crashed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(new VisibleError("ocr.crashed"));
    await Promise.all([...this.#readers].map((reader) => reader.worker.terminate()));
  }

  #start(): void {
    const { script = READER, tessdataDir } = this.#options;
    const workerData: ReaderData = { tessdataDir };
    const resourceLimits = { maxOldGenerationSizeMb: MAX_THREAD_OBJECTS_MB };
    const reader = new Reader(new Worker(script, { workerData, resourceLimits }));
    this.#readers.add(reader);
    reader.worker.on("message", (message: ReaderMessage) => this.#receive(reader, message));
    // Without a listener an uncaught error of the thread would end this process; `exit` follows it.
    reader.worker.on("error", (error) => reader.fail(error));
    reader.worker.on("exit", () => this.#replace(reader));
  }

  #receive(reader: Reader, message: ReaderMessage): void {
    const { job } = reader;
    reader.ready = true;
    reader.job = undefined;
    if (message.kind === "ready") this.#started.resolve();
    if (message.kind === "done") job?.resolve(message.recognition);
    if (message.kind === "refused") job?.reject(new VisibleError(message.code, message.detail));
    const { maxHeapBytes = MAX_HEAP_BYTES } = this.#options;
    if (message.kind === "done" && message.heapBytes > maxHeapBytes) reader.retire();
    this.#dispatch();
  }

  #replace(reader: Reader): void {
    this.#readers.delete(reader);
    reader.fail();
    if (this.#closed) return;
    this.#replaced++;
    if (reader.ready) this.#start();
    else setTimeout(() => this.#closed || this.#start(), RESTART_DELAY_MS).unref();
  }

  #expire(job: Job): void {
    const position = this.#waiting.indexOf(job);
    if (position >= 0) this.#waiting.splice(position, 1);
    const reader = [...this.#readers].find((candidate) => candidate.job === job);
    job.reject(new VisibleError(reader ? "ocr.timeout" : "ocr.busy"));
    // The engine's calls are synchronous: ending the thread is the only way to stop one.
    reader?.retire();
  }

  #dispatch(): void {
    for (const reader of this.#readers) {
      if (!reader.idle) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      reader.take(job);
    }
  }
}

class Reader {
  readonly worker: Worker;
  ready = false;
  job: Job | undefined;
  #retired = false;

  constructor(worker: Worker) {
    this.worker = worker;
  }

  get idle(): boolean {
    return this.ready && !this.#retired && this.job === undefined;
  }

  take(job: Job): void {
    this.job = job;
    const { bytes, header, languages } = job;
    this.worker.postMessage({ bytes, header, languages } satisfies ReaderJob);
  }

  retire(): void {
    this.#retired = true;
    void this.worker.terminate();
  }

  /** The thread is ending, or has ended: it must not be given another job. */
  fail(cause?: Error): void {
    this.#retired = true;
    this.job?.reject(new VisibleError("ocr.crashed", undefined, { cause }));
    this.job = undefined;
  }
}
