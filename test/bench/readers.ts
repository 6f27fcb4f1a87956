import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import { createWorker, type Worker } from "tesseract.js";
import type { Engine } from "../../packages/core/src/ocr/engine.ts";
import { recognise } from "../../packages/core/src/ocr/recognise.ts";
import type { Word } from "../../packages/core/src/ocr/result.ts";
import type { Step } from "../../packages/core/src/ocr/steps.ts";

/** What came of one image. `cpuS` counts all threads; loading of language data is not in it, but for the command line. */
export type Read = { text: string; cpuS: number; words?: readonly Word[] };
/** Reads one image; nothing where the program is not installed. */
export type Reader = (path: string, language: string) => Promise<Read | undefined>;

const { tessdataDir } = config().ocr;

/** Bash's `time` tells the CPU seconds of a child, which Node does not. */
export async function readNatively(path: string, language: string): Promise<Read | undefined> {
  const script = 'TIMEFORMAT="%U %S"; time tesseract "$1" - -l "$2" 2>/dev/null';
  const env = { ...process.env, OMP_THREAD_LIMIT: "1", TESSDATA_PREFIX: tessdataDir, LC_ALL: "C" };
  const command = ["-c", `{ ${script}; } 2>&1`, "bash", path, language];
  try {
    const out = execFileSync("bash", command, { env, encoding: "utf8", maxBuffer: 1e8 });
    const lines = out.trimEnd().split("\n");
    const [user = 0, system = 0] = (lines.pop() ?? "").split(" ").map(Number);
    return { text: lines.join("\n"), cpuS: user + system };
  } catch {
    return undefined;
  }
}

/** As its documentation says: one worker, kept, and `recognize` with a path. */
export function tesseractJs(): { read: Reader; close: () => Promise<void> } {
  let current: { language: string; worker: Worker } | undefined;
  const close = async () => {
    await current?.worker.terminate();
    current = undefined;
  };
  const read: Reader = async (path, language) => {
    if (current?.language !== language) {
      await close();
      const options = { langPath: tessdataDir, gzip: false, cacheMethod: "none" };
      current = { language, worker: await createWorker(language, 1, options) };
    }
    const { worker } = current;
    return timed(async () => ({ text: (await worker.recognize(path)).data.text }));
  };
  return { read, close };
}

/** Confidences stay as tesseract said them, so that they can be held against the truth. */
export function ours(engine: Engine, without: readonly Step[]): Reader {
  const leftOut = new Set<Step>([...without, "calibration"]);
  return async (path, language) => {
    const languages = language.split("+");
    await engine.use(languages);
    return timed(async () => {
      const bytes = readFileSync(path);
      const header = await Image.inspect(bytes);
      const asked = language === "eng" ? [] : languages;
      const { text, raw } = await recognise(engine, bytes, header, asked, { without: leftOut });
      return { text, words: raw.pages.flatMap(wordsOf) };
    });
  };
}

function wordsOf({ blocks }: { blocks: { lines: { words: Word[] }[] }[] }): Word[] {
  return blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words));
}

async function timed<T extends object>(read: () => Promise<T>): Promise<T & { cpuS: number }> {
  const start = process.cpuUsage();
  const result = await read();
  const { user, system } = process.cpuUsage(start);
  return { ...result, cpuS: (user + system) / 1e6 };
}
