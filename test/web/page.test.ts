import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { fixture, formRequest, png } from "../support/app.ts";
import { screenshots } from "../support/browser.ts";
import { OWN_PAGES, PUBLIC_PAGES } from "../support/pages.ts";
import { newEmail } from "../support/person.ts";
import { signUpAndLogIn } from "../support/person-in-browser.ts";
import { useSite } from "../support/site.ts";

/** Each page in both themes, on a phone and on a desk: accessible, whole, and only from us. */

const WIDTHS = [390, 1280];
const THEMES = ["light", "dark"] as const;

const folder = screenshots();
const site = useSite();
beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  process.stdout.write(`Screenshots: ${folder}\n`);
});

async function inspect(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of THEMES) {
      await page.setViewportSize({ width, height: 850 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // Legacy mode looks at this one frame, and opens no page of its own for the report.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
      expect(found, `${name} ${width} ${colorScheme}`).toEqual([]);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `${name} ${width} is wider than the window`).toBeLessThanOrEqual(0);
      const path = join(folder, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
}

const nameOf = (path: string) => path.slice(1).replaceAll("/", "-") || "home";

test("public pages", { timeout: 120_000 }, async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  for (const path of [...PUBLIC_PAGES, "/nothing-here"]) {
    await page.goto(path);
    await inspect(page, nameOf(path));
  }
  await page.goto("/api-reference");
  for (const summary of await page.locator("details.operation > summary").all()) {
    await summary.click();
  }
  await inspect(page, "api-reference-open");
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill("someone@example.com");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Sign up" }).click();
  await inspect(page, "sign-up-refused");
  await page.setViewportSize({ width: 390, height: 850 });
  await page.getByText("Menu", { exact: true }).click();
  await inspect(page, "menu-open");
  expect(site.browser.faults).toEqual([]);
  await context.close();
});

test("pages of an account", { timeout: 120_000 }, async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await inspect(page, "dashboard-new");
  await page.getByRole("button", { name: "Generate a token" }).click();
  await inspect(page, "token");
  const token = (await page.locator("#token").textContent()) ?? "";
  for (let i = 0; i < 3; i++) {
    const file = png(fixture("receipt.jpg"), "image/jpeg");
    const url = `${site.server.url}/api/ocr/extract-text-from-file`;
    expect((await fetch(url, formRequest(token, { file }))).status).toBe(200);
  }
  for (const path of [...OWN_PAGES, "/dev/outbox"]) {
    await page.goto(path);
    await inspect(page, nameOf(path));
  }
  await page.goto("/playground");
  await page.getByRole("button", { name: "Take the sample receipt" }).click();
  await page.getByText("requests left today").waitFor();
  await inspect(page, "playground-result");
  expect(site.browser.faults).toEqual([]);
  await context.close();
});
