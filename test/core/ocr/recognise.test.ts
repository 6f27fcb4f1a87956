import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import { expect, test } from "vitest";
import { Engine } from "../../../packages/core/src/ocr/engine.ts";
import { recognise } from "../../../packages/core/src/ocr/recognise.ts";
import { BLANK_PNG } from "../../support/app.ts";
import { warningsIn as codes, readFixture as read } from "../../support/recognise.ts";

const wordBox = (result: Awaited<ReturnType<typeof read>>, text: string) =>
  result.raw.pages
    .flatMap(({ blocks }) => blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words)))
    .find((word) => word.text === text)?.bbox;

test("reads text of 7 px by enlarging it", async () => {
  const { text, confidence } = await read("small.png");
  expect(text).toContain("warehouse in Leeds no later than Friday, 26 April, between 08:00 and");
  expect(confidence).toBeGreaterThan(95);
});

test("reads a page on its side, says so, and gives boxes of the image as sent", async () => {
  const result = await read("sideways.png");
  expect(result.text).toContain("the order on the terms set out below.");
  expect(result.raw.rotation).toBe(270);
  expect(codes(result)).toEqual(["rotated"]);
  // The first word of the first line, which runs down the right side of the page.
  expect(wordBox(result, "Thank")).toEqual({ x0: 336, y0: 80, x1: 356, y1: 147 });
});

test("reads a page that is upside down", async () => {
  const result = await read("upside-down.png");
  expect(result.text).toContain("The quick brown dog jumped over the");
  expect(result.raw.rotation).toBe(180);
});

test("reads a tilted photo in uneven light", async () => {
  const result = await read("photo.jpg");
  expect(result.text).toContain("stands at only £3,902.17");
  expect(codes(result)).toContain("deskewed");
  const bare = await read("photo.jpg", [], { without: new Set(["flatfield", "deskew"]) });
  expect(bare.confidence).toBeLessThan(result.confidence);
});

test("reads a page that does not lie flat, and gives boxes of the image as sent", async () => {
  const result = await read("curled.png");
  expect(result.text).toContain(
    "quinces. A small bridge crosses the river near the\nold brick mill. Nobody remembered who had planted",
  );
  expect(codes(result)).toContain("curled");
  // Both words are of one line, which falls by 20 px from the fold to the middle of the page.
  expect(wordBox(result, "nineteen")?.y0).toBeLessThan(275);
  expect(wordBox(result, "pears")?.y0).toBeGreaterThan(290);
  const bare = await read("curled.png", [], { without: new Set(["curl"]) });
  expect(bare.text).not.toContain("quinces. A small bridge");
});

test("reads two columns one after the other", async () => {
  const { text } = await read("columns.png");
  expect(text.indexOf("payment attracts a discount of 2.5%.")).toBeGreaterThan(0);
  expect(text.indexOf("payment attracts a discount of 2.5%.")).toBeLessThan(
    text.indexOf("The committee met for the third time this year"),
  );
});

test("reads a dark table row by row, single digits included", async () => {
  const result = await read("dark-table.png");
  expect(result.text).toContain("100484 E. Rossi 03/11/2024 1 $19.99 Refunded");
  expect(codes(result)).toContain("dark_mode");
});

test("reads Japanese without spaces between the characters", async () => {
  const { text, language } = await read("jpn.png", ["jpn"]);
  expect(text.split("\n")[0]).toBe(
    "春になると、川沿いの桜並木は多くの人でにぎわいます。子どもたちは弁当を広",
  );
  expect(language).toBe("jpn");
});

test("reads a scanned page of a book, line by line", async () => {
  const { text } = await read("bookscan.png");
  expect(text).toContain(
    "On returning to the region in March I visited the\nDubrovnik I had heard",
  );
});

test("reads a plain page without a fault", async () => {
  const { text } = await read("page.png");
  expect(text).toContain(
    "This is a lot of 12 point text to test the\nocr code and see if it works",
  );
});

test("reads a ruled table row by row", async () => {
  const { text } = await read("table.png");
  expect(text).toContain(
    "Oak plank 2400 x 200 x 27 mm 8 46.50 372.00\nBrass screws, box of 200 3 9.75 29.25",
  );
});

test("finds nothing on a blank image, and says so", async () => {
  const engine = await Engine.create(config().ocr.tessdataDir);
  const result = await recognise(engine, BLANK_PNG, await Image.inspect(BLANK_PNG), []);
  expect(result).toMatchObject({ text: "", confidence: 0 });
  expect(codes(result)).toEqual(["no_text_detected"]);
});
