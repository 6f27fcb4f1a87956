import { parentPort } from "node:worker_threads";
import { MARKS } from "./marks.ts";

/** The real reader, but an image that ends in one of MARKS makes it fail as native code can. */
parentPort?.on("message", ({ bytes }: { bytes?: Uint8Array }) => {
  if (!bytes) return;
  const end = Buffer.from(bytes.slice(-8)).toString("latin1");
  if (end.endsWith(MARKS.hang)) for (;;);
  if (end.endsWith(MARKS.crash)) throw new RangeError("memory access out of bounds");
  if (end.endsWith(MARKS.exit)) process.exit(1);
  if (end.endsWith(MARKS.outOfMemory)) {
    const hoard: string[][] = [];
    for (;;) hoard.push(new Array(1_000_000).fill("x"));
  }
});

await import("../../packages/core/src/ocr/reader.ts");
