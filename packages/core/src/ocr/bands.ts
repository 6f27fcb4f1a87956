import type { Grey } from "../image/index.ts";
import type { Budget } from "./budget.ts";
import type { Component } from "./components.ts";
import { type EngineWord, LAYOUT } from "./engine.ts";
import type { Context, Page } from "./page.ts";
import type { BandRead } from "./thread.ts";

/** With fewer letters a page is not worth the trouble of two threads. */
const FULL_PAGE = 600;
/** Reading takes 0.7 ms a letter: such a page would take more than the budget, in bands of one second. */
const CROWDED = 7_000;
const LETTERS_A_BAND = 1_500;
/** px: in specks tesseract loses itself, a second for so many rows of 4,000. */
const TEXTURE_BAND = 60;
/** One of two bands has at least this share of the letters. */
const SMALLEST_SHARE = 0.35;
/** In text heights: the least space between two lines of print. */
const LINE_GAP = 0.05;

/**
 * Where to cut a full page into two bands that can be read side by side: in a gap between two lines that no letter
 * reaches into, whatever column it is in; the one that parts the letters most evenly.
 * @returns the row, in px from the top; undefined where there is no such gap near the middle
 */
function rowToCutAt({ text, textHeight, inkIsLight }: Page): number | undefined {
  if (text.length < FULL_PAGE || inkIsLight) return undefined;
  const bottoms = Float64Array.from(text, ({ y1 }) => y1).sort();
  const rowBelow = (share: number) => bottoms[Math.floor(text.length * share)] ?? 0;
  const middle = rowBelow(0.5);
  const letters = text.filter((component) => !isSpeckOrRule(component, textHeight));
  return gapsIn(letters, LINE_GAP * textHeight)
    .filter((y) => y > rowBelow(SMALLEST_SHARE) && y < rowBelow(1 - SMALLEST_SHARE))
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}

/** Ink that may be cut through: too small to be a letter, or higher than fourteen times its width. */
function isSpeckOrRule({ x0, y0, x1, y1 }: Component, textHeight: number): boolean {
  return y1 - y0 < 0.6 * textHeight || y1 - y0 >= 14 * (x1 - x0);
}

/** The middles of the stretches between letters that no letter reaches into, `minHeight` px or higher. */
function gapsIn(text: readonly Component[], minHeight: number): number[] {
  const gaps: number[] = [];
  let bottom = Infinity;
  for (const { y0, y1 } of text.toSorted((a, b) => a.y0 - b.y0)) {
    if (y0 - bottom >= minHeight) gaps.push(Math.round((bottom + y0) / 2));
    bottom = bottom === Infinity ? y1 : Math.max(bottom, y1);
  }
  return gaps;
}

/** Has another thread read part of a page meanwhile. Undefined when none is free. */
export type Help = (band: Grey) => Promise<{ read: Promise<BandRead | undefined> } | undefined>;

/**
 * Reads a page, in two bands where it can be cut. Whether another thread helps changes the time it takes
 * and nothing else. A crowded page is read from the top as far as the budget goes.
 */
export async function readInBands(
  { engine, budget, help }: Pick<Context, "engine" | "budget" | "help">,
  page: Page,
): Promise<EngineWord[]> {
  const { grey } = page.view;
  const read = (part: Grey) => engine.read(part, LAYOUT.page);
  if (page.isTexture || page.text.length > CROWDED) return readWhatFits(budget, read, page);
  const row = rowToCutAt(page);
  if (row === undefined) return budget.reading(() => read(grey));
  const [upper, lower] = cutAt(grey, row);
  return budget.reading(async () => {
    const helper = await help?.(lower);
    const above = read(upper);
    const helped = await helper?.read;
    if (helped) budget.add(helped.cpuMs);
    return joined(above, helped?.words ?? read(lower), row);
  });
}

/** Reads bands of about equally many letters, cut where there is least ink, until the budget is spent. */
async function readWhatFits(
  budget: Budget,
  read: (part: Grey) => EngineWord[],
  { view, text, textHeight, isTexture, threshold, inkIsLight }: Page,
): Promise<EngineWord[]> {
  let words: EngineWord[] = [];
  let rest = view.grey;
  let top = 0;
  const bottoms = Float64Array.from(text, ({ y1 }) => y1).sort();
  for (let letters = LETTERS_A_BAND; rest.height > 0; letters += LETTERS_A_BAND) {
    if (words.length > 0 && !budget.allows()) break;
    let from = TEXTURE_BAND;
    let to = 1.2 * TEXTURE_BAND;
    if (!isTexture) {
      from = Math.max(1, (bottoms[letters - LETTERS_A_BAND / 4] ?? Infinity) - top);
      // A long line may hold all the letters of a band: the space to its neighbours must be in reach.
      to = Math.max(from + 3 * textHeight, (bottoms[letters] ?? Infinity) - top);
    }
    const row = emptiestRow(rest, threshold, inkIsLight, from, to);
    const [upper, lower] = cutAt(rest, row);
    words = joined(words, await budget.reading(() => read(upper)), top);
    rest = lower;
    top += row;
  }
  return words;
}

/** The row with the least ink of those from one on; the whole height when that lies below the image. */
function emptiestRow(
  { width, height, data }: Grey,
  threshold: number,
  inkIsLight: boolean,
  from: number,
  to: number,
): number {
  let emptiest = height;
  let least = Infinity;
  for (let y = Math.floor(from); y < Math.min(to, height); y++) {
    let ink = 0;
    for (let x = y * width; x < (y + 1) * width; x++) {
      if ((data[x] ?? 0) <= threshold !== inkIsLight) ink++;
    }
    if (ink < least) [emptiest, least] = [y, ink];
  }
  return emptiest;
}

/** The lower part is a copy, because another thread is sent the whole memory behind an array. */
function cutAt({ width, height, data }: Grey, row: number): [upper: Grey, lower: Grey] {
  return [
    { width, height: row, data: data.subarray(0, row * width) },
    { width, height: height - row, data: data.slice(row * width) },
  ];
}

/** Words of the lower band as words of the whole page, after those of the upper one. */
function joined(upper: readonly EngineWord[], lower: readonly EngineWord[], row: number) {
  const blocks = Math.max(0, ...upper.map(({ block }) => block));
  const moved = lower.map((word) => ({
    ...word,
    block: word.block + blocks,
    box: { ...word.box, y0: word.box.y0 + row, y1: word.box.y1 + row },
  }));
  return [...upper, ...moved];
}
