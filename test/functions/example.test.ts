import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as Token from "@imagetotext/core/token";
import { parser as php } from "@lezer/php";
import { parser as python } from "@lezer/python";
import { beforeAll, expect, test } from "vitest";
import { useServer } from "../support/app.ts";
import { codesOf } from "../support/html.ts";
import { makePerson } from "../support/person.ts";

/** The examples, as the pages show them: what a reader copies must run. */

const RECEIPT = fileURLToPath(new URL("../fixture/receipt.jpg", import.meta.url));
const PAGES = ["/", "/api-docs", "/dashboard"];

const server = useServer();
let token: string;
/** By the name that its caption gives the file: the different texts that the pages show. */
let examples: Map<string, Set<string>>;
beforeAll(async () => {
  const now = new Date();
  const { accountId, logIn } = await makePerson(now);
  token = (await Token.issue(accountId, now)).token;
  examples = await readExamples(`session=${(await logIn()).session.secret}`);
});

async function readExamples(cookie: string): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const path of PAGES) {
    const html = await (await fetch(server.url + path, { headers: { cookie } })).text();
    for (const { caption, code } of codesOf(html)) {
      if (!code.includes("/api/ocr/extract-text")) continue;
      const name = caption === "cURL" ? "shell" : caption;
      found.set(name, (found.get(name) ?? new Set()).add(code));
    }
  }
  return found;
}

/** How each example is run, and how one finds out whether this machine can. */
const RUNNERS = [
  { file: "shell", command: ["sh"], canRun: ["curl", "--version"] },
  { file: "example.mjs", command: [process.execPath], canRun: [process.execPath, "--version"] },
  { file: "example.py", command: ["python3"], canRun: ["python3", "-c", "import requests"] },
  {
    file: "example.php",
    command: ["php"],
    canRun: ["php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"],
  },
].filter(({ canRun: [command = "", ...args] }) => spawnSync(command, args).status === 0);

/** Everything it prints, in a folder that has the picture. */
function run([command = ""]: string[], file: string, code: string): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "imagetotext-example-"));
  copyFileSync(RECEIPT, join(cwd, "receipt.jpg"));
  writeFileSync(join(cwd, file), code);
  return new Promise((resolve) => {
    execFile(command, [file], { cwd }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

test("the landing page, the documentation and the dashboard show the same examples", () => {
  const counts = [...examples].map(([file, texts]) => [file, texts.size]);
  expect(Object.fromEntries(counts)).toEqual({
    // A file, the same with an Idempotency-Key, and base64 in JSON.
    shell: 3,
    "example.mjs": 1,
    "example.py": 1,
    "example.php": 1,
  });
});

test("cURL and JavaScript can be run wherever the tests can", () => {
  const files = RUNNERS.map(({ file }) => file);
  expect(files).toEqual(expect.arrayContaining(["shell", "example.mjs"]));
});

test.each(RUNNERS)(
  "what $file shows reads the receipt, and says what is wrong with a token",
  async ({ file, command }) => {
    for (const code of examples.get(file) ?? []) {
      const text = await run(command, file, code.replace("<token>", token));
      expect(text, code).toContain("HARBOUR STREET BAKERY");
      const refused = await run(command, file, code.replace("<token>", "itt_wrong"));
      expect(refused, code).toContain("token.invalid");
      expect(refused, code).not.toContain("HARBOUR");
    }
  },
);

/** Answers as the service does to a large image: the POST with 303, and the GET of the same caller. */
async function openRedirector() {
  const redirector = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.method === "POST") {
        response.writeHead(303, { Location: "/stored" });
        response.end(JSON.stringify({ success: false, code: "upload.stored", detail: "" }));
      } else {
        const text = `followed with ${request.headers.authorization}`;
        response.end(JSON.stringify({ success: true, data: { text } }));
      }
    });
  });
  await new Promise<void>((resolve) => redirector.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(redirector.address() as AddressInfo).port}`;
  return { url, close: () => redirector.close() };
}

test.each(RUNNERS)(
  "what $file shows follows the redirect of a large image",
  async ({ file, command }) => {
    const redirector = await openRedirector();
    for (const code of examples.get(file) ?? []) {
      const text = await run(command, file, code.replace(server.url, redirector.url));
      expect(text, code).toContain("followed with Bearer <token>");
    }
    redirector.close();
  },
);

test.each([
  ["example.py", python],
  ["example.php", php],
])("the syntax of %s is right, also where nothing can run it", (file, parser) => {
  for (const code of examples.get(file) ?? []) {
    const wrong: number[] = [];
    parser.parse(code).iterate({
      enter: ({ type, from }) => {
        if (type.isError) wrong.push(from);
      },
    });
    expect(wrong, code).toEqual([]);
  }
});
