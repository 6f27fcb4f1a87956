import { expect, test } from "vitest";
import { withCapitalI } from "../../../packages/core/src/ocr/capital-i.ts";
import type { EngineWord } from "../../../packages/core/src/ocr/engine.ts";
import { readFixture as read } from "../../support/recognise.ts";

/** A line of words 20 px high that stand on y = 30; the bar reaches from `top` to `bottom`. */
function lineWith(bar: { top: number; bottom: number; confidence?: number }, ...texts: string[]) {
  const words = texts.map((text, i): EngineWord => {
    const isBar = text === "|";
    const [y0, y1] = isBar ? [bar.top, bar.bottom] : [10, 30];
    const confidence = isBar ? (bar.confidence ?? 90) : 96;
    const box = { x0: 100 * i, y0, x1: 100 * i + 80, y1 };
    return { text, confidence, box, block: 1, paragraph: 1, line: 1 };
  });
  return withCapitalI([[words]])
    .flat(2)
    .map(({ text }) => text)
    .join(" ");
}

test("a bar that stands as a capital before a small letter is an I", () => {
  expect(lineWith({ top: 10, bottom: 30 }, "that", "|", "know")).toBe("that I know");
  expect(lineWith({ top: 11, bottom: 32 }, "|", "don't", "know")).toBe("I don't know");
});

test("a bar that hangs below the line stays, and so does one before a capital or an option", () => {
  expect(lineWith({ top: 8, bottom: 36 }, "cat", "|", "grep")).toBe("cat | grep");
  expect(lineWith({ top: 10, bottom: 30 }, "Stanley", "|", "RESEARCH")).toBe("Stanley | RESEARCH");
  expect(lineWith({ top: 10, bottom: 30 }, "-v", "|", "--version")).toBe("-v | --version");
  expect(lineWith({ top: 10, bottom: 30 }, "the", "end", "|")).toBe("the end |");
});

test("a bar that may be a piece of a ruling line stays", () => {
  expect(lineWith({ top: 10, bottom: 30, confidence: 40 }, "a", "|", "b")).toBe("a | b");
});

test("reads the I of a screenshot in a font without serifs", async () => {
  const { text } = await read("chat.jpg");
  expect(text).toContain("Did the nightly build finish? I still see version 4.18.2 on staging.");
});
