import type { Box, Grey } from "../image/index.ts";
import type { Component } from "./components.ts";
import { solve } from "./equations.ts";
import type { Mapping, Point, Size } from "./geometry.ts";
import { chains } from "./lines.ts";
import { median } from "./measure.ts";

/** How a page's lines leave their places: by `dropAt` px downwards, `most` at the most. */
export type Curl = { dropAt(x: number, y: number): number; most: number };

/** Letters of a chain, and in text heights its width: shorter ones show no bend. */
const LONG_LINE = { letters: 8, width: 10 };
const FEWEST_LINES = 4;
/** A page with more is of small print, or no page but a texture. */
const MOST_LETTERS = 5_000;
/** In text heights: tesseract follows a line that leaves its place by less. */
const FLAT = 0.4;
/** In text heights: what leaves its place by more is no page. */
const MOST_DROP = 6;
/** px a px: nor is what bends so differently from one line to the next. */
const MOST_CHANGE = 0.3;
/** Bent lines must become this much straighter, and so many letters lie on them, or the bend is chance. */
const CLEAR = { spread: 0.6, letters: 0.75 };
/** In text heights: what lies further from its line hangs below it, as "g" does, or is of another line. */
const OUTLIER = 0.2;
const ROUNDS = 3;
/** Enough for a cubic. */
const LETTERS_A_LINE = 40;
/** Powers of x by which a line may bend. A book's page is steep at the fold and flat at the edge. */
const POWERS = [1, 2, 3] as const;

type Drop = (x: number, y: number) => number;
/** Letters by their bottoms, and the mean of these, px. */
type Line = { letters: Point[]; height: number };

/**
 * Finds how the lines of a page bend, from the bottoms of its letters: cubics in x whose coefficients change evenly down
 * the page, as one least squares fit through all lines at once, each at a height of its own. A straight page of 3,000
 * letters takes about 20 ms.
 * @param textHeight px
 * @returns undefined where the lines are straight, or too few
 */
export function findCurl(
  text: readonly Component[],
  textHeight: number,
  size: Size,
): Curl | undefined {
  if (text.length > MOST_LETTERS) return undefined;
  const all = longLines(text, textHeight);
  if (all.length < FEWEST_LINES) return undefined;
  let lines = all;
  let drop: Drop = () => 0;
  for (let round = 0; round < ROUNDS; round++) {
    drop = dropOf(lines, size);
    // Most pages are straight, and end here.
    if (!(meanBend(lines, drop) > FLAT * textHeight)) return undefined;
    lines = all.map((line) => withoutOutliers(line, drop, OUTLIER * textHeight));
  }
  const letters = lines.flatMap((line) => line.letters);
  const share = letters.length / all.flatMap((line) => line.letters).length;
  if (share < CLEAR.letters || spread(all, drop) > CLEAR.spread * spread(all, () => 0)) return;
  return byColumn(drop, rangeOf(letters), size.width, MOST_DROP * textHeight);
}

/** Moves every column of every line to its line's middle. The picture grows by the largest move at top and bottom. */
export function straightened(
  image: Grey,
  { dropAt, most }: Curl,
  paper: number,
): { grey: Grey; mapping: Mapping } {
  const { width, data } = image;
  const height = image.height + 2 * most;
  const out = new Uint8Array(width * height).fill(paper);
  const last = image.height - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y - most + dropAt(x, y - most);
      const above = Math.floor(from);
      if (above < 0 || above >= last) continue;
      const share = from - above;
      const at = above * width + x;
      out[y * width + x] = (data[at] ?? 0) * (1 - share) + (data[at + width] ?? 0) * share + 0.5;
    }
  }
  return {
    grey: { width, height, data: out },
    mapping: (x, y) => ({ x, y: y - most + dropAt(x, y - most) }),
  };
}

/**
 * The same for every whole x, worked out once a column: it changes evenly down the page. Outside of the text, where a
 * cubic goes astray, as at its edge.
 */
function byColumn(
  drop: Drop,
  { x0, x1, y0, y1 }: Box,
  width: number,
  limit: number,
): Curl | undefined {
  const at = (y: number) =>
    Float32Array.from({ length: width }, (_, x) => drop(Math.min(x1, Math.max(x0, x)), y));
  const top = at(y0);
  const bottom = at(y1);
  const most = Math.ceil(Math.max(...[...top, ...bottom].map(Math.abs)));
  const change = Math.max(...top.map((value, x) => Math.abs(value - (bottom[x] ?? 0)))) / (y1 - y0);
  if (!(most <= limit && change <= MOST_CHANGE)) return undefined;
  return {
    most,
    dropAt(x, y) {
      const column = Math.min(width - 1, Math.max(0, Math.round(x)));
      const share = Math.min(1, Math.max(0, (y - y0) / (y1 - y0)));
      return (top[column] ?? 0) * (1 - share) + (bottom[column] ?? 0) * share;
    },
  };
}

/** Chains of letters; of a long one some, evenly. */
function longLines(text: readonly Component[], textHeight: number): Line[] {
  const letters = text.filter(({ y0, y1 }) => {
    const height = y1 - y0;
    return height > 0.6 * textHeight && height < 2.2 * textHeight;
  });
  return chains(letters.toSorted((a, b) => a.x0 - b.x0))
    .map((chain) => chain.map(({ x0, x1, y1 }) => ({ x: (x0 + x1) / 2, y: y1 })))
    .filter((line) => {
      const { x0, x1 } = rangeOf(line);
      return line.length >= LONG_LINE.letters && x1 - x0 >= LONG_LINE.width * textHeight;
    })
    .map((line) => {
      const step = Math.ceil(line.length / LETTERS_A_LINE);
      const letters = line.filter((_, i) => i % step === 0);
      return { letters, height: mean(letters.map(({ y }) => y)) };
    });
}

/**
 * Within each line, what a letter's height differs from the mean by is a sum over the powers k of x of
 * (a_k + b_k v) (x^k - its mean), v being the line's own height; a and b are the same for all lines.
 */
function dropOf(lines: readonly Line[], { width, height }: Size): Drop {
  const termsAt = (x: number, y: number) =>
    POWERS.map((power) => (x / width - 0.5) ** power).flatMap((term) => [
      term,
      (y / height) * term,
    ]);
  const terms = 2 * POWERS.length;
  const sums = Array.from({ length: terms }, () => new Array<number>(terms + 1).fill(0));
  const all: number[][] = [];
  for (const { letters, height: at } of lines) {
    const middle = mean(letters.map(({ y }) => y));
    const rows = letters.map(({ x }) => termsAt(x, at));
    const means = Array.from({ length: terms }, (_, k) => mean(rows.map((row) => row[k] ?? 0)));
    all.push(...rows);
    rows.forEach((row, i) => {
      const centred = row.map((value, k) => value - (means[k] ?? 0));
      const rise = (letters[i]?.y ?? 0) - middle;
      centred.forEach((one, j) => {
        const sum = sums[j] ?? [];
        centred.forEach((other, k) => {
          sum[k] = (sum[k] ?? 0) + one * other;
        });
        sum[terms] = (sum[terms] ?? 0) + one * rise;
      });
    });
  }
  const factors = solve(sums);
  const value = (row: readonly number[]) =>
    row.reduce((sum, term, k) => sum + term * (factors[k] ?? 0), 0);
  const usual = mean(all.map(value));
  return (x, y) => value(termsAt(x, y)) - usual;
}

function withoutOutliers({ letters, height }: Line, drop: Drop, most: number): Line {
  const rests = letters.map(({ x, y }) => y - drop(x, height));
  const usual = median(rests);
  return { letters: letters.filter((_, i) => Math.abs((rests[i] ?? 0) - usual) <= most), height };
}

/** How far a line leaves its place on average, px. */
function meanBend(lines: readonly Line[], drop: Drop): number {
  return mean(
    lines.map(({ letters, height }) => {
      const drops = letters.map(({ x }) => drop(x, height));
      return Math.max(...drops) - Math.min(...drops);
    }),
  );
}

/** Mean distance of the letters from their lines' middles, px, once the drop is taken away. */
function spread(lines: readonly Line[], drop: Drop): number {
  const distances = lines.flatMap(({ letters, height }) => {
    const rests = letters.map(({ x, y }) => y - drop(x, height));
    const middle = mean(rests);
    return rests.map((rest) => Math.abs(rest - middle));
  });
  return mean(distances);
}

function rangeOf(letters: readonly Point[]): Box {
  const xs = letters.map(({ x }) => x);
  const ys = letters.map(({ y }) => y);
  return {
    x0: Math.min(...xs),
    x1: Math.max(...xs),
    y0: Math.min(...ys),
    y1: Math.max(...ys),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
