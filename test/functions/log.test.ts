import { expect, test } from "vitest";
import { bearer, dataUri, fixture, formRequest, jsonRequest, png } from "../support/app.ts";
import { makeDataDir, ownEnvironment, run, startServer } from "../support/server.ts";

test("a request leaves one log line, without token, address, image, text or file name", async () => {
  const dataDir = makeDataDir();
  const server = await startServer(dataDir);
  const email = "secret.person@example.com";
  const issued = await run("packages/functions/src/cli/token.ts", [email], ownEnvironment(dataDir));
  const token = issued.stdout.trim();
  const forged = `${token.slice(0, -6)}SECRET`;
  const receipt = fixture("receipt.jpg");
  const image = dataUri(receipt, "image/jpeg");
  const send = async (path: string, request: RequestInit) =>
    (await fetch(server.url + path, request)).arrayBuffer();

  await send("/api/ocr/extract-text", jsonRequest(token, { image }));
  const file = new File([receipt], "secret-name.jpg", { type: "image/jpeg" });
  await send("/api/ocr/extract-text-from-file", formRequest(token, { file }));
  await send("/api/ocr/extract-text", jsonRequest(token, '{"image": "secret-json'));
  await send("/api/ocr/extract-text", jsonRequest(token, { image, language: "secret_tongue" }));
  const broken = png(receipt.slice(0, 9_000), "image/jpeg");
  await send("/api/ocr/extract-text-from-file", formRequest(token, { file: broken }));
  await send("/api/ocr/usage?token=secret-query", { headers: bearer(forged) });
  await send("/secret-path", {});
  server.process.kill("SIGTERM");
  await server.exited;

  const lines = server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  expect(lines).toHaveLength(7);
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([200, 200, 422, 422, 422, 401, 404]);
  for (const line of lines) {
    const keys = Object.keys(JSON.parse(line));
    expect(keys.slice(0, 6)).toEqual(["time", "requestId", "method", "route", "status", "ms"]);
  }
  const written = lines.join("\n");
  const [, payload = ""] = token.split(".");
  const secrets = [payload, "SECRET", "secret", email, "HARBOUR", "Sourdough", image.slice(50, 90)];
  for (const secret of secrets) expect(written).not.toContain(secret);
});
