import type { Box } from "../image/index.ts";
import { withPairedBrackets } from "./brackets.ts";
import { meanConfidence } from "./choose.ts";
import { calibrated } from "./confidence.ts";
import type { EngineWord } from "./engine.ts";
import type { Region } from "./order.ts";
import type { Block, Line, Page } from "./result.ts";

/**
 * Turns what was read, in reading order, into the page of the answer.
 * @param size of the image as sent @param place maps a box of the image that was read to the image as sent
 */
export function composePage(
  regions: readonly Region[],
  size: { width: number; height: number },
  place: (box: Box) => Box,
  calibrate = true,
): Page {
  const blocks = regions.map((region): Block => {
    const lines = region.map((words) => line(words, place, calibrate));
    return {
      text: lines.map((part) => part.text).join("\n"),
      confidence: round(meanConfidence(lines)),
      bbox: hull(lines),
      lines,
    };
  });
  return {
    ...size,
    text: blocks.map((part) => part.text).join("\n\n"),
    confidence: round(meanConfidence(blocks)),
    bbox: hull(blocks),
    blocks,
  };
}

function line(
  engineWords: readonly EngineWord[],
  place: (box: Box) => Box,
  calibrate: boolean,
): Line {
  const words = engineWords.map(({ text, confidence, box }) => ({
    text: withPairedBrackets(text),
    confidence: round(calibrate ? calibrated(confidence) : confidence),
    bbox: place(box),
  }));
  return {
    text: joinWords(words.map((word) => word.text)),
    confidence: round(meanConfidence(words)),
    bbox: hull(words),
    words,
  };
}

/** Written without spaces between words; tesseract gives each character or so a word. */
const SPACELESS_END =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uff65]$/u;
const SPACELESS_START =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uff65]/u;

export function joinWords(words: readonly string[]): string {
  let text = "";
  for (const word of words) {
    const isSpaceless = SPACELESS_END.test(text) && SPACELESS_START.test(word);
    text += text === "" || isSpaceless ? word : ` ${word}`;
  }
  return text;
}

function hull(parts: readonly { bbox: Box }[]): Box {
  if (parts.length === 0) return { x0: 0, y0: 0, x1: 0, y1: 0 };
  return {
    x0: Math.min(...parts.map((part) => part.bbox.x0)),
    y0: Math.min(...parts.map((part) => part.bbox.y0)),
    x1: Math.max(...parts.map((part) => part.bbox.x1)),
    y1: Math.max(...parts.map((part) => part.bbox.y1)),
  };
}

function round(confidence: number): number {
  return Math.round(confidence * 10) / 10;
}
