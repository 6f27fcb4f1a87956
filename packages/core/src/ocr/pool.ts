import { Worker } from "node:worker_threads";
import { VisibleError } from "../error.ts";
import type { Header } from "../image/index.ts";
import type { Recognition } from "./result.ts";
import {
  type Band,
  type Job,
  type ReaderData,
  type ReaderMessage,
  ReaderThread,
} from "./thread.ts";

export type PoolOptions = {
  /** Reader threads. Each reads one image at a time and takes one core while it does. */
  threads: number;
  /** Callers that may wait beside those who are read for. Past it `enter` throws ocr.busy at once. */
  queue: number;
  /** From the call of `recognise` to its answer, waiting included. */
  timeoutMs: number;
  tessdataDir: string;
  /** A thread that holds more is replaced: WebAssembly memory never shrinks. 128 MB by default. */
  maxHeapBytes?: number;
  /** Is told why a thread died. */
  onFault?: (error: Error) => void;
  /** The thread's script; tests put a faulty one here. */
  script?: URL;
};

/** Who asks, and whether they still do. */
export type Asker = {
  /** Those who wait take turns by owner, so that one with many images does not shut the others out. */
  owner?: string;
  /** Aborted when the caller has gone: an image that still waits is then not read. */
  signal?: AbortSignal;
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
  readonly #readers = new Set<ReaderThread>();
  readonly #waiting: Job[] = [];
  readonly #started = Promise.withResolvers<void>();
  #closed = false;
  #inside = 0;
  #replaced = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    // Whoever does not wait for the start must not be ended by its failure.
    this.#started.promise.catch(() => {});
    for (let i = 0; i < options.threads; i++) this.#start();
  }

  /**
   * Takes a place, before the memory for an image is taken.
   * @returns a function that gives the place back
   * @throws VisibleError ocr.busy when all places are taken
   */
  enter(): () => void {
    const { threads, queue } = this.#options;
    if (this.#inside >= threads + queue) throw new VisibleError("ocr.busy");
    this.#inside++;
    return () => {
      this.#inside--;
    };
  }

  /**
   * Reads one image.
   * @throws VisibleError ocr.busy when no thread was free in time, ocr.timeout when the time was up
   *   while reading, ocr.crashed when the thread died, request.abandoned when the caller went away,
   *   image.* when the image cannot be decoded
   */
  recognise(
    bytes: Uint8Array,
    header: Header,
    languages: readonly string[],
    { owner = "", signal }: Asker = {},
  ): Promise<Recognition> {
    const { promise, resolve, reject } = Promise.withResolvers<Recognition>();
    const timer = setTimeout(() => this.#expire(job), this.#options.timeoutMs);
    const job: Job = { bytes, header, languages, owner, resolve, reject };
    const abandon = () => this.#withdraw(job) && reject(new VisibleError("request.abandoned"));
    signal?.addEventListener("abort", abandon);
    this.#waiting.push(job);
    this.#dispatch();
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abandon);
    });
  }

  /** True when at least one thread has its engine loaded. */
  get ready(): boolean {
    return [...this.#readers].some((reader) => reader.serves);
  }

  /** How many threads could take an image now. */
  get idle(): number {
    return [...this.#readers].filter((reader) => reader.idle).length;
  }

  /** How many threads were replaced so far. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Settles when the first thread has its engine loaded. @throws Error when the first one dies before */
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
    const { script = READER, tessdataDir, threads } = this.#options;
    const workerData: ReaderData = { tessdataDir, isAlone: threads === 1 };
    const resourceLimits = { maxOldGenerationSizeMb: MAX_THREAD_OBJECTS_MB };
    // What the process loads for its pages' JSX is of no use to a reader, and slows its start.
    const execArgv: string[] = [];
    const reader = new ReaderThread(new Worker(script, { workerData, resourceLimits, execArgv }));
    this.#readers.add(reader);
    reader.worker.on("message", (message: ReaderMessage) => this.#receive(reader, message));
    // Without a listener an uncaught error of the thread would end this process; `exit` follows it.
    reader.worker.on("error", (error) => {
      reader.fail(error);
      this.#options.onFault?.(error);
      if (!reader.ready) this.#started.reject(error);
    });
    reader.worker.on("exit", () => this.#replace(reader));
  }

  #receive(reader: ReaderThread, message: ReaderMessage): void {
    if (message.kind === "help wanted") {
      this.#findHelp(reader, message.band);
      return;
    }
    const { job } = reader;
    reader.ready = true;
    reader.job = undefined;
    if (message.kind === "ready") this.#started.resolve();
    if (message.kind === "done") job?.resolve(message.recognition);
    if (message.kind === "refused") job?.reject(new VisibleError(message.code, message.detail));
    if (message.kind === "band read") reader.handOver(message.read);
    const { maxHeapBytes = MAX_HEAP_BYTES } = this.#options;
    if ("heapBytes" in message && message.heapBytes > maxHeapBytes) reader.retire();
    this.#dispatch();
  }

  /** Half a page goes to a thread that has nothing to do; nobody waits then. */
  #findHelp(reader: ReaderThread, band: Band): void {
    const helper = [...this.#readers].find(({ idle }) => idle);
    reader.tell({ kind: "help", isComing: helper !== undefined });
    helper?.help(reader, band);
  }

  #replace(reader: ReaderThread): void {
    this.#readers.delete(reader);
    reader.fail();
    // What they read is of no use any more, and may be what ended the other.
    for (const helper of this.#readers) if (helper.helps === reader) helper.retire();
    if (this.#closed) return;
    this.#replaced++;
    if (reader.ready) this.#start();
    else setTimeout(() => this.#closed || this.#start(), RESTART_DELAY_MS).unref();
  }

  #expire(job: Job): void {
    job.reject(new VisibleError(this.#withdraw(job) ? "ocr.busy" : "ocr.timeout"));
    // The engine's calls are synchronous: ending the thread is the only way to stop one.
    [...this.#readers].find((reader) => reader.job === job)?.retire();
  }

  /** @returns whether the job still waited */
  #withdraw(job: Job): boolean {
    const position = this.#waiting.indexOf(job);
    if (position >= 0) this.#waiting.splice(position, 1);
    return position >= 0;
  }

  #dispatch(): void {
    for (const reader of this.#readers) {
      if (!reader.idle) continue;
      const job = this.#next();
      if (!job) return;
      this.#withdraw(job);
      reader.take(job);
    }
  }

  /** The one that waits longest, of the owner for whom the fewest are being read. */
  #next(): Job | undefined {
    const running = new Map<string, number>();
    for (const { owner } of this.#readers) {
      if (owner !== undefined) running.set(owner, (running.get(owner) ?? 0) + 1);
    }
    let next: Job | undefined;
    for (const job of this.#waiting) {
      const isFewer = (running.get(job.owner) ?? 0) < (running.get(next?.owner ?? "") ?? 0);
      if (!next || isFewer) next = job;
    }
    return next;
  }
}
