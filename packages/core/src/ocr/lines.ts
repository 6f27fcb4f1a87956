import type { Box, Grey } from "../image/index.ts";
import { resize } from "../image/index.ts";
import { meanConfidence } from "./choose.ts";
import type { Component } from "./components.ts";
import { type Engine, type EngineWord, LAYOUT } from "./engine.ts";
import { border, crop, negative } from "./grey.ts";
import { histogram, percentile } from "./histogram.ts";
import { median } from "./measure.ts";

/** Components of about one height side by side: a label, a sign, a line. Sizes in px. */
export type TextLine = Box & { count: number; textHeight: number; inkIsLight: boolean };
export type ReadLine = TextLine & {
  words: EngineWord[];
  /** 0..100; 0 when it has fewer letters than the line has components. */
  confidence: number;
};

/** Tesseract scales a line to 36 px by itself, which is enough for letters between these heights, in px. */
const SMALLEST = 12;
const LARGEST = 60;
const LETTER_HEIGHT = 32;
const MARGIN = 16;
const MAX_LETTERS = 3000;

/** Rows of letters among the components. None when there are more than 3000. */
export function findLines(components: readonly Component[], inkIsLight: boolean): TextLine[] {
  if (components.length > MAX_LETTERS) return [];
  const letters = [...components].sort((a, b) => a.x0 - b.x0);
  return chains(letters).flatMap((chain) => lineOf(chain, inkIsLight) ?? []);
}

/** Links each letter, sorted from the left, to those to its right that are of its height, at its height and near. */
export function chains(letters: readonly Component[]): Component[][] {
  const chainOf = new Map<Component, Component[]>();
  for (const letter of letters) chainOf.set(letter, [letter]);
  letters.forEach((a, i) => {
    const reach = 1.1 * 2.2 * (a.y1 - a.y0);
    for (let j = i + 1; j < letters.length; j++) {
      const b = letters[j];
      if (!b || b.x0 - a.x1 > reach) break;
      if (!areNeighbours(a, b)) continue;
      const [one, other] = [chainOf.get(a), chainOf.get(b)];
      if (!one || !other || one === other) continue;
      one.push(...other);
      for (const member of other) chainOf.set(member, one);
    }
  });
  return [...new Set(chainOf.values())];
}

function areNeighbours(a: Component, b: Component): boolean {
  const higher = Math.max(a.y1 - a.y0, b.y1 - b.y0);
  const lower = Math.min(a.y1 - a.y0, b.y1 - b.y0);
  const overlap = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  const isInside = b.x0 >= a.x0 && b.x1 <= a.x1;
  return (
    b.x0 - a.x1 <= 1.1 * higher && higher <= 2.2 * lower && overlap >= 0.5 * lower && !isInside
  );
}

/** Letters vary in height by less than 45 % (standard deviation) and stand on one line. */
function lineOf(letters: readonly Component[], inkIsLight: boolean): TextLine | undefined {
  const heights = letters.map(({ y0, y1 }) => y1 - y0).sort((a, b) => a - b);
  const middle = median(heights);
  const variance = heights.reduce((sum, h) => sum + (h - middle) ** 2, 0) / heights.length;
  const box = {
    x0: Math.min(...letters.map(({ x0 }) => x0)),
    y0: Math.min(...letters.map(({ y0 }) => y0)),
    x1: Math.max(...letters.map(({ x1 }) => x1)),
    y1: Math.max(...letters.map(({ y1 }) => y1)),
  };
  const isLine =
    box.y1 - box.y0 <= 2.4 * middle && (letters.length === 1 || box.x1 - box.x0 >= middle);
  if (Math.sqrt(variance) > 0.45 * middle || !isLine) return undefined;
  const textHeight = heights[Math.floor(heights.length * 0.75)] ?? middle;
  return { ...box, count: letters.length, textHeight, inkIsLight };
}

/** Reads one line out of the image, whatever its size and polarity. */
export async function readLine(engine: Engine, image: Grey, line: TextLine): Promise<ReadLine> {
  const around = Math.round(0.35 * line.textHeight);
  const x0 = Math.max(0, line.x0 - around);
  const y0 = Math.max(0, line.y0 - around);
  const part = crop(image, { x0, y0, x1: line.x1 + around, y1: line.y1 + around });
  const dark = stretch(line.inkIsLight ? negative(part) : part);
  const isLegible = line.textHeight > SMALLEST && line.textHeight < LARGEST;
  const factor = isLegible ? 1 : LETTER_HEIGHT / line.textHeight;
  const width = Math.max(1, Math.round(dark.width * factor));
  const height = Math.max(1, Math.round(dark.height * factor));
  const large = factor === 1 ? dark : await resize(dark, width, height);
  const paper = percentile(histogram(large.data), 0.6);
  const words = engine.read(border(large, MARGIN, paper), LAYOUT.line).map((word) => ({
    ...word,
    box: {
      x0: x0 + (word.box.x0 - MARGIN) / factor,
      y0: y0 + (word.box.y0 - MARGIN) / factor,
      x1: x0 + (word.box.x1 - MARGIN) / factor,
      y1: y0 + (word.box.y1 - MARGIN) / factor,
    },
  }));
  const letters = words.flatMap(({ text }) => text.match(/[\p{L}\p{N}]/gu) ?? []).length;
  const isPlausible = letters >= Math.min(2, line.count) && letters >= 0.4 * line.count;
  return { ...line, words, confidence: isPlausible ? meanConfidence(words) : 0 };
}

/** Spreads the greys over 0..255; half a percent at each end may be lost. */
function stretch({ width, height, data }: Grey): Grey {
  const counts = histogram(data);
  const low = percentile(counts, 0.005);
  const gain = 255 / Math.max(1, percentile(counts, 0.995) - low);
  return {
    width,
    height,
    data: data.map((grey) => Math.min(255, Math.max(0, (grey - low) * gain))),
  };
}
