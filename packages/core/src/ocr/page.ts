import type { Grey } from "../image/index.ts";
import { type Help, readInBands } from "./bands.ts";
import type { Budget } from "./budget.ts";
import { coverage, evidence, meanConfidence } from "./choose.ts";
import type { Component } from "./components.ts";
import type { Engine, EngineWord } from "./engine.ts";
import type { Measures } from "./measure.ts";
import { withMissedLines } from "./missed.ts";
import { type Region, readingOrder } from "./order.ts";
import { withoutRulings } from "./rulings.ts";
import { scaleFor } from "./scale.ts";
import type { Step } from "./steps.ts";
import { bordered, scaled, type View } from "./view.ts";

/**
 * Is told what each step did, with the picture it made and the regions it found where there are any. Both are
 * still in use: whoever keeps them copies them.
 */
export type Note = (what: string, picture?: Grey, regions?: readonly Region[]) => void;

/** What every reading of one image needs. */
export type Context = {
  engine: Engine;
  budget: Budget;
  without: ReadonlySet<Step>;
  note: Note;
  /** Tesseract codes, the main one first. */
  languages: readonly string[];
  rightToLeft: boolean;
  /** True where a letter is one piece of ink, so that pieces outside of words are missed letters. */
  lettersArePieces: boolean;
  /** Missing where there is one thread. */
  help?: Help;
};

/** An image as tesseract gets it, and the letters in it. */
export type Page = {
  view: View;
  text: Component[];
  textHeight: number;
  isTexture: boolean;
  inkIsLight: boolean;
  threshold: number;
  /** The same with its ruling lines, where only those across the page were taken away. */
  ruled?: View;
};

/** What one preparation of the image gave. */
export type Reading = {
  page: Page;
  regions: Region[];
  words: readonly EngineWord[];
  /** 0..100 */
  confidence: number;
  /** 0..1, the share of the letters that lie in a word. */
  coverage: number;
  /** For choosing between readings, see choose.ts. */
  evidence: number;
};

/** px; images less high or wide get a border: tesseract loses text that touches the edge. */
const SMALL_SIDE = 200;
const BORDER = 10;

/** Below this share of its letters a page is read with the lines that were taken away too. */
const FAIRLY_COMPLETE = 0.8;
/** Below this share of its letters missing lines are looked for. */
const COMPLETE = 0.985;

/** Brings text to a size tesseract likes, and takes ruling lines away. */
export async function preparePage(
  { without, note, lettersArePieces }: Pick<Context, "without" | "note" | "lettersArePieces">,
  upright: View,
  measures: Measures,
): Promise<Page> {
  const { isTexture, inkIsLight, threshold } = measures;
  const factor = without.has("scale") ? 1 : scaleFor(upright.grey, measures);
  const view = factor === 1 ? upright : await scaled(upright, factor);
  if (factor !== 1) note(`scale:${factor.toFixed(2)}`, view.grey);
  const textHeight = measures.textHeight * factor;
  const mayBeRuled = !without.has("rulings") && !inkIsLight && textHeight > 0;
  const found = mayBeRuled ? withoutRulings(view.grey, threshold, textHeight) : undefined;
  // A line across the page may be the headline of a word in Devanagari, or a letter stretched in Arabic.
  const cleared = found?.isGrid || lettersArePieces ? found : undefined;
  if (cleared) note(cleared.isGrid ? "grid" : "lines", cleared.grey);
  const isSmall = Math.min(view.grey.width, view.grey.height) < SMALL_SIDE;
  const margin = isSmall && !without.has("border") ? BORDER : 0;
  const framed = (of: View) => (margin > 0 ? bordered(of, margin, inkIsLight) : of);
  return {
    view: framed(cleared ? { ...view, grey: cleared.grey } : view),
    ...(cleared && !cleared.isGrid && { ruled: framed(view) }),
    text: measures.text.map((component) => moved(component, factor, margin)),
    textHeight,
    isTexture,
    inkIsLight,
    threshold,
  };
}

/**
 * Reads a page with tesseract's layout analysis but in an order of our own. Where much is missing without the lines, as
 * in a table whose rows they part, it is read with them too.
 */
export async function readPage(context: Context, page: Page): Promise<Reading> {
  const reading = await readOnce(context, page);
  const isIncomplete = reading.coverage < FAIRLY_COMPLETE;
  if (!page.ruled || !isIncomplete || !context.budget.allows()) return reading;
  const other = await readOnce(context, asRuled(page));
  return other.evidence > reading.evidence ? other : reading;
}

/** The page with the lines that were taken away. */
export function asRuled({ ruled, ...page }: Page): Page {
  return ruled ? { ...page, view: ruled } : page;
}

async function readOnce(context: Context, page: Page): Promise<Reading> {
  const { note } = context;
  const words = await readInBands(context, page);
  const reading = judge(page, words, order(context, page, words));
  note(`read:${describe(reading)}`, page.view.grey, reading.regions);
  return reading;
}

/** Looks for what a reading left out, line by line. */
export async function completePage(context: Context, reading: Reading): Promise<Reading> {
  const { engine, budget, without, note, lettersArePieces } = context;
  const isComplete = reading.coverage >= COMPLETE || !lettersArePieces;
  if (isComplete || without.has("missed") || !budget.allows(0.3)) return reading;
  const { page } = reading;
  const words = await withMissedLines(engine, page, reading.words);
  const completed = judge(page, words, order(context, page, words));
  note(`missed:${describe(completed)}`, page.view.grey, completed.regions);
  return completed;
}

/** Rates words found on a page. */
export function judge(page: Page, words: readonly EngineWord[], regions: Region[]): Reading {
  return {
    page,
    regions,
    words,
    confidence: meanConfidence(words),
    coverage: coverage(page.text, page.textHeight, words),
    evidence: evidence(words),
  };
}

function order(context: Context, page: Page, words: readonly EngineWord[]): Region[] {
  // Noise may be read as words where nothing has the size of a letter.
  if (context.without.has("order") || page.textHeight === 0) return asRead(words);
  return readingOrder(words, page.textHeight, context.rightToLeft);
}

/** Tesseract's own blocks and lines. */
export function asRead(words: readonly EngineWord[]): Region[] {
  const regions: Region[] = [];
  let previous: EngineWord | undefined;
  for (const word of words) {
    const region = regions.at(-1);
    const line = region?.at(-1);
    if (!region || word.block !== previous?.block) regions.push([[word]]);
    else if (!line || word.paragraph !== previous.paragraph || word.line !== previous.line) {
      region.push([word]);
    } else line.push(word);
    previous = word;
  }
  return regions;
}

function moved({ x0, y0, x1, y1, area }: Component, factor: number, by: number): Component {
  return {
    x0: x0 * factor + by,
    y0: y0 * factor + by,
    x1: x1 * factor + by,
    y1: y1 * factor + by,
    area: area * factor * factor,
  };
}

function describe(reading: Reading): string {
  return `${reading.confidence.toFixed(0)}/${reading.coverage.toFixed(3)}`;
}
