import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import sharp from "sharp";
import { expect, test } from "vitest";
import { composePage } from "../../../packages/core/src/ocr/compose.ts";
import { Engine } from "../../../packages/core/src/ocr/engine.ts";
import { toGrey } from "../../../packages/core/src/ocr/grey.ts";
import { recognise } from "../../../packages/core/src/ocr/recognise.ts";
import { BLANK_PNG, fixture } from "../../support/app.ts";
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
  expect(wordBox(result, "Thank")).toEqual({ x0: 337, y0: 80, x1: 355, y1: 147 });
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

/** Of so many pixels one is black, anywhere. */
function specks(side: number, share: number): Promise<Buffer> {
  let state = 7;
  const data = Buffer.alloc(side * side, 255);
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (state < share * 2 ** 32) data[i] = 0;
  }
  return sharp(data, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}

test("ends on an image of nothing but specks, in which tesseract would take minutes", async () => {
  const bytes = await specks(3000, 0.12);
  const engine = await Engine.create(config().ocr.tessdataDir);
  const start = process.cpuUsage();
  const result = await recognise(engine, bytes, await Image.inspect(bytes), []);
  const { user, system } = process.cpuUsage(start);
  expect(result.text.length).toBeLessThan(100);
  expect((user + system) / 1e6).toBeLessThan(12);
}, 60_000);

test("reads a page under so many specks that its letters cannot be told from them", async () => {
  const page = await sharp(fixture("ocr/page.png")).resize({ width: 3000 }).toBuffer();
  const { width = 0, height = 0 } = await sharp(page).metadata();
  const dirt = await sharp(await specks(Math.max(width, height), 0.06))
    .extract({ left: 0, top: 0, width, height })
    .toBuffer();
  const bytes = await sharp(page)
    .composite([{ input: dirt, blend: "multiply" }])
    .png()
    .toBuffer();
  const engine = await Engine.create(config().ocr.tessdataDir);
  const { text } = await recognise(engine, bytes, await Image.inspect(bytes), []);
  expect(text).toContain("This is a lot of 12 point text to test the");
}, 60_000);

test("keeps the headlines of Devanagari and stretched Arabic letters, which are no ruling lines", async () => {
  for (const languages of [["hin"], ["auto"]]) {
    const { text } = await read("long-words.png", languages);
    expect(text).toContain("विश्वविद्यालय के पुस्तकालयाध्यक्ष ने राष्ट्रीय अंतरराष्ट्रीय सम्मेलन में");
  }
  expect((await read("stretched.png", ["ara"])).text).toContain(
    "قبل المستشفيات المتخصصة المستفيدين من خدمات التشخيص المستمر",
  );
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

/** page.png with other pixels, read. */
async function readRepainted(paint: (grey: number, x: number, y: number) => number) {
  const bytes = fixture("ocr/page.png");
  const { width, height, data } = toGrey(await Image.decode(bytes, await Image.inspect(bytes)));
  const repainted = data.map((grey, i) => paint(grey, i % width, Math.floor(i / width)));
  const png = await Image.toPng({ width, height, channels: 1, data: repainted });
  const engine = await Engine.create(config().ocr.tessdataDir);
  return recognise(engine, png, await Image.inspect(png), []);
}

test("reads faint print on a scan whose edges are black", async () => {
  const { text } = await readRepainted((grey, x, y) => {
    const edge = 6 + ((x + y) % 7);
    return x >= 640 - edge || y < edge ? 0 : 150 + (grey * 40) / 255;
  });
  expect(text).toMatch(/^This is a lot of 12 point text to test the\nocr code and see/);
  expect(text).toContain("The quick brown dog jumped over the\nlazy fox.");
});

test("does not answer a piece of a line as a word", async () => {
  const { text } = await readRepainted((grey, x, y) =>
    x >= 14 && x < 17 && y % 61 < 26 ? 40 : grey,
  );
  expect(text).toContain("jumped over the\nlazy fox. The quick brown dog jumped\nover");
});

test("answers a pair of round brackets where tesseract read a curly one", () => {
  const box = { x0: 0, y0: 0, x1: 40, y1: 20 };
  const word = { text: "{203)", confidence: 60, box, block: 1, paragraph: 1, line: 1 };
  const page = composePage([[[word]]], { width: 40, height: 20 }, (place) => place);
  expect(page.text).toBe("(203)");
  expect(page.blocks[0]?.lines[0]?.words[0]?.text).toBe("(203)");
});
