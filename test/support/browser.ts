import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium as driver,
} from "playwright-core";

/** A real browser out of npm, with nothing in its profile. */
export type TestBrowser = {
  /** What no page may do: errors on the console, violations of the policy, requests to other hosts. */
  faults: string[];
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  close: () => Promise<void>;
};

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/**
 * @param site origin that pages may talk to
 * @param others origins that a form may lead to
 */
export async function openBrowser(site: string, others: string[] = []): Promise<TestBrowser> {
  // Makes the package unpack the system libraries that it brings.
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: FLAGS,
  });
  const faults: string[] = [];
  const open = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      baseURL: site,
      // What moves cannot be measured.
      reducedMotion: "reduce",
      ...options,
    });
    context.on("console", (message) => {
      if (message.type() === "error" && !isAnswer(message.text())) faults.push(message.text());
    });
    context.on("weberror", (error) => faults.push(String(error.error())));
    context.on("request", (request) => {
      const url = new URL(request.url());
      const isWeb = /^https?:$/.test(url.protocol);
      if (isWeb && ![site, ...others].includes(url.origin)) faults.push(`request to ${url}`);
    });
    return context;
  };
  return { faults, open, close: () => browser.close() };
}

/** The browser writes each 4xx and 5xx to the console; tests look at statuses by themselves. */
function isAnswer(text: string): boolean {
  return text.startsWith("Failed to load resource: the server responded with a status of");
}

/** Where this run's screenshots are. */
export const screenshots = (): string =>
  process.env.SCREENSHOTS || mkdtempSync(join(tmpdir(), "imagetotext-pages-"));
