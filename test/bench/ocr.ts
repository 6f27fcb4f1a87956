import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { config } from "@imagetotext/core/config";
import { Engine } from "../../packages/core/src/ocr/engine.ts";
import { STEPS, type Step } from "../../packages/core/src/ocr/steps.ts";
import { calibrationTable, type Rated, rate } from "./calibration.ts";
import { ours, type Read, type Reader, readNatively, tesseractJs } from "./readers.ts";
import { accuracyTable, differenceTable, markdown, type Row } from "./report.ts";
import { scoreText } from "./score.ts";

/**
 * Reads every image of a corpus with the tesseract command line (where it is installed), with tesseract.js and
 * with ours, one at a time and in turns, and prints how well each did and what it cost.
 *   npm run bench:ocr -- [--corpus DIR] [--only forms,tables] [--without deskew,scale | --ablation] [--out DIR]
 * --without also reads without each of these steps, --ablation without each of all; both leave the other programs
 * out. --out keeps the texts, one line of JSON an image. DIR/manifest.json is a list of
 * {id, file, gt, category, lang, kind, fold_case?}.
 */
type Item = {
  id: string;
  file: string;
  gt: string;
  category: string;
  lang: string;
  kind: string;
  fold_case?: boolean;
};

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const LARGE = folder("../../../shared/corpus");
const SMALL = folder("../fixture/ocr");
const OURS = "ours";

const { values } = parseArgs({
  options: {
    corpus: { type: "string", default: existsSync(LARGE) ? LARGE : SMALL },
    only: { type: "string" },
    without: { type: "string", default: "" },
    ablation: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const leftOut = values.ablation
  ? STEPS.filter((step) => step !== "calibration")
  : values.without.split(",").filter(Boolean).map(toStep);
const { out, corpus } = values;
const only = values.only?.split(",");
const all: Item[] = JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8"));
const items = all.filter(({ category }) => only?.includes(category) ?? true);
if (out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

const version = commit();
const javascript = tesseractJs();
const engine = await Engine.create(config().ocr.tessdataDir);
const programs = new Map<string, Reader>([[OURS, ours(engine, [])]]);
if (leftOut.length === 0) {
  programs.set("native", readNatively);
  programs.set("tesseract.js", javascript.read);
}
for (const step of leftOut) programs.set(`without ${step}`, ours(engine, [step]));
const rated: Rated[] = [];
const rows: Row[] = [];
for (const item of items) rows.push(await readWithAll(item));
await javascript.close();
report();

async function readWithAll(item: Item): Promise<Row> {
  const path = join(corpus, item.file);
  const reference = readFileSync(join(corpus, item.gt), "utf8");
  const foldCase = item.fold_case === true;
  const row: Row = { category: item.category, kind: item.kind, results: new Map() };
  for (const [program, read] of programs) {
    const result = await read(path, item.lang);
    if (out) keep(out, program, item.id, result);
    const score = result && scoreText(result.text, reference, item.lang, foldCase);
    row.results.set(program, score && { ...score, cpuS: result.cpuS });
    const isSpaced = !/^(jpn|chi|tha)/.test(item.lang);
    if (program === OURS && isSpaced) rated.push(...rate(result?.words ?? [], reference, foldCase));
  }
  return row;
}

function keep(directory: string, program: string, id: string, result: Read | undefined): void {
  const line = { id, text: result?.text, cpu_s: result?.cpuS };
  appendFileSync(
    join(directory, `${program.replace(" ", "-")}.jsonl`),
    `${JSON.stringify(line)}\n`,
  );
}

function report(): void {
  const names = [...programs.keys()];
  print(`${items.length} images of ${resolve(corpus)}, commit ${version}.\n`);
  print(markdown(["CER / WER / F1 in %, CPU s", "n", ...names], accuracyTable(rows, names)));
  for (const other of names.slice(1)) {
    const [one, two] = leftOut.length > 0 ? [other, OURS] : [OURS, other];
    const header = [`${one} - ${two}`, "n", "CER, 95 % interval", "F1", "CPU ratio"];
    const table = differenceTable(rows, one, two);
    print(markdown(header, values.ablation ? table.slice(-1) : table));
  }
  const header = ["tesseract said", "words", "of them right, %", "the answer says, %"];
  print(markdown(header, calibrationTable(rated)));
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

function toStep(name: string): Step {
  const step = STEPS.find((known) => known === name);
  if (!step) throw new Error(`Unknown step: ${name}. There are: ${STEPS.join(", ")}.`);
  return step;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
