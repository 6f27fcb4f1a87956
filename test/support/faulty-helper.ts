import { parentPort } from "node:worker_threads";

/** The real reader, but it dies when it is to help another one. */
parentPort?.on("message", ({ kind }: { kind: string }) => {
  if (kind === "band") process.exit(1);
});

await import("../../packages/core/src/ocr/reader.ts");
