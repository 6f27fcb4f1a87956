import { parseArgs } from "node:util";

/**
 * `npm run bench:hot`: what callers see when ONE account sends more than its partition of the table can
 * write. A simulation, because no embedded table throttles: each call writes as quota/ and receipt/ do,
 * and the partition is a bucket of tokens.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const WRITES_A_SECOND = 1_000;

/** The SDK sends a throttled write again once (table.ts), after about this long. */
const RETRY_MS = 100;

const READ_MS = 900;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    rates: { type: "string", default: "100,250,450,500,550,750,1000,2000,5000" },
  },
});

type Outcome = { answered: number; notReserved: number; unwritten: number; stuck: number };

/** Writes that a partition takes, spread over the second as they come. */
class Partition {
  #level = WRITES_A_SECOND;
  #at = 0;

  takes(nowMs: number): boolean {
    const refill = ((nowMs - this.#at) / 1000) * WRITES_A_SECOND;
    this.#level = Math.min(WRITES_A_SECOND, this.#level + refill);
    this.#at = nowMs;
    if (this.#level < 1) return false;
    this.#level--;
    return true;
  }
}

/** @param rate calls a second, at random moments */
function simulate(rate: number, seconds: number): Outcome {
  const partition = new Partition();
  const outcome: Outcome = { answered: 0, notReserved: 0, unwritten: 0, stuck: 0 };
  const end = seconds * 1000;
  /** What is to happen in each millisecond. */
  const due = Array.from(
    { length: end + READ_MS + RETRY_MS + 1 },
    (): ((ms: number) => void)[] => [],
  );
  for (let call = 0; call < rate * seconds; call++) {
    due[Math.floor(Math.random() * end)]?.push(reserve);
  }
  function reserve(ms: number): void {
    if (partition.takes(ms)) due[ms + READ_MS]?.push(record);
    else outcome.notReserved++;
  }
  function record(ms: number): void {
    if (partition.takes(ms)) outcome.answered++;
    else due[ms + RETRY_MS]?.push(recordAgain);
  }
  function recordAgain(ms: number): void {
    if (partition.takes(ms)) {
      outcome.answered++;
      return;
    }
    outcome.unwritten++;
    // It is taken back, in case it was written after all; then the request is given back.
    partition.takes(ms);
    if (!partition.takes(ms)) outcome.stuck++;
  }
  due.forEach((steps, ms) => {
    // First writes and last ones of the same moment come in any order.
    for (const step of steps.sort(() => Math.random() - 0.5)) step(ms);
  });
  return outcome;
}

const out = (cells: (string | number)[]) =>
  process.stdout.write(`${cells.map((cell) => String(cell).padStart(14)).join("")}\n`);
const seconds = Number(values.seconds);
out(["calls/s", "answered/s", "503 at once/s", "503 read/s", "stuck/s"]);
for (const rate of values.rates.split(",").map(Number)) {
  const { answered, notReserved, unwritten, stuck } = simulate(rate, seconds);
  out([rate, ...[answered, notReserved, unwritten, stuck].map((n) => (n / seconds).toFixed(1))]);
}
