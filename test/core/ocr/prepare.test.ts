import type { Grey } from "@imagetotext/core/image";
import { expect, test } from "vitest";
import { findComponents } from "../../../packages/core/src/ocr/components.ts";
import { findCurl, straightened } from "../../../packages/core/src/ocr/curl.ts";
import { findSheet } from "../../../packages/core/src/ocr/desk.ts";
import { withoutDarkEdges } from "../../../packages/core/src/ocr/edges.ts";
import { flattenLight, isUnevenlyLit } from "../../../packages/core/src/ocr/flatfield.ts";
import {
  afterBorder,
  afterResize,
  afterRotation,
  mapBox,
  through,
} from "../../../packages/core/src/ocr/geometry.ts";
import { histogram, splitGreys } from "../../../packages/core/src/ocr/histogram.ts";
import { measure } from "../../../packages/core/src/ocr/measure.ts";
import { preparePage } from "../../../packages/core/src/ocr/page.ts";
import { layFlat, sheetMapping } from "../../../packages/core/src/ocr/perspective.ts";
import { withoutRulings } from "../../../packages/core/src/ocr/rulings.ts";
import { scaleFor } from "../../../packages/core/src/ocr/scale.ts";
import { findSkew } from "../../../packages/core/src/ocr/skew.ts";
import type { Step } from "../../../packages/core/src/ocr/steps.ts";
import { viewOf } from "../../../packages/core/src/ocr/view.ts";

/** Draws with characters: `#` is ink. */
function draw(...rows: string[]): Grey {
  const width = rows[0]?.length ?? 0;
  const pixels = rows.flatMap((row) => [...row].map((mark) => (mark === "#" ? 0 : 255)));
  return { width, height: rows.length, data: Uint8Array.from(pixels) };
}

function paint(width: number, height: number, grey: (x: number, y: number) => number): Grey {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data[y * width + x] = grey(x, y);
  }
  return { width, height, data };
}

/** Letters of 10 x 14 px, 12 px apart, in lines 30 px apart that fall by `slope` px a px. */
function letters(slope: number) {
  return Array.from({ length: 200 }, (_, i) => {
    const x0 = 20 + (i % 40) * 12;
    const y0 = Math.round(100 + Math.floor(i / 40) * 30 + x0 * slope);
    return { x0, y0, x1: x0 + 10, y1: y0 + 14, area: 70 };
  });
}

test("parts ink from paper at the grey between them", () => {
  const { threshold, darkShare, darkMean, lightMean } = splitGreys(
    histogram(Uint8Array.from([30, 30, 34, 220, 220, 220, 220, 226])),
  );
  expect({ threshold, darkShare }).toEqual({ threshold: 34, darkShare: 3 / 8 });
  expect(darkMean).toBeCloseTo(31.33, 2);
  expect(lightMean).toBeCloseTo(221.2, 2);
});

test("takes ink that touches at a corner for one piece, and reads both polarities", () => {
  const image = draw("#...#", ".#..#", "....#", "##...");
  expect(findComponents(image, 127, false)).toEqual([
    { x0: 0, y0: 0, x1: 2, y1: 2, area: 2 },
    { x0: 4, y0: 0, x1: 5, y1: 3, area: 3 },
    { x0: 0, y0: 3, x1: 2, y1: 4, area: 2 },
  ]);
  const inverted = { ...image, data: image.data.map((grey) => 255 - grey) };
  expect(findComponents(inverted, 127, true)).toHaveLength(3);
});

test("joins two arms of one letter that meet at the bottom", () => {
  expect(findComponents(draw("#.#", "#.#", "###"), 127, false)).toEqual([
    { x0: 0, y0: 0, x1: 3, y1: 3, area: 7 },
  ]);
});

test("finds the tilt of lines to a tenth of a degree, and none where there is none", () => {
  const tilt = (degrees: number) =>
    findSkew(letters(Math.tan((degrees * Math.PI) / 180)), 1000).degrees;
  expect(Math.abs(tilt(5) - 5)).toBeLessThan(0.11);
  expect(Math.abs(tilt(-11.3) + 11.3)).toBeLessThan(0.11);
  expect(tilt(0)).toBe(0);
});

test("tells text on its side from upright text", () => {
  const upright = letters(0);
  const turned = upright.map(({ x0, y0, x1, y1, area }) => ({
    x0: y0,
    y0: x0,
    x1: y1,
    y1: x1,
    area,
  }));
  const ratio = (skew: ReturnType<typeof findSkew>) => skew.upright / skew.across;
  expect(ratio(findSkew(upright, 1000))).toBeLessThan(0.5);
  expect(ratio(findSkew(turned, 1000))).toBeGreaterThan(2);
});

test("maps a word back through border, scale and rotation", () => {
  const sent = { width: 400, height: 200 };
  const turned = { width: 200, height: 400 };
  const scaled = { width: 600, height: 1200 };
  const toSent = through(
    afterBorder(10),
    through(afterResize(turned, scaled), afterRotation(sent, turned, 90)),
  );
  // 90 degrees clockwise takes (x, y) to (200 - y, x); then by three, then 10 px further.
  const read = { x0: 3 * 150 + 10, y0: 3 * 40 + 10, x1: 3 * 180 + 10, y1: 3 * 100 + 10 };
  expect(mapBox(toSent, read, sent)).toEqual({ x0: 40, y0: 20, x1: 100, y1: 50 });
});

test("evens out a shadow and leaves the text in it", () => {
  const isInk = (x: number, y: number) => x % 12 < 3 && y % 24 < 12;
  const image = paint(480, 240, (x, y) => (isInk(x, y) ? 0.2 : 1) * (x < 240 ? 240 : 110));
  expect(isUnevenlyLit(image)).toBe(true);
  const { grey, erased } = flattenLight(image, 12);
  expect(grey.data[20 * 480 + 100]).toBeGreaterThan(245);
  expect(grey.data[20 * 480 + 400]).toBeGreaterThan(245);
  expect(grey.data[4 * 480 + 36]).toBeLessThan(60);
  expect(grey.data[4 * 480 + 396]).toBeLessThan(60);
  expect(erased).toBeLessThan(0.005);
});

test("says so when evening out may have erased thin light text on a dark panel", () => {
  const image = paint(480, 240, (x, y) => {
    if (x < 240) return 240;
    return x % 12 === 0 && y % 12 === 0 ? 255 : 60;
  });
  expect(flattenLight(image, 12).erased).toBeGreaterThan(0.003);
});

test("does not even out a white page or a page with one dark panel", () => {
  expect(isUnevenlyLit(paint(400, 300, () => 255))).toBe(false);
  expect(isUnevenlyLit(paint(400, 300, (x) => (x < 120 ? 20 : 255)))).toBe(false);
});

test("fills a dark edge of a scan, however jagged, and no shadow, picture or letter", () => {
  const paper = (x: number, y: number) => (x > 40 && x < 60 && y % 10 < 5 ? 90 : 200);
  const jagged = paint(400, 300, (x, y) => (x >= 392 - (y % 5) ? 10 : paper(x, y)));
  const filled = withoutDarkEdges(jagged, 50, 200);
  expect(filled?.data.filter((grey) => grey === 10)).toHaveLength(0);
  expect(filled?.data.filter((grey) => grey === 90)).toHaveLength(19 * 150);
  const deep = paint(400, 300, (x) => (x >= 340 ? 10 : 200));
  expect(withoutDarkEdges(deep, 50, 200)).toBeUndefined();
  const touched = paint(400, 300, (x, y) => (x >= 392 && y > 135 ? 10 : 200));
  expect(withoutDarkEdges(touched, 50, 200)).toBeUndefined();
  const stem = paint(200, 70, (x) => (x < 8 ? 10 : 200));
  expect(withoutDarkEdges(stem, 50, 200)).toBeUndefined();
});

test("removes a grid with its crossings, and keeps letters", () => {
  const isLine = (x: number, y: number) => x % 100 < 2 || y % 60 < 2;
  const isLetter = (x: number, y: number) => x >= 30 && x < 40 && y >= 20 && y < 34;
  const grid = paint(500, 300, (x, y) => (isLine(x, y) || isLetter(x, y) ? 0 : 255));
  const cleared = withoutRulings(grid, 127, 14);
  expect(cleared?.isGrid).toBe(true);
  expect(inkOf(cleared?.grey)).toBe(10 * 14);
});

test("removes the lines that text stands on, and leaves the letters on them whole", () => {
  // Five letters 14 px high, the last row of each in the line.
  const isLetter = (x: number, y: number) => x >= 30 && x < 230 && x % 40 < 10 && y >= 47 && y < 61;
  const form = paint(500, 300, (x, y) => (y % 60 < 2 || isLetter(x, y) ? 0 : 255));
  const cleared = withoutRulings(form, 127, 14);
  expect(cleared?.isGrid).toBe(false);
  expect(inkOf(cleared?.grey)).toBeGreaterThanOrEqual(5 * 10 * 12);
  expect(inkOf(cleared?.grey)).toBeLessThanOrEqual(5 * 10 * 15);
});

test("keeps the page with its lines beside the one without", async () => {
  // Small letters, so that both are enlarged.
  const isLetter = (x: number, y: number) =>
    y % 30 >= 14 && y % 30 < 23 && x % 12 < 5 && (x % 12 !== 2 || y % 30 === 18);
  const form = paint(500, 300, (x, y) => (y % 30 === 26 || isLetter(x, y) ? 0 : 255));
  const context = { without: new Set<Step>(), note: () => {}, lettersArePieces: true };
  const page = await preparePage(context, viewOf(form), measure(form));
  expect(page.view.grey.height).toBeGreaterThan(300);
  expect(inkOf(page.ruled?.grey)).toBeGreaterThan(1.2 * inkOf(page.view.grey));
  const hindi = await preparePage(
    { ...context, lettersArePieces: false },
    viewOf(form),
    measure(form),
  );
  expect(hindi.ruled).toBeUndefined();
  expect(inkOf(hindi.view.grey)).toBe(inkOf(page.ruled?.grey));
});

test("takes lines that climb by half their length for no bend", () => {
  const steep = lettersOn((x) => 0.5 * x);
  expect(findCurl(steep, 14, { width: 740, height: 600 })).toBeUndefined();
});

test("keeps upright lines alone, one short line, and pictures with straight edges", () => {
  const columns = paint(500, 300, (x) => (x % 100 < 2 ? 0 : 255));
  const lone = paint(500, 300, (x, y) => (y === 60 && x < 100 ? 0 : 255));
  const picture = paint(500, 300, (x, y) => (x % 250 < 200 && y % 150 < 100 ? 0 : 255));
  for (const image of [columns, lone, picture]) {
    expect(withoutRulings(image, 127, 14)).toBeUndefined();
  }
});

function inkOf(image: Grey | undefined): number {
  return image?.data.filter((grey) => grey < 128).length ?? 0;
}

/** Ten lines of forty letters of 10 x 14 px, each letter as far down as `dropAt` says. */
function lettersOn(dropAt: (x: number, y: number) => number) {
  return Array.from({ length: 400 }, (_, i) => {
    const [x0, y] = [50 + (i % 40) * 16, 100 + Math.floor(i / 40) * 40];
    // Every fifth letter hangs below its line.
    const y1 = y + dropAt(x0 + 5, y) + (i % 5 === 0 ? 5 : 0);
    return { x0, y0: y1 - 14, x1: x0 + 10, y1, area: 80 };
  });
}

test("finds how lines bend, when those below bend otherwise than those above", () => {
  const truth = (x: number, y: number) => 30 * ((x - 370) / 320) ** 2 * (1 - y / 250);
  const curl = findCurl(lettersOn(truth), 14, { width: 740, height: 600 });
  if (!curl) throw new Error("no bend was found");
  for (const y of [100, 300, 460]) {
    for (const x of [60, 200, 500, 670]) {
      const fall = curl.dropAt(x, y) - curl.dropAt(370, y);
      expect(Math.abs(fall - truth(x, y))).toBeLessThan(1.5);
    }
  }
});

test("finds no bend in straight lines, nor where letters lie anywhere", () => {
  const size = { width: 740, height: 600 };
  expect(
    findCurl(
      lettersOn(() => 0),
      14,
      size,
    ),
  ).toBeUndefined();
  const anywhere = lettersOn((x, y) => ((x * 7919 + y * 104729) % 26) - 13);
  expect(findCurl(anywhere, 14, size)).toBeUndefined();
});

test("makes a bent line straight, and maps its points back", () => {
  const dropAt = (x: number) => 20 * Math.sin(x / 100);
  const image = paint(400, 100, (x, y) => (Math.abs(y - 50 - dropAt(x)) < 2 ? 0 : 255));
  const { grey, mapping } = straightened(image, { dropAt, most: 20 }, 255);
  expect(grey.height).toBe(140);
  const inkInRow = (y: number) => grey.data.subarray(y * 400, (y + 1) * 400).filter((g) => g < 128);
  expect(inkInRow(70)).toHaveLength(400);
  expect(inkInRow(66)).toHaveLength(0);
  expect(mapping(157, 70).y).toBeCloseTo(70);
  expect(mapping(0, 70).y).toBe(50);
});

test("lays a sheet on a dark desk flat", () => {
  // A sheet with slanted sides: its left edge runs from (60, 40) to (90, 360).
  const left = (y: number) => 60 + ((y - 40) * 30) / 320;
  const image = paint(500, 400, (x, y) =>
    y >= 40 && y < 360 && x >= left(y) && x < 500 - left(y) ? 230 : 25,
  );
  const sheet = findSheet(image);
  expect(sheet).toBeDefined();
  if (!sheet) return;
  expect(Math.abs(sheet.width - 380)).toBeLessThanOrEqual(4);
  expect(Math.abs(sheet.height - 321)).toBeLessThanOrEqual(4);
  const flat = layFlat(image, sheet, sheetMapping(sheet));
  expect(Math.min(...flat.data)).toBeGreaterThan(200);
  expect(findSheet(paint(500, 400, () => 230))).toBeUndefined();
});

test("enlarges small text, shrinks huge text and leaves the rest as it is", () => {
  const page = (height: number) => {
    const image = paint(400, 300, (x, y) =>
      x % 20 < 8 && y % 100 < height ? (x % 4 ? 0 : 255) : 255,
    );
    return scaleFor(image, { ...measure(image), textHeight: height });
  };
  expect(page(9)).toBe(2);
  expect(page(20)).toBe(1);
  expect(page(90)).toBe(0.5);
});
