import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

/**
 * Makes the folders that become the functions' zips: `node bundle.ts [x86_64|arm64]`. The deploy and
 * the sandbox of the tests run this same script, so what was tested is what is deployed. SST only zips
 * it: its own bundling knows no second entry for the reader thread, and installs sharp without a lock.
 */

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Where the folders are made. */
export const BUILD_DIR = join(ROOT, ".build");

/** engine.ts finds it through `node_modules`, in the repository as in the zip. */
const WASM = "node_modules/tesseract.js-core/tesseract-core-simd-lstm.wasm";

/** ESM has neither, and CommonJS packages that are bundled into it want both. */
const BANNER = [
  'import { createRequire as makeRequire } from "node:module";',
  "const require = makeRequire(import.meta.url);",
  "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
].join("");

type Architecture = "x86_64" | "arm64";

export async function bundle(architecture: Architecture): Promise<void> {
  await rm(BUILD_DIR, { recursive: true, force: true });
  await Promise.all([
    bundleOcr(architecture),
    bundleWeb(),
    bundleScripts("authoriser", ["packages/functions/src/authoriser.ts"], []),
    bundleScripts("nightly", ["packages/functions/src/nightly.ts"], []),
  ]);
}

async function bundleWeb(): Promise<void> {
  await bundleScripts("web", ["packages/functions/src/web.ts"], []);
  // asset.ts reads them from the folder beside it.
  await cp(join(ROOT, "packages/functions/src/web/asset"), join(BUILD_DIR, "web/asset"), {
    recursive: true,
  });
}

async function bundleOcr(architecture: Architecture): Promise<void> {
  const scripts = ["packages/functions/src/ocr.ts", "packages/core/src/ocr/reader.ts"];
  await bundleScripts("ocr", scripts, ["sharp"]);
  const out = join(BUILD_DIR, "ocr");
  await installSharp(out, architecture);
  await cp(join(ROOT, WASM), join(out, WASM));
}

/**
 * Names stay readable: a stack in the log must tell where, and minified identifiers save no start-up.
 * @param installed packages that lie beside the scripts
 * @throws Error when a script would import a package that its zip lacks
 */
async function bundleScripts(
  name: string,
  entryPoints: string[],
  installed: string[],
): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    entryNames: "[name]",
    outdir: join(BUILD_DIR, name),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported when it is first needed is a script of its own, and no part of the start.
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    banner: { js: BANNER },
    external: ["sharp"],
    metafile: true,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  // What is required in a `try` is another package's optional extra.
  const missing = imports.filter(
    ({ external, kind, path }) =>
      external && kind === "import-statement" && !isBuiltin(path) && !installed.includes(path),
  );
  // Beside the folder, not in it: what is in a script, for those who ask what a start costs.
  await writeFile(join(BUILD_DIR, `${name}.json`), JSON.stringify(metafile));
  if (missing.length > 0) throw new Error(`the zip of ${name} lacks ${missing[0]?.path}`);
}

type Lock = { packages: Record<string, LockEntry> };
type LockEntry = {
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

/** sharp is native code: the one of the Lambda's machine, in the very version of our lock file. */
async function installSharp(out: string, architecture: Architecture): Promise<void> {
  const lock: Lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8"));
  const packages = closure(lock, "node_modules/sharp");
  const root = { dependencies: { sharp: packages["node_modules/sharp"]?.version } };
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "package.json"), JSON.stringify({ ...root, private: true }));
  const lockFile = { lockfileVersion: 3, requires: true, packages: { "": root, ...packages } };
  await writeFile(join(out, "package-lock.json"), JSON.stringify(lockFile));
  const cpu = architecture === "arm64" ? "arm64" : "x64";
  const options = ["--os=linux", `--cpu=${cpu}`, "--libc=glibc", "--ignore-scripts"];
  await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund", ...options], { cwd: out });
  await rm(join(out, "package-lock.json"));
  await rm(join(out, "node_modules/.package-lock.json"));
}

/** A package of the lock file and all it depends on. All are hoisted, or npm says what is missing. */
function closure(lock: Lock, path: string, found: Record<string, LockEntry> = {}) {
  const entry = lock.packages[path];
  if (!entry || found[path]) return found;
  found[path] = entry;
  for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
    closure(lock, `node_modules/${name}`, found);
  }
  return found;
}

if (import.meta.main) await bundle(process.argv[2] === "arm64" ? "arm64" : "x86_64");
