import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeAccount, receiptsOf, usedToday } from "../support/account.ts";
import {
  BLANK_PNG,
  bearer,
  dataUri,
  expectStatus,
  fixture,
  formRequest,
  jsonRequest,
  png,
} from "../support/app.ts";
import { COLOUR, pngFile } from "../support/png.ts";
import { enforced, type Lambda } from "./lambda.ts";
import { openSite, type Site } from "./open.ts";

/** What only Lambda does to a function: starts it cold, freezes it, and ends it in the middle. */

const PATH = "/api/ocr/extract-text-from-file";
const receipt = () => png(fixture("receipt.jpg"), "image/jpeg");

let site: Site;
let ocr: Lambda;

async function start(options: Parameters<typeof openSite>[0] = {}): Promise<void> {
  site = await openSite(options);
  ocr = site.functions.ocr;
}
beforeEach(() => start());
afterEach(() => site.close());

const post = (token: string, file: File) =>
  fetch(`${site.url}${PATH}`, formRequest(token, { file }));

/** Resolves in the middle of the request that comes next. */
async function untilBusy(): Promise<void> {
  const before = ocr.invocations;
  while (ocr.invocations === before) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a cold start reads an image, and the next one is read by the same process after a freeze", async () => {
  const { token } = await makeAccount();
  const cold = await expectStatus(await post(token, receipt()), 200);
  expect(cold.data.text).toContain("HARBOUR STREET BAKERY");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const warm = await expectStatus(await post(token, receipt()), 200);
  expect(warm.data.text).toBe(cold.data.text);
  expect(ocr.initMs).toHaveLength(1);
});

test("a crash inside a request is the gateway's 500, and the next request is served", async () => {
  const { token, accountId } = await makeAccount();
  await expectStatus(await post(token, png(BLANK_PNG)), 200);
  const busy = untilBusy();
  const crashed = post(token, receipt());
  await busy;
  process.kill(ocr.pid ?? 0, "SIGKILL");
  expect(await expectStatus(await crashed, 500)).toEqual({ message: "Internal Server Error" });
  await expectStatus(await post(token, receipt()), 200);
  expect(ocr.initMs).toHaveLength(2);
  expect(await receiptsOf(accountId)).toHaveLength(2);
  // The crashed one may stay counted until midnight (UTC).
  expect([2, 3]).toContain(await usedToday(accountId));
});

test("a function that cannot start is the gateway's 500, and is not started over and over", async () => {
  await site.close();
  await start({ environment: { TOKEN_PUBLIC_KEYS: "no key" } });
  const refused = await fetch(`${site.url}/health`);
  expect(await expectStatus(refused, 500)).toEqual({ message: "Internal Server Error" });
  expect(ocr.output).toContain("TOKEN_PUBLIC_KEYS");
  expect(ocr.output.match(/"errorType"/g)).toHaveLength(1);
});

test("a request that takes longer than the function may is the gateway's 503, and the next is served", async () => {
  await site.close();
  await start({ timeoutMs: 10_000 });
  const { token, accountId } = await makeAccount();
  await expectStatus(await post(token, png(BLANK_PNG)), 200);
  const busy = untilBusy();
  const late = post(token, receipt());
  await busy;
  process.kill(ocr.pid ?? 0, "SIGSTOP");
  expect(await expectStatus(await late, 503)).toEqual({ message: "Service Unavailable" });
  await expectStatus(await post(token, receipt()), 200);
  expect(await receiptsOf(accountId)).toHaveLength(2);
});

test.runIf(enforced)(
  "a function that runs out of memory is ended, and the next request is served",
  async () => {
    await site.close();
    await start({ memoryMb: 230 });
    const { token } = await makeAccount();
    await expectStatus(await post(token, png(BLANK_PNG)), 200);
    const pixels = deflateSync(Buffer.alloc(6_301 * 6_300));
    const large = new Uint8Array(pngFile(6_300, 6_300, { bits: 8, colour: COLOUR.grey }, pixels));
    const answer = await post(token, png(large));
    expect(await answer.json()).toEqual({ message: "Internal Server Error" });
    await expectStatus(await post(token, png(BLANK_PNG)), 200);
  },
);

test.runIf(enforced)(
  "nothing is written, not even to /tmp, and the code cannot be changed",
  async () => {
    const { token } = await makeAccount();
    await expectStatus(await post(token, receipt()), 200);
    const root = `/proc/${ocr.pid}/root`;
    expect(readdirSync(join(root, "tmp"))).toEqual([]);
    for (const file of ["/var/task/ocr.mjs", "/opt/tessdata/eng.traineddata", "/etc/hosts"]) {
      const write = ["--target", String(ocr.pid), "--mount", "sh", "-c", `: >> ${file}`];
      const { stderr } = spawnSync("nsenter", write, { encoding: "utf8" });
      expect(stderr, file).toContain("Read-only file system");
    }
  },
);

test("a form and JSON of just the size that may pass reach the function", async () => {
  const { token } = await makeAccount();
  const image = new Uint8Array([...BLANK_PNG, ...new Uint8Array(4_705_000)]);
  await expectStatus(await post(token, png(image)), 200);
  const json = jsonRequest(token, { image: dataUri(image.slice(0, 4_560_000)) });
  await expectStatus(await fetch(`${site.url}/api/ocr/extract-text`, json), 200);
});

test("an image of 5 MB is stored, read and deleted, and the caller only follows a redirect", async () => {
  const { token, accountId } = await makeAccount();
  const image = new Uint8Array([...BLANK_PNG, ...new Uint8Array(5_242_880 - BLANK_PNG.length)]);
  const followed = await post(token, png(image));
  expect(followed.redirected).toBe(true);
  expect((await expectStatus(followed, 200)).data.raw_response.image.width).toBe(32);
  const json = jsonRequest(token, { image: dataUri(image) });
  const read = await fetch(`${site.url}/api/ocr/extract-text`, json);
  expect((await expectStatus(read, 200)).data.raw_response.image.width).toBe(32);
  expect(await usedToday(accountId)).toBe(2);
  expect(site.bucket.objects.size).toBe(0);
  const again = await fetch(followed.url, { headers: bearer(token) });
  expect((await expectStatus(again, 404)).code).toBe("upload.unknown");
  expect(await usedToday(accountId)).toBe(2);
});

test("a larger image is refused in the contract's JSON, and costs nothing", async () => {
  const { token, accountId } = await makeAccount();
  const image = new Uint8Array([...BLANK_PNG, ...new Uint8Array(5_242_881 - BLANK_PNG.length)]);
  expect((await expectStatus(await post(token, png(image)), 422)).code).toBe("image.too_large");
  const tooLarge = new Uint8Array(7_864_321);
  const refused = await expectStatus(await post(token, png(tooLarge)), 422);
  expect(refused).toMatchObject({ success: false, code: "request.too_large" });
  expect(await usedToday(accountId)).toBe(0);
});

test("the web function describes the API at the address that callers use", async () => {
  const response = await fetch(`${site.url}/openapi.json`);
  expect((await expectStatus(response, 200)).servers).toEqual([{ url: "http://localhost" }]);
});

test("no log line holds a token, an address or what was read", async () => {
  const { token, email, accountId } = await makeAccount();
  await expectStatus(await post(token, receipt()), 200);
  await expectStatus(await post("itt_wrong", receipt()), 401);
  expect(ocr.output).toContain(accountId);
  for (const secret of [token, token.slice(-20), email, "HARBOUR", "itt_", "Bearer"]) {
    expect(ocr.output).not.toContain(secret);
  }
});
