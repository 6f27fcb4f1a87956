import { parentPort, workerData } from "node:worker_threads";
import { VisibleError } from "../error.ts";
import { Engine } from "./engine.ts";
import type { ReaderData, ReaderJob, ReaderMessage } from "./pool.ts";
import { recognise } from "./recognise.ts";

/**
 * A reader thread: one engine, one image at a time. A refusal is answered; anything else that is
 * thrown leaves the engine in an unknown state, so it ends the thread and the pool starts another.
 */
const { tessdataDir } = workerData as ReaderData;
const port = parentPort;
if (!port) throw new Error("reader.ts is a worker thread");

const engine = await Engine.create(tessdataDir);
await engine.use(["eng"]);

port.on("message", async ({ bytes, header, languages }: ReaderJob) => {
  try {
    const recognition = await recognise(engine, bytes, header, languages);
    send({ kind: "done", recognition, heapBytes: engine.heapBytes });
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    send({ kind: "refused", code: error.code, detail: error.message });
  }
});
send({ kind: "ready" });

function send(message: ReaderMessage): void {
  port?.postMessage(message);
}
