import type { Box, Grey } from "../image/index.ts";
import { rotate } from "../image/index.ts";
import { meanConfidence } from "./choose.ts";
import type { Component } from "./components.ts";
import type { Curl } from "./curl.ts";
import { type Engine, LAYOUT } from "./engine.ts";
import { crop } from "./grey.ts";
import { type Measures, measure, median } from "./measure.ts";
import { findSkew, type Skew } from "./skew.ts";
import type { Step } from "./steps.ts";
import { turned, uncurled, type View, viewOf } from "./view.ts";

export type QuarterTurn = 0 | 90 | 180 | 270;
/** Degrees clockwise to turn the image so that its lines run across and upright, and how they bend then. */
export type Pose = { turn: QuarterTurn; tilt: number; curl?: Curl };

/** Fewer letters do not show a direction. */
const MIN_LETTERS = 25;

/** Confidence of upright text is 87 and more, of text upside down 38 to 45. */
const READABLE = 60;

/**
 * Finds how the page lies from the boxes of its letters. A quarter or half turn, which they only make
 * likely, is confirmed by reading three lines both ways.
 */
export async function findPose(
  engine: Engine,
  image: Grey,
  measures: Measures,
  without: ReadonlySet<Step>,
): Promise<Pose> {
  const skew = findSkew(measures.text, image.height);
  if (skew.letters < MIN_LETTERS) return { turn: 0, tilt: 0 };
  const guess = without.has("turn") ? 0 : guessTurn(skew);
  const turn = guess === 0 ? 0 : await confirmTurn(engine, image, measures.text, guess);
  if (without.has("deskew")) return { turn, tilt: 0 };
  if (turn === 0 || turn === 180) return { turn, tilt: tiltOf(skew) };
  const upright = await turned(viewOf(image), turn, false);
  const again = measure(upright.grey);
  return { turn, tilt: tiltOf(findSkew(again.text, upright.grey.height)) };
}

export async function inPose(view: View, pose: Pose, inkIsLight: boolean): Promise<View> {
  const upright = await turned(await turned(view, pose.turn, inkIsLight), pose.tilt, inkIsLight);
  return pose.curl ? uncurled(upright, pose.curl, inkIsLight) : upright;
}

/** Of the development images 9 of 9 turned ones are found, and 1 of 230 others at most is doubted. */
function guessTurn(skew: Skew): QuarterTurn {
  if (skew.upright > 2 * skew.across && skew.upright > 4) return skew.rightToLeft > 1 ? 90 : 270;
  return skew.bottomToTop < 0.8 && skew.across > 4 ? 180 : 0;
}

/** Below 0.3 degrees tesseract follows by itself; without a clear gain the angle is chance. */
function tiltOf({ degrees, gain, across }: Skew): number {
  return Math.abs(degrees) >= 0.3 && gain > 1.3 && across > 3 ? -degrees : 0;
}

async function confirmTurn(
  engine: Engine,
  image: Grey,
  text: readonly Component[],
  guess: QuarterTurn,
): Promise<QuarterTurn> {
  const sample = crop(image, densestPart(image, text));
  const read = async (turn: QuarterTurn) =>
    meanConfidence(engine.read(await rotate(sample, turn, 255), LAYOUT.block));
  const opposite = guess === 180 ? 0 : guess === 90 ? 270 : 90;
  const confidence = await read(guess);
  if (confidence > 80) return guess;
  if ((await read(opposite)) > confidence) return opposite;
  // A script that the language in use does not know reads as badly either way.
  return guess === 180 && confidence < READABLE ? 0 : guess;
}

/**
 * The last resort for a page that reads as nonsense: a sign in capitals, whose letters do not show which
 * way is up, or too few letters. Reads its densest part all four ways.
 */
export async function turnByReading(
  engine: Engine,
  image: Grey,
  text: readonly Component[],
): Promise<QuarterTurn> {
  const sample = crop(image, densestPart(image, text));
  const confidenceAt = async (turn: QuarterTurn) =>
    meanConfidence(engine.read(await rotate(sample, turn, 255), LAYOUT.block));
  const untouched = await confidenceAt(0);
  for (const turn of [180, 90, 270] as const) {
    if ((await confidenceAt(turn)) > Math.max(75, untouched + 25)) return turn;
  }
  return 0;
}

/** The part of the size wanted (px), a square of some 18 letters a side, that holds the most of them. */
export function densestPart(
  { width, height }: Grey,
  text: readonly Component[],
  wanted?: { width: number; height: number },
): Box {
  const typical = median(text.map(({ x0, y0, x1, y1 }) => Math.max(x1 - x0, y1 - y0)));
  const part = {
    width: Math.min(Math.round(wanted?.width ?? 18 * typical), width),
    height: Math.min(Math.round(wanted?.height ?? 18 * typical), height),
  };
  const letters = text.filter(({ x0, y0, x1, y1 }) => {
    const size = Math.max(x1 - x0, y1 - y0);
    return size > 0.6 * typical && size < 2 * typical;
  });
  let best: Box = { x0: 0, y0: 0, x1: part.width, y1: part.height };
  let most = -1;
  const stepX = Math.max(1, part.width >> 1);
  const stepY = Math.max(1, part.height >> 1);
  for (let y0 = 0; y0 <= height - part.height; y0 += stepY) {
    for (let x0 = 0; x0 <= width - part.width; x0 += stepX) {
      const box = { x0, y0, x1: x0 + part.width, y1: y0 + part.height };
      const inside = letters.filter(
        (c) => c.x0 >= box.x0 && c.x1 <= box.x1 && c.y0 >= box.y0 && c.y1 <= box.y1,
      ).length;
      if (inside > most) [best, most] = [box, inside];
    }
  }
  return best;
}
