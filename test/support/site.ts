import { afterAll, beforeAll } from "vitest";
import { type LocalServer, listen } from "../../packages/functions/src/local/serve.ts";
import { makeReaders } from "./app.ts";
import { openBrowser, type TestBrowser } from "./browser.ts";

type Site = { server: LocalServer; browser: TestBrowser };

/** The local server and a browser, for the tests of one file. They are there once a test runs. */
export function useSite(): Site {
  const readers = makeReaders();
  const site = {} as Site;
  beforeAll(async () => {
    await readers.started();
    site.server = await listen(readers, 0, "127.0.0.1");
    site.browser = await openBrowser(site.server.url);
  });
  afterAll(async () => {
    await site.browser.close();
    await site.server.close();
    await readers.close();
  });
  return site;
}
