import type { Box, EngineWord } from "./engine.ts";
import type { Block, Line, Page } from "./result.ts";

/**
 * Puts the words of one page, in reading order, into blocks and lines.
 * @param place maps a box of the image that was read to the image as sent
 */
export function composePage(
  words: readonly EngineWord[],
  size: { width: number; height: number },
  place: (box: Box) => Box,
): Page {
  const blocks = group(words, (word) => word.block).map((blockWords): Block => {
    const lines = group(blockWords, (word) => `${word.paragraph}.${word.line}`);
    return block(lines.map((lineWords) => line(lineWords, place)));
  });
  return {
    ...size,
    text: blocks.map((part) => part.text).join("\n\n"),
    confidence: meanConfidence(blocks.flatMap((part) => part.lines)),
    bbox: hull(blocks),
    blocks,
  };
}

function block(lines: Line[]): Block {
  return {
    text: lines.map((part) => part.text).join("\n"),
    confidence: meanConfidence(lines),
    bbox: hull(lines),
    lines,
  };
}

function line(engineWords: readonly EngineWord[], place: (box: Box) => Box): Line {
  const words = engineWords.map(({ text, confidence, box }) => ({
    text,
    confidence: round(confidence),
    bbox: place(box),
  }));
  return {
    text: words.map((word) => word.text).join(" "),
    confidence: meanConfidence(words),
    bbox: hull(words),
    words,
  };
}

/** Groups neighbours of equal key, and keeps their order. */
function group<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups: T[][] = [];
  let previous: unknown;
  for (const item of items) {
    const key = keyOf(item);
    const last = groups.at(-1);
    if (last && key === previous) last.push(item);
    else groups.push([item]);
    previous = key;
  }
  return groups;
}

/** The mean weighted by length, because a long word that is read well says more than an `I`. */
function meanConfidence(parts: readonly { text: string; confidence: number }[]): number {
  const characters = parts.reduce((sum, part) => sum + part.text.length, 0);
  if (characters === 0) return 0;
  return round(
    parts.reduce((sum, part) => sum + part.confidence * part.text.length, 0) / characters,
  );
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
