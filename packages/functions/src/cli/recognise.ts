import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { config } from "@imagetotext/core/config";
import { VisibleError } from "@imagetotext/core/error";
import * as Ocr from "@imagetotext/core/ocr";
import { readWithPictures } from "@imagetotext/core/ocr/debug";
import * as z from "zod";

const USAGE = `Usage:
  npm run --silent recognise -- image.png [--language deu+eng] [--debug DIR]
  npm run --silent recognise -- --manifest FILE --out OUT.jsonl
`;

/** Readings of the first image that are not measured. */
const WARM_UP = 3;

/** A list of images; `file` is relative to the manifest. Other fields are ignored. */
const Manifest = z.array(
  z.object({ id: z.string(), file: z.string(), lang: z.string().optional() }),
);
type Item = z.infer<typeof Manifest>[number];

const { values, positionals } = parseCommandLine();
const { manifest, out, language, debug } = values;
const [image] = positionals;
if (!(manifest && out) && !image) exitWith(2, USAGE);

try {
  if (manifest && out) await withReaders((readers) => readManifest(readers, manifest, out));
  else if (image && debug) await readStepByStep(image, language, debug);
  else if (image) await withReaders((readers) => readOne(readers, image, language));
} catch (error) {
  exitWith(1, `${describe(error)}\n`);
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        language: { type: "string" },
        debug: { type: "string" },
        manifest: { type: "string" },
        out: { type: "string" },
      },
    });
  } catch {
    return exitWith(2, USAGE);
  }
}

/** One image at a time: one thread reads it, and one may help. */
async function withReaders(work: (readers: Ocr.ReaderPool) => Promise<void>): Promise<void> {
  const threads = Math.min(2, config().ocr.threads);
  const readers = new Ocr.ReaderPool({ ...config().ocr, threads });
  try {
    await readers.started();
    await work(readers);
  } finally {
    await readers.close();
  }
}

async function readOne(readers: Ocr.ReaderPool, file: string, language: string | undefined) {
  const { text } = await recognise(readers, file, language);
  process.stdout.write(`${text}\n`);
}

/** Prints the text, and writes what each step made of the image to a folder. */
async function readStepByStep(file: string, language: string | undefined, folder: string) {
  const bytes = new Uint8Array(await readFile(file));
  await mkdir(folder, { recursive: true });
  const { text } = await readWithPictures(bytes, language, (name, png) =>
    writeFile(join(folder, name), png),
  );
  process.stdout.write(`${text}\n`);
}

/** One line an image: {id, text, confidence, cpu_s, wall_s, error?}. A failure does not end the run. */
async function readManifest(readers: Ocr.ReaderPool, manifestFile: string, outFile: string) {
  const items = Manifest.parse(JSON.parse(await readFile(manifestFile, "utf8")));
  const folder = dirname(manifestFile);
  const out = createWriteStream(outFile);
  await once(out, "open");
  // The first readings pay for loading and compiling, 0.5 s in all; they are not measured.
  for (let i = 0; items[0] && i < WARM_UP; i++) await measure(readers, folder, items[0]);
  for (const [index, item] of items.entries()) {
    out.write(`${JSON.stringify(await measure(readers, folder, item))}\n`);
    showProgress(index + 1, items.length);
  }
  await finished(out.end());
}

async function measure(readers: Ocr.ReaderPool, folder: string, item: Item) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let outcome: { text: string; confidence: number; error?: string };
  try {
    const { text, confidence } = await recognise(readers, resolve(folder, item.file), item.lang);
    outcome = { text, confidence };
  } catch (error) {
    outcome = { text: "", confidence: 0, error: describe(error) };
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (ms: number) => Math.round(ms) / 1000;
  return {
    id: item.id,
    ...outcome,
    cpu_s: seconds((user + system) / 1000),
    wall_s: seconds(performance.now() - start),
  };
}

async function recognise(
  readers: Ocr.ReaderPool,
  file: string,
  language: string | undefined,
): Promise<Ocr.Recognition> {
  return Ocr.read(readers, new Uint8Array(await readFile(file)), language);
}

function showProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const width = 30;
  const filled = Math.round((done / total) * width);
  const bar = "#".repeat(filled) + "-".repeat(width - filled);
  process.stderr.write(`\r[${bar}] ${done}/${total}${done === total ? "\n" : ""}`);
}

function describe(error: unknown): string {
  if (error instanceof VisibleError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : "unknown error";
}

function exitWith(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}
