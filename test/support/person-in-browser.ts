import type { Page } from "playwright-core";
import { linkTo, PASSWORD } from "./person.ts";

/** From the sign-up page to the dashboard of a confirmed account, by hand. */
export async function signUpAndLogIn(page: Page, email: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("link", { name: "Sign up" }).first().click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  await page.goto(`/verify-email?token=${await linkTo(email, "verify-email")}`);
  await page.getByRole("button", { name: "Confirm my address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}
