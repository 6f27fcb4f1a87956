import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ERRORS } from "@imagetotext/core/error";
import { expect, test } from "vitest";
import { STATUS } from "../packages/functions/src/api/error.ts";

/** What must hold in the repository itself. */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const sources = readdirSync(join(ROOT, "packages"), { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes("node_modules"))
  .map((path) => join("packages", path));

const imports = sources.flatMap((from) =>
  [...read(from).matchAll(/from "([^"]+)"/g)].map(([, to = ""]) => ({ from, to })),
);

const domainOf = (path: string) => path.match(/^packages\/core\/src\/(\w+)\//)?.[1];

test("core knows no HTTP and imports nothing of the edge", () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      from.startsWith("packages/core/") &&
      (/^(hono|@hono|aws-lambda|node:http)/.test(to) || to.includes("functions")),
  );
  expect(imports.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

test("a domain imports another one by its index only, and there is no cycle", () => {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const domain = domainOf(from);
    if (!domain || !to.startsWith(".")) continue;
    const target = relative(ROOT, resolve(ROOT, dirname(from), to));
    const other = domainOf(target);
    if (!other || other === domain) continue;
    expect(target, from).toBe(`packages/core/src/${other}/index.ts`);
    edges.set(domain, (edges.get(domain) ?? new Set()).add(other));
  }
  const reaches = (from: string, to: string): boolean =>
    [...(edges.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  for (const domain of edges.keys()) expect(reaches(domain, domain), domain).toBe(false);
});

test.each([
  ["tesseract.js", "packages/core/src/ocr/"],
  ["sharp", "packages/core/src/image/"],
  ["jose", "packages/core/src/token/"],
  ["nodemailer", "packages/core/src/mail/smtp.ts"],
  ["@aws-sdk/client-sesv2", "packages/core/src/mail/ses.ts"],
  ["stripe", "packages/core/src/billing/stripe.ts"],
  ["hash-wasm", "packages/core/src/account/password.ts"],
  ["@aws-sdk/lib-dynamodb", "packages/core/src/"],
  ["hono", "packages/functions/src/"],
])("%s is imported in %s only", (dependency, owner) => {
  const users = imports.filter(({ to }) => to === dependency || to.startsWith(`${dependency}/`));
  expect(users.length).toBeGreaterThan(0);
  for (const { from } of users) expect(from.startsWith(owner), from).toBe(true);
});

test("the error table of the README is the catalogue", () => {
  const rows = [...read("README.md").matchAll(/^\| `(\w+\.\w+)` \| (\d{3}) \| (.+) \| (.+) \|$/gm)];
  const table = rows.map(([, code, status, message, advice]) => ({
    code,
    status: Number(status),
    message,
    advice: advice?.replaceAll("\\|", "|"),
  }));
  const catalogue = Object.entries(ERRORS).map(([code, { kind, message, advice }]) => ({
    code,
    status: STATUS[kind],
    message,
    advice,
  }));
  expect(table).toEqual(catalogue);
});

test("the configuration table of the README names every variable that is read", () => {
  const code = sources.map(read).join("\n");
  const schemas = ["packages/core/src/config.ts", "packages/functions/infra/settings.ts"];
  const inSchema = schemas
    .map(read)
    .join("\n")
    .matchAll(/^ {2}([A-Z][A-Z_]+):/gm);
  const direct = code.matchAll(/process\.env\.([A-Z_]+)/g);
  const used = new Set([...inSchema, ...direct].map(([, name]) => name));
  const documented = [...read("README.md").matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)];
  expect(documented.map(([, name]) => name).sort()).toEqual([...used].sort());
});

test("the language data is what its checksum list says", () => {
  const folder = "packages/core/tessdata";
  const listed = read(`${folder}/SHA256SUMS`)
    .trim()
    .split("\n")
    .map((line) => line.split(/ +/));
  const files = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".traineddata"));
  expect(listed.map(([, name]) => name).sort()).toEqual(files.sort());
  for (const [sum, name = ""] of listed) {
    const bytes = readFileSync(join(ROOT, folder, name));
    expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sum);
  }
});
