import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bearer } from "../support/app.ts";
import { newEmail } from "../support/person.ts";
import { signUpAndLogIn } from "../support/person-in-browser.ts";
import { runShell } from "../support/server.ts";
import { useSite } from "../support/site.ts";

/** The whole way of somebody who comes here for the first time, in a real browser. */

const RECEIPT = fileURLToPath(new URL("../fixture/receipt.jpg", import.meta.url));

const site = useSite();
/** Runs the line as shown, in a folder that has the picture. */
async function runAsShown(command: string) {
  const folder = mkdtempSync(join(tmpdir(), "imagetotext-call-"));
  copyFileSync(RECEIPT, join(folder, "receipt.jpg"));
  const { stdout } = await runShell(`cd ${folder} && ${command} --silent`);
  return JSON.parse(stdout);
}

async function runScript(code: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "imagetotext-call-"));
  copyFileSync(RECEIPT, join(folder, "receipt.jpg"));
  writeFileSync(join(folder, "example.mjs"), code);
  const { stdout } = await runShell(`cd ${folder} && ${process.execPath} example.mjs`);
  return stdout;
}

const usageStatus = async (token: string) =>
  (await fetch(`${site.server.url}/api/ocr/usage`, { headers: bearer(token) })).status;

test("a stranger makes a first call, sees it counted, and replaces the token", async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await page.getByText("Generate a token (to do)").waitFor();

  await page.getByRole("button", { name: "Generate a token" }).click();
  const first = (await page.locator("#token").textContent()) ?? "";
  expect(first).toMatch(/^itt_/);
  const answer = await runAsShown((await page.locator("#snippet-0").textContent()) ?? "");
  expect(answer.data.text).toContain("HARBOUR STREET BAKERY");
  const script = (await page.locator("#snippet-1").textContent()) ?? "";
  expect(await runScript(script)).toContain("HARBOUR STREET BAKERY");

  // Nobody touches the page: it sees the call by itself.
  await page.getByText("Your first call was answered (done)").waitFor({ timeout: 10_000 });
  await page.getByRole("link", { name: "to the dashboard" }).click();
  await page.getByText("2 of 100 requests").waitFor();
  expect(await page.locator("#log tbody tr").count()).toBe(2);
  expect(await page.locator("#chart svg").getAttribute("aria-label")).toContain("2 requests in");
  expect(await page.getByText(first).count()).toBe(0);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("requests.csv");

  await page.getByText("Generate a new token").click();
  await page.getByRole("button", { name: "Replace the token" }).click();
  const second = (await page.locator("#token").textContent()) ?? "";
  expect([await usageStatus(first), await usageStatus(second)]).toEqual([401, 200]);

  await page.goto("/settings");
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("You are logged out.").waitFor();
  await page.goto("/dashboard");
  await page.getByText("Log in to see this page.").waitFor();
  expect(site.browser.faults).toEqual([]);
  await context.close();
});

test("the same way works without JavaScript, by reloading", async () => {
  const context = await site.browser.open({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await page.getByRole("button", { name: "Generate a token" }).click();
  const answer = await runAsShown((await page.locator("#snippet-0").textContent()) ?? "");
  expect(answer.success).toBe(true);
  await page.getByRole("link", { name: "to the dashboard" }).click();
  await page.getByText("Your first call was answered").waitFor();
  await page.getByText("1 of 100 requests").waitFor();
  await context.close();
});

test("a form says what is wrong next to the field, and keeps what was typed", async () => {
  const context = await site.browser.open();
  const page = await context.newPage();
  const email = newEmail();
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Sign up" }).click();
  const field = page.getByLabel("Password");
  await page.getByText("Use at least 12 characters.").first().waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await field.getAttribute("aria-describedby")).toContain("password-error");
  expect(await page.getByLabel("E-mail address").inputValue()).toBe(email);
  await context.close();
});
