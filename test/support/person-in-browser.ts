import * as Mail from "@imagetotext/core/mail";
import type { Page } from "playwright-core";

export const PASSWORD = "violet harbour sings";

export const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** The path of the newest link of this kind that was mailed to this address. */
export async function mailedPath(email: string, kind: "verify-email" | "reset-password") {
  for (const { text } of await Mail.listOutbox(email)) {
    const [link] = text.match(new RegExp(`https?://\\S+/${kind}\\?token=\\S+`)) ?? [];
    if (link) return new URL(link).pathname + new URL(link).search;
  }
  throw new Error(`no mail with a link to ${kind}`);
}

/** From the sign-up page to the dashboard of a confirmed account, by hand. */
export async function signUpAndLogIn(page: Page, email: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("link", { name: "Sign up" }).first().click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  await page.goto(await mailedPath(email, "verify-email"));
  await page.getByRole("button", { name: "Confirm my address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}
