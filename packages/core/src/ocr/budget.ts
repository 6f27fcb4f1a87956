/** CPU ms an image may take. A reading that would go past is left out. */
const MAX_CPU_MS = 7_000;

/** The CPU ms that work took in this thread, beside its result. */
export function cpuMsOf<T>(work: () => T): [result: T, cpuMs: number] {
  const start = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(start);
  return [result, (user + system) / 1000];
}

/** The CPU time of one image, in the thread that reads it and in those that help. */
export class Budget {
  readonly #start = process.threadCpuUsage();
  readonly #maxCpuMs: number;
  #elsewhereMs = 0;
  #longestMs = 0;
  /** True once a reading was left out. */
  isSpent = false;

  constructor(maxCpuMs = MAX_CPU_MS) {
    this.#maxCpuMs = maxCpuMs;
  }

  /** CPU ms so far. */
  get spentMs(): number {
    const { user, system } = process.threadCpuUsage(this.#start);
    return (user + system) / 1000 + this.#elsewhereMs;
  }

  /** Adds what another thread did for this image. */
  add(cpuMs: number): void {
    this.#elsewhereMs += cpuMs;
  }

  /** Runs a reading and remembers what it took. */
  async reading<T>(read: () => T | Promise<T>): Promise<T> {
    const before = this.spentMs;
    const result = await read();
    this.#longestMs = Math.max(this.#longestMs, this.spentMs - before);
    return result;
  }

  /** @param share of the longest reading so far that the next one takes */
  allows(share = 1): boolean {
    const isAllowed = this.spentMs + 1.2 * share * this.#longestMs < this.#maxCpuMs;
    if (!isAllowed) this.isSpent = true;
    return isAllowed;
  }
}
