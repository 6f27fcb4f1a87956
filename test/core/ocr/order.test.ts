import { expect, test } from "vitest";
import { coverage, guessesAmong } from "../../../packages/core/src/ocr/choose.ts";
import { joinWords } from "../../../packages/core/src/ocr/compose.ts";
import { calibrated } from "../../../packages/core/src/ocr/confidence.ts";
import type { EngineWord } from "../../../packages/core/src/ocr/engine.ts";
import { readingOrder } from "../../../packages/core/src/ocr/order.ts";

const TEXT_HEIGHT = 10;

/** One line of text as one word, 8 px a letter. */
function line(text: string, x0: number, y0: number, number: number): EngineWord {
  const box = { x0, y0, x1: x0 + 8 * text.length, y1: y0 + 14 };
  return { text, confidence: 95, box, block: 1, paragraph: 1, line: number };
}

const texts = (words: readonly EngineWord[], rightToLeft = false) =>
  readingOrder(words, TEXT_HEIGHT, rightToLeft).map((region) =>
    region.map((row) => row.map(({ text }) => text).join(" ")),
  );

test("reads columns of prose one after the other, below their common heading", () => {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  const words = [
    line("A heading across the whole page, over both of the two columns of it", 0, 0, 100),
    ...rows.flatMap((i) => [
      line(`left column line ${i} of running text`, 0, 40 + i * 20, 2 * i),
      line(`right column line ${i} of running text`, 330, 40 + i * 20, 2 * i + 1),
    ]),
  ];
  expect(texts(words).slice(1)).toEqual([
    rows.map((i) => `left column line ${i} of running text`),
    rows.map((i) => `right column line ${i} of running text`),
  ]);
});

test("reads three columns one after the other", () => {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  const columns = ["one", "two", "three"];
  const text = (name: string, i: number) => `column ${name}, line ${i} of its text`;
  const words = rows.flatMap((i) =>
    columns.map((name, c) => line(text(name, i), c * 320, i * 20, 3 * i + c)),
  );
  expect(texts(words)).toEqual(columns.map((name) => rows.map((i) => text(name, i))));
});

test("reads a table row by row, however wide its gaps", () => {
  const rows = Array.from({ length: 10 }, (_, i) => i);
  const words = [
    ...rows.map((i) => line(`Item number ${i}`, 0, i * 20, i)),
    ...rows.map((i) => line(`${i}.50`, 400, i * 20 + 2, 50 + i)),
    ...rows.map((i) => line(`${3 * i}.00`, 600, i * 20 + 1, 80 + i)),
  ];
  expect(texts(words)).toEqual([rows.map((i) => `Item number ${i} ${i}.50 ${3 * i}.00`)]);
});

test("puts the price beside its item although it was read later", () => {
  const words = [line("Rye bread", 0, 0, 1), line("Tea", 0, 20, 2), line("4.20", 300, 1, 3)];
  expect(texts(words)).toEqual([["Rye bread 4.20", "Tea"]]);
});

test("reads the rows of a right-to-left script from the right", () => {
  const words = [line("left", 0, 0, 1), line("right", 400, 0, 2)];
  expect(texts(words, true)).toEqual([["right left"]]);
});

test("keeps the words of one line in the order in which tesseract gave them", () => {
  const [a, b] = [line("שלום", 100, 0, 1), line("עולם", 60, 0, 1)];
  expect(texts([a, b], true)).toEqual([["שלום עולם"]]);
});

test("counts what lies in a word as read, and a guess not at all", () => {
  const letter = (x0: number) => ({ x0, y0: 2, x1: x0 + 7, y1: 12, area: 30 });
  const letters = [letter(0), letter(8), letter(16), letter(80)];
  const word = line("cat", 0, 0, 1);
  expect(coverage(letters, TEXT_HEIGHT, [word])).toBe(0.75);
  expect(coverage(letters, TEXT_HEIGHT, [{ ...word, confidence: 20 }])).toBe(0);
  expect(coverage([], TEXT_HEIGHT, [])).toBe(1);
});

test("takes a column of digits that was read as upright text for a guess", () => {
  const upright = { ...line("NWN", 0, 0, 1), box: { x0: 0, y0: 0, x1: 9, y1: 60 } };
  const heading = { ...line("Big", 50, 0, 2), box: { x0: 50, y0: 0, x1: 150, y1: 60 } };
  expect([...guessesAmong([upright, heading], TEXT_HEIGHT)]).toEqual([upright]);
});

test("joins Chinese and Japanese without spaces, and everything else with one", () => {
  expect(joinWords(["春", "に", "なる", "と", "、", "川"])).toBe("春になると、川");
  expect(joinWords(["版本", "2.0", "已", "发布"])).toBe("版本 2.0 已发布");
  expect(joinWords(["two", "words"])).toBe("two words");
});

test("never turns a surer word into a less sure one", () => {
  const values = Array.from({ length: 101 }, (_, i) => calibrated(i));
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect([values[0], values[55], values[100]]).toEqual([5, 43, 100]);
});
