import type { Worker } from "node:worker_threads";
import { type ErrorCode, VisibleError } from "../error.ts";
import type { Grey, Header } from "../image/index.ts";
import type { EngineWord } from "./engine.ts";
import type { Recognition } from "./result.ts";

export type ReaderData = { tessdataDir: string /** Whether there are others. */; isAlone: boolean };

export type ReaderJob = { bytes: Uint8Array; header: Header; languages: readonly string[] };
/** Part of a page that one reader asks another one to read, with the same languages. */
export type Band = { grey: Grey; languages: readonly string[] };
export type BandRead = { words: EngineWord[] /** of the thread that read it */; cpuMs: number };

/** What a reader is sent: work, and what became of the band it asked help with. */
export type ReaderOrder =
  | ({ kind: "image" } & ReaderJob)
  | ({ kind: "band" } & Band)
  | { kind: "help"; isComing: boolean }
  /** Nothing when the helper died. */
  | { kind: "helped"; read: BandRead | undefined };

/** What a reader says. */
export type ReaderMessage =
  | { kind: "ready" }
  | { kind: "done"; recognition: Recognition; heapBytes: number }
  | { kind: "refused"; code: ErrorCode; detail: string }
  | { kind: "help wanted"; band: Band }
  | { kind: "band read"; read: BandRead; heapBytes: number };

export type Job = ReaderJob & {
  owner: string;
  resolve: (recognition: Recognition) => void;
  reject: (error: Error) => void;
};

/** One reader thread as the pool sees it: what it does, and whether it can take more. */
export class ReaderThread {
  readonly worker: Worker;
  ready = false;
  job: Job | undefined;
  /** The one whose band it reads. */
  helps: ReaderThread | undefined;
  #retired = false;

  constructor(worker: Worker) {
    this.worker = worker;
  }

  get serves(): boolean {
    return this.ready && !this.#retired;
  }

  get idle(): boolean {
    return this.serves && this.job === undefined && this.helps === undefined;
  }

  /** For whom it works. */
  get owner(): string | undefined {
    return this.job?.owner ?? this.helps?.job?.owner;
  }

  take(job: Job): void {
    this.job = job;
    const { bytes, header, languages } = job;
    this.tell({ kind: "image", bytes, header, languages });
  }

  help(other: ReaderThread, band: Band): void {
    this.helps = other;
    this.tell({ kind: "band", ...band });
  }

  tell(order: ReaderOrder): void {
    this.worker.postMessage(order);
  }

  /** Gives what was read of a band to the one who asked for it. */
  handOver(read: BandRead | undefined): void {
    this.helps?.tell({ kind: "helped", read });
    this.helps = undefined;
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
    this.handOver(undefined);
  }
}
