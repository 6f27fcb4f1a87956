import type { Box } from "../image/index.ts";
import { meanConfidence } from "./choose.ts";
import type { Component } from "./components.ts";
import { type Engine, LAYOUT } from "./engine.ts";
import { crop } from "./grey.ts";
import type { Page } from "./page.ts";
import { densestPart } from "./pose.ts";

/** A script, its letters, and the data that reads it. */
type Script = { letter: RegExp; languages: readonly string[] };

const LATIN: Script = { letter: /\p{Script=Latin}/gu, languages: ["eng"] };
/** In the order in which they are tried. Languages of one script are compared before one is taken. */
const OTHERS: readonly Script[] = [
  { letter: /\p{Script=Cyrillic}/gu, languages: ["rus"] },
  {
    letter: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu,
    languages: ["chi_sim", "chi_tra", "jpn"],
  },
  { letter: /\p{Script=Arabic}/gu, languages: ["ara"] },
  { letter: /\p{Script=Devanagari}/gu, languages: ["hin"] },
  { letter: /\p{Script=Hangul}/gu, languages: ["kor"] },
  { letter: /\p{Script=Greek}/gu, languages: ["ell"] },
  { letter: /\p{Script=Hebrew}/gu, languages: ["heb"] },
  { letter: /\p{Script=Thai}/gu, languages: ["tha"] },
];
const LETTER = /[\p{L}\p{M}]/gu;

/**
 * Confidence (0..100) of a sample, and how far it must lie above that of the reading so far. Of 60 samples
 * in eleven languages the right data gave 68 to 97, 7 and more above English (below 60: 25 and more), and
 * Russian data 65 to 91 on Ukrainian. On English that reads badly no data lies more than 3 above, on a photo
 * of a sign 55 and 23 above. On Latin text that reads well Cyrillic data gives up to 94, a little below.
 */
const CLEAR = { confidence: 62, lead: 20 };
const CERTAIN = { confidence: 80, lead: 8 };
/** Thai data takes Latin text for Thai at up to 83, up to 26 above English. */
const CERTAIN_IN_THAI = { confidence: 85, lead: 30 };
/** A tie of simplified and traditional Chinese, which share most characters. */
const TIE = 3;

/** Letters; fewer are right by chance. */
const FEWEST = 4;
const MOSTLY = 0.7;

/** Letters of another script than those of the languages, in a text read in them. */
const FOREIGN = { letters: 10, share: 0.1 };

/** Whether a good part of a text is in a script that none of the languages is there for. */
export function hasForeignScript(text: string, languages: readonly string[]): boolean {
  const all = text.match(LETTER)?.length ?? 0;
  const unread = [LATIN, ...OTHERS].filter(
    (script) => !languages.some((language) => scriptOf(language) === script),
  );
  const counts = unread.map(({ letter }) => text.match(letter)?.length ?? 0);
  return Math.max(...counts) >= Math.max(FOREIGN.letters, FOREIGN.share * all);
}

/**
 * The language of another script whose data reads a sample of the page clearly better than those in use,
 * if there is one. Costs 20 to 80 ms of CPU a language.
 * @param unread letters of the page that are not read yet; the sample is taken where most of them are
 * @param languages tesseract codes the page was read in; the engine is left with some other
 */
export async function findLanguage(
  engine: Engine,
  page: Page,
  unread: readonly Component[],
  languages: readonly string[],
): Promise<string | undefined> {
  const sample = crop(page.view.grey, sampleOf(page, unread));
  const read = async (codes: readonly string[]) => {
    await engine.use(codes);
    return engine.read(sample, LAYOUT.block);
  };
  const untouched = meanConfidence(await read(languages));
  const reaches = (confidence: number, bar: typeof CLEAR) =>
    confidence >= bar.confidence && confidence >= untouched + bar.lead;
  let best = { language: "", confidence: 0 };
  const isLatin = languages.some((language) => scriptOf(language) === LATIN);
  for (const script of isLatin ? OTHERS : [LATIN, ...OTHERS]) {
    const others = script.languages.filter((code) => engine.has(code) && !languages.includes(code));
    for (const language of others) {
      const words = await read([language]);
      const confidence = isWritten(words, script) ? meanConfidence(words) : 0;
      if (language === "tha" && !reaches(confidence, CERTAIN_IN_THAI)) continue;
      if (confidence > best.confidence + TIE) best = { language, confidence };
    }
    if (reaches(best.confidence, CERTAIN)) return best.language;
  }
  return reaches(best.confidence, CLEAR) ? best.language : undefined;
}

/** Latin for all languages that are in no other list. */
function scriptOf(language: string): Script {
  return OTHERS.find((script) => script.languages.includes(language)) ?? LATIN;
}

/** Whether what was read is written in the script: data of a script knows Latin letters too. */
function isWritten(words: readonly { text: string }[], { letter }: Script): boolean {
  const text = words.map((word) => word.text).join("");
  const count = text.match(letter)?.length ?? 0;
  return count >= FEWEST && count >= MOSTLY * (text.match(LETTER)?.length ?? 0);
}

/** Two or three lines where the text is densest, none of them cut in half. */
function sampleOf({ view, text, textHeight }: Page, unread: readonly Component[]): Box {
  const size = { width: 27 * textHeight, height: 6 * textHeight };
  const part = densestPart(view.grey, unread, size);
  // All ink counts here: without its accents a letter is another one.
  const inside = text.filter(({ x0, y0, x1, y1 }) => {
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    return x >= part.x0 && x <= part.x1 && y >= part.y0 && y <= part.y1;
  });
  const margin = 0.3 * textHeight;
  return {
    x0: Math.min(...inside.map(({ x0 }) => x0)) - margin,
    y0: Math.min(...inside.map(({ y0 }) => y0)) - margin,
    x1: Math.max(...inside.map(({ x1 }) => x1)) + margin,
    y1: Math.max(...inside.map(({ y1 }) => y1)) + margin,
  };
}
