import { expect, test } from "vitest";
import type { EngineWord } from "../../../packages/core/src/ocr/engine.ts";
import { asRead, judge } from "../../../packages/core/src/ocr/page.ts";
import { withoutStrayWords } from "../../../packages/core/src/ocr/stray.ts";
import { viewOf } from "../../../packages/core/src/ocr/view.ts";

/** What is left of words that stand in a line each. */
function left(...read: [text: string, confidence: number][]): string[] {
  const words = read.map(([text, confidence], i): EngineWord => {
    const box = { x0: 0, y0: 20 * i, x1: 10 * text.length, y1: 20 * i + 15 };
    return { text, confidence, box, block: i + 1, paragraph: 1, line: 1 };
  });
  const grey = { width: 1, height: 1, data: new Uint8Array(1) };
  const page = {
    view: viewOf(grey),
    text: [],
    textHeight: 10,
    isTexture: false,
    inkIsLight: false,
    threshold: 128,
  };
  const { regions, words: kept } = withoutStrayWords(judge(page, words, asRead(words)));
  const inRegions = regions.flat(2);
  expect(inRegions).toEqual(kept);
  expect(regions).toHaveLength(kept.length);
  return kept.map(({ text }) => text);
}

test("marks that were read unsurely are left out, and bars that may be pieces of lines", () => {
  expect(left([":", 49], [":", 50], ["|", 84], ["|", 85], ["__", 60], ["—", 12])).toEqual([
    ":",
    "|",
  ]);
});

test("the shorter a word is the surer it must be", () => {
  const unsure: [string, number][] = [
    ["a", 39],
    ["ab", 34],
    ["a1-", 29],
    ["абвг", 24],
  ];
  const surer = unsure.map(([text, confidence]): [string, number] => [text, confidence + 1]);
  expect(left(...unsure, ["abcde", 0])).toEqual(["abcde"]);
  expect(left(...surer)).toEqual(["a", "ab", "a1-", "абвг"]);
});

test("a letter or a sign of a vowel is kept however unsure it is, where words are so short", () => {
  expect(left(["中", 3], ["ก", 3], ["ี", 3], ["و", 3])).toEqual(["中", "ก", "ี", "و"]);
});
