import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import { Engine } from "../../packages/core/src/ocr/engine.ts";
import { recognise } from "../../packages/core/src/ocr/recognise.ts";
import { STEPS, type Step } from "../../packages/core/src/ocr/steps.ts";
import { bootstrap, type Score, scoreText } from "./score.ts";

/**
 * Reads every image of a corpus with the tesseract command line (where it is installed) and with ours,
 * one image at a time and in turns, and prints how well each did and what it cost.
 *   npm run bench:ocr -- [--corpus DIR] [--only forms,tables] [--without deskew,scale]
 * DIR/manifest.json is a list of {id, file, gt, category, lang, kind, fold_case?}.
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
type Result = Score & { cpuS: number };
type Row = { item: Item; native: Result | undefined; ours: Result };

const { values } = parseArgs({
  options: {
    corpus: {
      type: "string",
      default: fileURLToPath(new URL("../fixture/ocr", import.meta.url)),
    },
    only: { type: "string" },
    without: { type: "string", default: "" },
  },
});
const without = new Set<Step>(STEPS.filter((step) => values.without.split(",").includes(step)));
const only = values.only?.split(",");
const { tessdataDir } = config().ocr;
const items: Item[] = JSON.parse(readFileSync(join(values.corpus, "manifest.json"), "utf8"));
const engine = await Engine.create(tessdataDir);
const rows: Row[] = [];
for (const item of items.filter(({ category }) => only?.includes(category) ?? true)) {
  const path = join(values.corpus, item.file);
  const reference = readFileSync(join(values.corpus, item.gt), "utf8");
  const score = ({ text, cpuS }: { text: string; cpuS: number }): Result => ({
    ...scoreText(text, reference, item.lang, item.fold_case === true),
    cpuS,
  });
  const native = readNatively(path, item.lang);
  rows.push({
    item,
    native: native && score(native),
    ours: score(await readOurs(path, item.lang)),
  });
}
report();

async function readOurs(path: string, lang: string) {
  const bytes = readFileSync(path);
  const languages = lang === "eng" ? [] : [lang];
  await engine.use(languages.length > 0 ? languages : ["eng"]);
  const start = process.cpuUsage();
  const header = await Image.inspect(bytes);
  const { text } = await recognise(engine, bytes, header, languages, { without });
  const { user, system } = process.cpuUsage(start);
  return { text, cpuS: (user + system) / 1e6 };
}

/** bash's `time` tells the CPU seconds of a child, which Node does not. */
function readNatively(path: string, lang: string) {
  const script = 'TIMEFORMAT="%U %S"; time tesseract "$1" - -l "$2" 2>/dev/null';
  const env = { ...process.env, OMP_THREAD_LIMIT: "1", TESSDATA_PREFIX: tessdataDir, LC_ALL: "C" };
  try {
    const out = execFileSync("bash", ["-c", `{ ${script}; } 2>&1`, "bash", path, lang], {
      env,
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    const lines = out.trimEnd().split("\n");
    const [user = 0, system = 0] = (lines.pop() ?? "").split(" ").map(Number);
    return { text: lines.join("\n"), cpuS: user + system };
  } catch {
    return undefined;
  }
}

function report(): void {
  const names = (key: "category" | "kind") =>
    [...new Set(rows.map(({ item }) => item[key]))].sort();
  print("| | n | native CER / WER / F1 / CPU s | ours CER / WER / F1 / CPU s |");
  print("| --- | --- | --- | --- |");
  for (const key of ["category", "kind"] as const) {
    for (const name of names(key)) {
      line(
        name,
        rows.filter(({ item }) => item[key] === name),
      );
    }
  }
  line("all", rows);
  const paired = rows.flatMap(({ native, ours }) => (native ? [{ native, ours }] : []));
  if (paired.length === 0) return;
  for (const key of ["cer", "f1"] as const) {
    const { mean, low, high } = bootstrap(
      paired.map(({ native, ours }) => 100 * (ours[key] - native[key])),
    );
    const interval = `95 % interval ${low.toFixed(1)} .. ${high.toFixed(1)}`;
    print(`${key.toUpperCase()} ours - native: ${mean.toFixed(1)} points, ${interval}`);
  }
  const total = (of: "native" | "ours") => paired.reduce((sum, pair) => sum + pair[of].cpuS, 0);
  print(`CPU ours / native: ${(total("ours") / total("native")).toFixed(2)}`);
}

function line(name: string, part: readonly Row[]): void {
  const cell = (results: readonly (Result | undefined)[]) => {
    const given = results.filter((result) => result !== undefined);
    if (given.length === 0) return "-";
    const mean = (of: keyof Result) => given.reduce((sum, r) => sum + r[of], 0) / given.length;
    const percent = (of: keyof Score) => (100 * mean(of)).toFixed(1);
    return `${percent("cer")} / ${percent("wer")} / ${percent("f1")} / ${mean("cpuS").toFixed(2)}`;
  };
  const native = cell(part.map((row) => row.native));
  print(`| ${name} | ${part.length} | ${native} | ${cell(part.map(({ ours }) => ours))} |`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
