import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BUILD_DIR } from "../../packages/functions/infra/bundle.ts";
import { importCost } from "./import-cost.ts";
import { enforced } from "./lambda.ts";

/**
 * `npm run bench:lambda`: start-up, first and further readings of the OCR function as Lambda sizes its
 * processor and memory, the median of five cold starts. Timings of a shared machine are noisy.
 */
const { setup } = await import("../support/table.ts");
const closeTable = await setup();
const { ocrLambda, pack } = await import("./open.ts");
const { makeAccount } = await import("../support/account.ts");
await pack();

const { values } = parseArgs({
  options: { sizes: { type: "string", default: "512,1024,1769,3008" } },
});
const STARTS = 5;
const WARM = 5;

const { token } = await makeAccount({ dailyLimit: 10_000 });
const event = await eventWith(token, "receipt.jpg");
const out = (line: string) => process.stdout.write(`${line}\n`);
if (!enforced)
  out("Without root and control groups no size is enforced: all rows are this machine's.");
out("memory MB   init ms   first OCR ms   warm OCR ms   peak MB    (median, min - max of init)");
for (const memoryMb of values.sizes.split(",").map(Number)) {
  const init: number[] = [];
  const first: number[] = [];
  const warm: number[] = [];
  const peak: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const lambda = ocrLambda({ memoryMb });
    const started = performance.now();
    await read(lambda);
    const total = performance.now() - started;
    const [initMs = 0] = lambda.initMs;
    init.push(initMs);
    first.push(total - initMs);
    for (let j = 0; j < WARM; j++) {
      const at = performance.now();
      await read(lambda);
      warm.push(performance.now() - at);
    }
    peak.push(lambda.peakMb);
    await lambda.close();
  }
  const cells = [memoryMb, median(init), median(first), median(warm), median(peak)];
  const [size = "", ...rest] = cells.map((cell) => cell.toFixed(0));
  const range = `${Math.min(...init).toFixed(0)} - ${Math.max(...init).toFixed(0)}`;
  out(
    `${size.padStart(9)}${rest.map((cell, i) => cell.padStart([10, 15, 14, 10][i] ?? 10)).join("")}    (${range})`,
  );
}
for (const line of importCost("ocr", ["ocr.mjs", "reader.mjs"])) out(line);
out(`\nzip: ocr ${zipMb("ocr")} MB, web ${zipMb("web")} MB; layer ${zipMb("layer")} MB`);
await closeTable();
process.exit(0);

async function eventWith(bearer: string, name: string): Promise<object> {
  const fixtures = new URL("../fixture/", import.meta.url);
  const image = await readFile(new URL(name, fixtures), "base64");
  const recorded = await readFile(new URL("api-gateway-v2-event.json", fixtures), "utf8");
  const event = JSON.parse(recorded.replace("TOKEN", bearer));
  event.headers["content-type"] = "application/json";
  event.rawPath = "/api/ocr/extract-text";
  event.requestContext.http.path = event.rawPath;
  event.isBase64Encoded = false;
  event.body = JSON.stringify({ image: `data:image/jpeg;base64,${image}` });
  return event;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** As Python's zip, which every Linux has, packs the folder. */
function zipMb(name: string): string {
  const file = join(BUILD_DIR, `${name}.zip`);
  execFileSync("python3", ["-m", "zipfile", "-c", file, join(BUILD_DIR, name)]);
  return (statSync(file).size / 1e6).toFixed(1);
}

async function read(lambda: ReturnType<typeof ocrLambda>): Promise<void> {
  const { statusCode, body } = await lambda.invoke(event);
  if (statusCode !== 200) throw new Error(`${statusCode} ${body}`);
}
