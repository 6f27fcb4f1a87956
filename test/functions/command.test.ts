import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { BLANK_PNG, bearer } from "../support/app.ts";
import { makeDataDir, ownEnvironment, run, runShell, startServer } from "../support/server.ts";

/** The commands of the README, run as its reader runs them. */

const TOKEN = "packages/functions/src/cli/token.ts";
const RECOGNISE = "packages/functions/src/cli/recognise.ts";
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test("start prints a curl line that reads the sample, and token works beside it", async () => {
  const dataDir = makeDataDir();
  const server = await startServer(dataDir);
  const [curl = ""] = server.output().match(/curl [\s\S]*?from-file/) ?? [];
  const { stdout } = await runShell(`${curl} --silent`);
  const { data } = JSON.parse(stdout);
  expect(data.text).toContain("HARBOUR STREET BAKERY");
  const [, shown = ""] = README.match(/^ {4}"text": (".*"),$/m) ?? [];
  expect(data.text, "the answer in the README").toBe(JSON.parse(shown));
  expect(README).toContain(`    "confidence": ${data.confidence},`);

  const issued = await run(TOKEN, ["someone@example.com"], ownEnvironment(dataDir));
  expect(issued.stdout).toMatch(/^itt_[\w.-]+\n$/);
  const usage = () =>
    fetch(`${server.url}/api/ocr/usage`, { headers: bearer(issued.stdout.trim()) });
  expect((await usage()).status).toBe(200);

  const newer = await run(TOKEN, ["someone@example.com"], ownEnvironment(dataDir));
  expect((await usage()).status).toBe(401);
  server.process.kill("SIGTERM");
  expect(await server.exited).toBe(0);

  const offline = await run(TOKEN, ["someone@example.com"], ownEnvironment(dataDir));
  expect(offline.code).toBe(0);
  expect(offline.stdout).not.toBe(newer.stdout);
});

test("a second server leaves the folder of the first alone", async () => {
  const dataDir = makeDataDir();
  const first = await startServer(dataDir);
  await expect(startServer(dataDir)).rejects.toThrow("Another server uses");
  expect((await fetch(`${first.url}/health`)).status).toBe(200);
  first.process.kill("SIGTERM");
  expect(await first.exited).toBe(0);
});

test("token and start at the same moment do not get in each other's way", async () => {
  const dataDir = makeDataDir();
  const [issued, server] = await Promise.all([
    run(TOKEN, ["someone@example.com"], ownEnvironment(dataDir)),
    startServer(dataDir),
  ]);
  expect(issued.code, issued.stderr).toBe(0);
  const usage = await fetch(`${server.url}/api/ocr/usage`, {
    headers: bearer(issued.stdout.trim()),
  });
  expect(usage.status).toBe(200);
  server.process.kill("SIGTERM");
  await server.exited;
});

test.each([
  ["language data", "eng.traineddata", { TESSDATA_DIR: "/nonexistent" }],
  ["a public key", "TOKEN_PUBLIC_KEYS", { TOKEN_PUBLIC_KEYS: "short" }],
])("start ends and names %s when that is what it lacks", async (_what, named, environment) => {
  await expect(startServer(makeDataDir(), environment)).rejects.toThrow(named);
});

test.each([[["--nonsense"]], [[]], [["--manifest", "list.json"]]])(
  "recognise %j says how to call it",
  async (args) => {
    const { code, stderr } = await run(RECOGNISE, args, process.env);
    expect(code).toBe(2);
    expect(stderr).toContain("npm run --silent recognise -- image.png");
  },
);

test("token says how to call it, on stderr", async () => {
  const { code, stdout, stderr } = await run(TOKEN, [], ownEnvironment(makeDataDir()));
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("npm run --silent token -- someone@example.com");
});

test("start says so when the port is taken", async () => {
  const first = await startServer(makeDataDir());
  const port = new URL(first.url).port;
  await expect(startServer(makeDataDir(), { PORT: port })).rejects.toThrow("Set PORT to another");
  first.process.kill("SIGTERM");
  await first.exited;
});

test("recognise prints the text of one image", async () => {
  const { code, stdout } = await run(RECOGNISE, ["test/fixture/receipt.jpg"], process.env);
  expect(code).toBe(0);
  expect(stdout).toContain("HARBOUR STREET BAKERY");
});

test("recognise reads a manifest, one line an image, and goes on after a bad one", async () => {
  const folder = makeDataDir();
  writeFileSync(join(folder, "blank.png"), BLANK_PNG);
  writeFileSync(join(folder, "bad.png"), "not an image");
  writeFileSync(join(folder, "deu.png"), readFileSync(join(ROOT, "test/fixture/deu.png")));
  const manifest = [
    { id: "blank", file: "blank.png", category: "x" },
    { id: "bad", file: "bad.png" },
    { id: "gone", file: "gone.png" },
    { id: "german", file: "deu.png", lang: "deu" },
  ];
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const out = join(folder, "out.jsonl");
  const args = ["--manifest", join(folder, "manifest.json"), "--out", out];
  const { code, stdout } = await run(RECOGNISE, args, process.env);
  expect(code).toBe(0);
  expect(stdout).toBe("");
  const lines = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ id }) => id)).toEqual(["blank", "bad", "gone", "german"]);
  expect(lines[0]).toEqual({
    id: "blank",
    text: "",
    confidence: 0,
    cpu_s: expect.any(Number),
    wall_s: expect.any(Number),
  });
  expect(lines[1].error).toContain("image.unsupported_format");
  expect(lines[2].error).toContain("ENOENT");
  expect(lines[3].text).toContain("Mühle");
  expect(lines[3].cpu_s).toBeGreaterThan(0);
});
