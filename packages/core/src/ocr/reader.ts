import { parentPort, workerData } from "node:worker_threads";
import { VisibleError } from "../error.ts";
import type { Help } from "./bands.ts";
import { cpuMsOf } from "./budget.ts";
import { Engine, LAYOUT } from "./engine.ts";
import { recognise } from "./recognise.ts";
import type { Band, ReaderData, ReaderJob, ReaderMessage, ReaderOrder } from "./thread.ts";

/**
 * A reader thread: one engine, one image at a time. A refusal is answered; anything else that is
 * thrown leaves the engine in an unknown state, so it ends the thread and the pool starts another.
 */
const { tessdataDir, isAlone } = workerData as ReaderData;
const port = parentPort;
if (!port) throw new Error("reader.ts is a worker thread");

const engine = await Engine.create(tessdataDir);
await engine.use(["eng"]);

/** What waits for the next answer of the pool; one band at a time is given away. */
let onHelp: (order: ReaderOrder) => void = () => {};

port.on("message", async (order: ReaderOrder) => {
  if (order.kind === "image") await readImage(order);
  else if (order.kind === "band") await readBand(order);
  else onHelp(order);
});
send({ kind: "ready" });

async function readImage({ bytes, header, languages }: ReaderJob): Promise<void> {
  try {
    const options = isAlone ? {} : { help };
    const recognition = await recognise(engine, bytes, header, languages, options);
    send({ kind: "done", recognition, heapBytes: engine.heapBytes });
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    send({ kind: "refused", code: error.code, detail: error.message });
  }
}

async function readBand({ grey, languages }: Band): Promise<void> {
  await engine.use(languages);
  const [words, cpuMs] = cpuMsOf(() => engine.read(grey, LAYOUT.page));
  send({ kind: "band read", read: { words, cpuMs }, heapBytes: engine.heapBytes });
}

async function help(grey: Band["grey"]): ReturnType<Help> {
  const answered = nextOrder();
  send({ kind: "help wanted", band: { grey, languages: engine.languages } });
  const answer = await answered;
  if (answer.kind !== "help" || !answer.isComing) return undefined;
  return { read: nextOrder().then((order) => (order.kind === "helped" ? order.read : undefined)) };
}

function nextOrder(): Promise<ReaderOrder> {
  return new Promise((resolve) => {
    onHelp = resolve;
  });
}

function send(message: ReaderMessage): void {
  port?.postMessage(message);
}
