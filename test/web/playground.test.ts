import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { fixture } from "../support/app.ts";
import { newEmail } from "../support/person.ts";
import { signUpAndLogIn } from "../support/person-in-browser.ts";
import { useSite } from "../support/site.ts";

/** The playground, in a real browser. */

const RECEIPT = fileURLToPath(new URL("../fixture/receipt.jpg", import.meta.url));
/** Where HARBOUR stands in the upright receipt, which is 635 pixels wide. */
const HARBOUR = { x: 167, y: 55, width: 104, height: 21 };
const RECEIPT_WIDTH = 635;

const site = useSite();

async function openPlayground(): Promise<Page> {
  const context = await site.browser.open();
  const page = await context.newPage();
  await signUpAndLogIn(page, newEmail());
  await page.getByRole("button", { name: "Generate a token" }).click();
  await page.goto("/playground");
  return page;
}

async function close(page: Page): Promise<void> {
  expect(site.browser.faults).toEqual([]);
  await page.context().close();
}

const picture = (page: Page) => page.getByLabel("Picture", { exact: true });
const jpeg = (buffer: Buffer) => ({ name: "photo.jpg", mimeType: "image/jpeg", buffer });

/** Where a word is drawn, in pixels of the upright receipt. */
async function placeOf(page: Page, word: string) {
  const drawn = page.locator("#picture-frame rect", {
    has: page.locator("title", { hasText: word }),
  });
  const box = await drawn.first().boundingBox();
  const frame = await page.locator("#picture-frame svg").boundingBox();
  if (!box || !frame) throw new Error("nothing was drawn");
  const scale = frame.width / RECEIPT_WIDTH;
  return {
    x: (box.x - frame.x) / scale,
    y: (box.y - frame.y) / scale,
    width: box.width / scale,
    height: box.height / scale,
  };
}

async function expectHarbourInPlace(page: Page): Promise<void> {
  const place = await placeOf(page, "HARBOUR");
  for (const side of ["x", "y", "width", "height"] as const) {
    expect(Math.abs(place[side] - HARBOUR[side]), `${side} ${place[side]}`).toBeLessThan(4);
  }
}

test("draws a box at each word, through the API and on the account's day", async () => {
  const page = await openPlayground();
  await picture(page).setInputFiles(RECEIPT);
  await page.getByText("99 requests left today").waitFor();
  await expectHarbourInPlace(page);

  await page.locator("#text mark", { hasText: "BAKERY" }).hover();
  const lit = page.locator("#picture-frame rect.lit title");
  expect(await lit.textContent()).toContain("BAKERY");
  expect(await page.locator("#curl").textContent()).toContain("file=@receipt.jpg");

  await picture(page).setInputFiles({
    name: "note.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("not an image"),
  });
  await page.getByText("image.unsupported_format").waitFor();
  await close(page);
});

/** Runs in the page, as a hand there would: what the event carries is a file. */
const handOver = (event: string, file: Uint8Array) => `{
  const base64 = "${Buffer.from(file).toString("base64")}";
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  document.getElementById("drop").dispatchEvent(new ${event}, options));
}`;

test.each([
  ["drop", 'DragEvent("drop"'],
  ["paste", 'ClipboardEvent("paste"'],
])("reads a picture by %s", async (_way, event) => {
  const page = await openPlayground();
  await page.evaluate(handOver(event, fixture("receipt.jpg")));
  await page.getByText("99 requests left today").waitFor();
  await expectHarbourInPlace(page);
  expect(await page.locator("#curl").textContent()).toContain("file=@dropped.jpg");
  await close(page);
});

/** What a phone stores when it is held so: the pixels turned, and EXIF that says how to turn them back. */
const HELD = [
  { orientation: 3, turned: 180 },
  { orientation: 6, turned: 270 },
  { orientation: 8, turned: 90 },
];

test.each(HELD)(
  "a photo with EXIF orientation $orientation stands up, and its boxes lie at its words",
  async ({ orientation, turned }) => {
    const page = await openPlayground();
    await picture(page).setInputFiles(RECEIPT);
    await page.getByText("99 requests left today").waitFor();
    const upright = await page.locator("#picture-frame").screenshot();

    const stored = sharp(fixture("receipt.jpg")).rotate(turned).withMetadata({ orientation });
    await picture(page).setInputFiles(jpeg(await stored.jpeg({ quality: 95 }).toBuffer()));
    await page.getByText("98 requests left today").waitFor();
    await expectHarbourInPlace(page);
    const shown = await page.locator("#picture-frame").screenshot();
    expect(await difference(upright, shown)).toBeLessThan(6);
    await close(page);
  },
);

/** Of two pictures of the same size, by grey level: 0 to 255, mean. */
async function difference(one: Buffer, other: Buffer): Promise<number> {
  const size = { width: 200, height: 230, fit: "fill" } as const;
  const [a, b] = await Promise.all(
    [one, other].map((png) => sharp(png).resize(size).greyscale().raw().toBuffer()),
  );
  if (!a || !b) throw new Error("no pictures");
  return a.reduce((sum, grey, index) => sum + Math.abs(grey - (b[index] ?? 0)), 0) / a.length;
}

test("a wrong language is said next to its field, which keeps it", async () => {
  const page = await openPlayground();
  await page.getByLabel("Language").fill("klingon");
  await page.getByRole("button", { name: "Take the sample receipt" }).click();
  const problem = page.locator("#language-error");
  await problem.waitFor();
  expect(await problem.textContent()).toContain("klingon");
  expect(await page.getByLabel("Language").getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByLabel("Language").inputValue()).toBe("klingon");
  await page.getByLabel("Language").fill("eng");
  await page.getByRole("button", { name: "Take the sample receipt" }).click();
  await page.getByText("requests left today").waitFor();
  expect(await problem.isVisible()).toBe(false);
  await close(page);
});
