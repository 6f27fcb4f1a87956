import { readFileSync } from "node:fs";
import { config } from "@imagetotext/core/config";
import { ReaderPool } from "@imagetotext/core/ocr";
import { afterAll, beforeAll, expect } from "vitest";
import { type LocalServer, listen, localApp } from "../../packages/functions/src/local/serve.ts";

/** Readers for one test file: one thread is enough, and leaves a core to the other files. */
export function makeReaders(options: Partial<ConstructorParameters<typeof ReaderPool>[0]> = {}) {
  return new ReaderPool({ ...config().ocr, threads: 1, ...options });
}

/** Until a thread that was ended has been replaced, or the first one has started. */
export const whenReady = (readers: ReaderPool) =>
  expect.poll(() => readers.ready, { timeout: 60_000 }).toBe(true);

type App = ReturnType<typeof localApp>;

/** The app, for the tests of one file: its readers have started once a test runs. */
export function useApp(readers = makeReaders()): App {
  beforeAll(() => readers.started());
  afterAll(() => readers.close());
  return makeApp(readers);
}

/** The local server, for the tests of one file. It is there once a test runs. */
export function useServer(readers = makeReaders()): LocalServer {
  const server = {} as LocalServer;
  beforeAll(async () => {
    await readers.started();
    Object.assign(server, await listen(readers, 0, "127.0.0.1"));
  });
  afterAll(async () => {
    await server.close();
    await readers.close();
  });
  return server;
}

/** The app in process; in the sandbox (test/sandbox) its requests go to the deployed functions. */
export function makeApp(readers: ReaderPool): App {
  const app = localApp(readers);
  const { SANDBOX_URL } = process.env;
  if (!SANDBOX_URL) return app;
  const request = (path: string, init?: RequestInit) => {
    const { pathname, search } = new URL(path, SANDBOX_URL);
    return fetch(new URL(pathname + search, SANDBOX_URL), init);
  };
  return Object.assign(app, { request });
}

export const fixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../fixture/${name}`, import.meta.url)));

/** A white PNG of 32 x 32 pixels: the cheapest image that is read to the end. */
export const BLANK_PNG = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAFklEQVQ4y2P4TwAwjCoYVTCqYKQqAAA/aPwutzRifQAAAABJRU5ErkJggg==",
    "base64",
  ),
);

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export const dataUri = (bytes: Uint8Array, type = "image/png") =>
  `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;

export function jsonRequest(token: string, body: unknown, headers: Record<string, string> = {}) {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json", ...bearer(token), ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

export function formRequest(token: string, fields: Record<string, string | Blob>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return { method: "POST", headers: bearer(token), body: form };
}

export const png = (bytes: Uint8Array<ArrayBuffer>, type = "image/png") =>
  new File([bytes], "image", { type });

/** The answer's JSON. A wrong status shows what was answered. */
export async function expectStatus(response: Response, status: number) {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return JSON.parse(text);
}
