import { PSM } from "tesseract.js";
import { coverage, evidence, meanConfidence } from "./choose.ts";
import type { Component } from "./components.ts";
import type { Engine, EngineWord } from "./engine.ts";
import type { Measures } from "./measure.ts";
import { withMissedLines } from "./missed.ts";
import { type Region, readingOrder } from "./order.ts";
import { withoutGrid } from "./rulings.ts";
import { scaleFor } from "./scale.ts";
import type { Step } from "./steps.ts";
import { bordered, scaled, type View } from "./view.ts";

/** What one preparation of the image gave. */
export type Reading = {
  view: View;
  regions: Region[];
  words: readonly EngineWord[];
  /** 0..100 */
  confidence: number;
  /** 0..1, the share of the letters that lie in a word. */
  coverage: number;
  /** For choosing between readings, see choose.ts. */
  evidence: number;
};

export type PageOptions = {
  rightToLeft: boolean;
  without: ReadonlySet<Step>;
  /** Says whether there is time for one more reading. */
  mayReadAgain: () => boolean;
  note: (what: string) => void;
};

/** Below these the first reading is doubted and the page is read as one block too. */
const SURE = { confidence: 80, coverage: 0.985 };

const ENOUGH = 0.9;

/** Images less high or wide than this get a border. */
const SMALL_SIDE = 200;

/** Reads an upright image: brings text to a size tesseract likes, reads it and puts it in order. */
export async function readPage(
  engine: Engine,
  upright: View,
  measures: Measures,
  options: PageOptions,
): Promise<Reading> {
  const { without, rightToLeft, mayReadAgain, note } = options;
  const factor = without.has("scale") ? 1 : scaleFor(upright.grey, measures);
  if (factor !== 1) note(`x${factor.toFixed(2)}`);
  let view = factor === 1 ? upright : await scaled(upright, factor);
  const textHeight = measures.textHeight * factor;
  const isSmall =
    Math.min(upright.grey.width, upright.grey.height) * factor < SMALL_SIDE &&
    !without.has("border");
  const margin = isSmall ? 10 : 0;
  const text = measures.text.map((component) => moved(component, factor, margin));
  const grid =
    without.has("rulings") || measures.inkIsLight || textHeight === 0
      ? undefined
      : withoutGrid(view.grey, measures.threshold, textHeight);
  if (grid) note("grid");
  if (grid) view = { ...view, grey: grid };
  if (margin > 0) view = bordered(view, margin, measures.inkIsLight);

  let words: readonly EngineWord[] = engine.read(view.grey, PSM.AUTO);
  const first = coverage(text, textHeight, words);
  if (!without.has("missed") && first < SURE.coverage && mayReadAgain()) {
    words = await withMissedLines(
      engine,
      view.grey,
      text,
      textHeight,
      measures.inkIsLight,
      words,
      note,
    );
  }
  const judge = (found: readonly EngineWord[], regions: Region[]): Reading => ({
    view,
    regions,
    words: found,
    confidence: meanConfidence(found),
    coverage: coverage(text, textHeight, found),
    evidence: evidence(found),
  });
  const regions = without.has("order")
    ? asRead(words)
    : readingOrder(words, textHeight, rightToLeft);
  const reading = judge(words, regions);
  note(`${first.toFixed(3)} c${reading.confidence.toFixed(0)}/${reading.coverage.toFixed(3)}`);
  if (without.has("block")) return reading;
  if (reading.coverage >= ENOUGH) return reading;
  if (!mayReadAgain()) return reading;
  const blockWords = engine.read(view.grey, PSM.SINGLE_BLOCK);
  const block = judge(blockWords, asRead(blockWords));
  note(`b${block.confidence.toFixed(0)}/${block.coverage.toFixed(3)}`);
  return score(block) > score(reading) ? block : reading;
}

/** Confidence alone cannot see that half the page is missing. */
function score({ confidence, coverage: covered }: Reading): number {
  return confidence + 60 * covered;
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
