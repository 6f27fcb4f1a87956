import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import * as Account from "@imagetotext/core/account";
import * as Billing from "@imagetotext/core/billing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BLANK_PNG, bearer, formRequest, png } from "../support/app.ts";
import { screenshots } from "../support/browser.ts";
import { newEmail } from "../support/person.ts";
import { signUpAndLogIn } from "../support/person-in-browser.ts";
import { useSite } from "../support/site.ts";
import { makeReceipts, startStripe } from "../support/stripe.ts";

/** From a price to an invoice, in a real browser, over the pages of a stand-in for Stripe. */

const stripe = await startStripe();
afterAll(() => stripe.close());
const folder = screenshots();
const site = useSite([stripe.url]);
beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  process.stdout.write(`Screenshots: ${folder}\n`);
  stripe.sendEventsTo(`${site.server.url}/stripe/webhook`);
});

async function inspect(page: Page, name: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 850 });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`);
    expect(found, `${name} ${width}`).toEqual([]);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow, `${name} ${width} is wider than the window`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
}

async function buy(page: Page, plan: string): Promise<void> {
  await page.goto("/pricing");
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await page.getByRole("heading", { name: "Checkout" }).waitFor();
  await page.getByRole("button", { name: "Pay" }).click();
  await page.getByRole("heading", { name: "Billing" }).waitFor();
  await page.locator("p.big", { hasText: plan }).waitFor();
}

const limitOf = async (token: string) => {
  const response = await fetch(`${site.server.url}/api/ocr/usage`, { headers: bearer(token) });
  return response.headers.get("X-RateLimit-Limit");
};

/** Tomorrow, when today is closed. */
function tomorrow(): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1, 0, 30));
}

test("a plan is bought, used, capped, billed, and the invoice has the number of the log", async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  const email = newEmail();
  await signUpAndLogIn(page, email);
  await page.getByRole("button", { name: "Generate a token" }).click();
  const token = (await page.locator("#token").textContent()) ?? "";
  expect(await limitOf(token)).toBe("100");
  await page.getByRole("link", { name: "Billing" }).click();
  await page.getByText("Nothing to pay on the free plan.").waitFor();
  await inspect(page, "billing-free");

  await buy(page, "Pay as you go");
  expect(await limitOf(token)).toBe("10000");
  const cap = page.getByLabel("Requests a day, at most");
  await cap.fill("10001");
  await page.getByRole("button", { name: "Set the cap" }).click();
  await page.getByText("Enter a whole number from 0 to 10,000.").waitFor();
  expect(await cap.getAttribute("aria-invalid")).toBe("true");
  expect(await cap.getAttribute("aria-describedby")).toContain("cap-error");
  await inspect(page, "billing-refused");
  await cap.fill("2000");
  await page.getByRole("button", { name: "Set the cap" }).click();
  await page.getByText("Your daily cap is set.").waitFor();
  expect(await limitOf(token)).toBe("2000");

  const image = formRequest(token, { file: png(BLANK_PNG) });
  const url = `${site.server.url}/api/ocr/extract-text-from-file`;
  expect((await fetch(url, image)).status).toBe(200);
  const accountId = (await Account.findByEmail(email)) ?? "";
  const today = new Date().toISOString().slice(0, 10);
  await makeReceipts(accountId, new Date(`${today}T00:00:00Z`), 999);
  await page.goto("/billing");
  await page.getByText("1,000 paid requests").waitFor();
  await page.getByText("$1.50 estimate").waitFor();

  stripe.setNow(tomorrow());
  await Billing.billClosedDays(tomorrow());
  await page.reload();
  expect(await page.locator("#next-total").textContent()).toBe("$1.50");
  await inspect(page, "billing-used");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).first().click(),
  ]);
  const csv = readFileSync(await download.path(), "utf8");
  expect(csv).toBe(`day,requests\r\n${today},1000\r\n`);
  const customer = await Billing.findCustomer(accountId);
  for (const each of stripe.ledger.subscriptionsOf(customer?.customerId ?? "")) {
    stripe.ledger.endPeriod(each);
  }
  expect(stripe.ledger.invoices[0]?.lines).toMatchObject([{ quantity: 1000, amount: 150 }]);
  await page.reload();
  const newest = page.locator("#invoices tr").first();
  expect(await newest.locator("td").allTextContents()).toMatchObject([
    expect.any(String),
    "LOCAL-2",
    "paid",
    "$1.50",
  ]);
  stripe.ledger.now = () => Math.floor(Date.now() / 1000);
  expect(site.browser.faults).toEqual([]);
  await context.close();
});

test("without JavaScript a plan is bought, changed, ended and kept", async () => {
  const context = await site.browser.open({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await buy(page, "Pay as you go");
  await page.getByRole("button", { name: "Change to Pro" }).click();
  await page.getByText("Your plan is changed.").waitFor();
  await page.locator("p.big", { hasText: "Pro" }).waitFor();
  await page.getByRole("button", { name: "End the plan with this month" }).click();
  await page.getByText("The plan ends at").waitFor();
  await page.getByRole("button", { name: "Keep the plan" }).click();
  await page.getByText("Your plan goes on.").waitFor();
  expect(await page.getByText("The plan ends at").count()).toBe(0);
  expect(site.browser.faults).toEqual([]);
  await context.close();
});

test("a card that is declined is told on the page, and another one mends it", async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await buy(page, "Pro");
  await page.getByRole("button", { name: "Card and invoices" }).click();
  await page.getByRole("button", { name: "Use a card that is declined" }).click();
  await page.getByRole("button", { name: "Let the month end" }).click();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("A payment failed.").waitFor();
  await page.locator("#invoices .tag.bad", { hasText: "open" }).waitFor();
  await page.setViewportSize({ width: 1280, height: 850 });
  await inspect(page, "billing-declined");
  await page.getByRole("button", { name: "Card and invoices" }).click();
  await page.getByRole("button", { name: "Use a good card" }).click();
  await page.getByRole("link", { name: "Back" }).click();
  await page.locator("p.big", { hasText: "Pro" }).waitFor();
  expect(await page.getByText("A payment failed.").count()).toBe(0);
  expect(site.browser.faults).toEqual([]);
  await context.close();
});
