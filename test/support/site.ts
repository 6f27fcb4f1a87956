import { afterAll, beforeAll } from "vitest";
import type { LocalServer } from "../../packages/functions/src/local/serve.ts";
import { useServer } from "./app.ts";
import { openBrowser, type TestBrowser } from "./browser.ts";

type Site = { server: LocalServer; browser: TestBrowser };

/**
 * The local server and a browser, for the tests of one file. They are there once a test runs.
 * @param origins that the browser may visit besides
 */
export function useSite(origins: string[] = []): Site {
  const site = { server: useServer() } as Site;
  beforeAll(async () => {
    site.browser = await openBrowser(site.server.url, origins);
  });
  afterAll(() => site.browser.close());
  return site;
}
