import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Metafile } from "esbuild";
import { BUILD_DIR, ROOT } from "../../packages/functions/infra/bundle.ts";

/** What a start of the function loads: how long that takes here, and which packages it is. */

const RUNS = 5;
const SHOWN = 8;

/** One line a script, and one a package. */
export function importCost(name: string, scripts: string[]): string[] {
  const metafile: Metafile = JSON.parse(readFileSync(join(BUILD_DIR, `${name}.json`), "utf8"));
  return scripts.flatMap((script) => {
    const entry = Object.keys(metafile.outputs).find((path) => basename(path) === script) ?? "";
    const bytes = bytesByPackage(metafile, loadedAtStart(metafile, entry));
    const total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
    const largest = [...bytes].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
    return [
      `${script}: ${kilobytes(total)} kB are loaded${importMs(name, script)}`,
      ...largest.map(([part, size]) => `${kilobytes(size).padStart(6)} kB  ${part}`),
    ];
  });
}

/** A script and all it imports at once; what it imports later is not among them. */
function loadedAtStart(metafile: Metafile, path: string, found = new Set<string>()): Set<string> {
  if (found.has(path) || !metafile.outputs[path]) return found;
  found.add(path);
  for (const { path: next, kind } of metafile.outputs[path].imports) {
    if (kind === "import-statement") loadedAtStart(metafile, next, found);
  }
  return found;
}

function bytesByPackage(metafile: Metafile, outputs: Set<string>): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const output of outputs) {
    for (const [path, { bytesInOutput }] of Object.entries(
      metafile.outputs[output]?.inputs ?? {},
    )) {
      const [, name] = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/) ?? [];
      const part = name ?? path.split("/").slice(0, 2).join("/");
      bytes.set(part, (bytes.get(part) ?? 0) + bytesInOutput);
    }
  }
  return bytes;
}

/** Median of fresh processes, on this machine's whole processor. A reader only runs in its thread. */
function importMs(name: string, script: string): string {
  if (script.startsWith("reader")) return "";
  const code =
    "const at = performance.now(); await import(process.argv[1]); console.log(performance.now() - at); process.exit()";
  const times = Array.from({ length: RUNS }, () =>
    Number(
      execFileSync(
        join(ROOT, "node_modules/.bin/node"),
        ["--input-type=module", "-e", code, join(BUILD_DIR, name, script)],
        { env: { ...process.env, BASE_URL: "" } },
      ),
    ),
  ).sort((a, b) => a - b);
  return `, in ${times[Math.floor(RUNS / 2)]?.toFixed(0)} ms`;
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
