import { uncovered } from "./choose.ts";
import type { Engine, EngineWord } from "./engine.ts";
import { AUTO } from "./language.ts";
import { isBlurred, type Measures } from "./measure.ts";
import { asRuled, type Context, type Reading, readPage } from "./page.ts";
import { findLanguage } from "./script.ts";
import { languageOfWords } from "./wording.ts";

/** What an image is read in when its caller does not say. */
export const DEFAULT_LANGUAGE = "eng";

const RIGHT_TO_LEFT = new Set(["ara", "fas", "heb", "urd"]);

/** Their letters fall apart into strokes and dots, or run into words. */
const NOT_PIECES = new Set([
  "ara",
  "chi_sim",
  "chi_tra",
  "fas",
  "heb",
  "hin",
  "jpn",
  "kor",
  "tha",
  "urd",
]);

/**
 * Confidence (0..100). English data reads other scripts at 0 to 56, a page half in another script at up to 61, and 101 of
 * 105 English images better than 63.
 */
const DOUBTFUL = 63;
/** Where the caller wants the language found: a label such as "Вчера" looks Latin at up to 81. */
const DOUBTFUL_WHEN_ASKED = 85;

/** Fewer letters are a sign or a label in a photo, read badly for other reasons. */
const FEWEST_UNASKED = 20;

/** Words of at least this confidence are not doubted. */
const SURE = 80;
/** With so many letters in such words a page is in two scripts, and read in both. */
const MIXED = { share: 0.3, letters: 20 };

export type Detection = {
  /** What the rest of the image is to be read with. */
  context: Context;
  reading: Reading;
  /** A language that the page seems to be in, and that it was not read in. */
  suspect?: string;
};

/** Makes the engine read in these languages. @param asked what the caller sent: codes, `AUTO` or nothing */
export async function useLanguages(engine: Engine, asked: readonly string[]) {
  const languages = asked.length === 0 || asked[0] === AUTO ? [DEFAULT_LANGUAGE] : asked;
  await engine.use(languages);
  return {
    languages,
    rightToLeft: RIGHT_TO_LEFT.has(languages[0] ?? ""),
    lettersArePieces: !languages.some((language) => NOT_PIECES.has(language)),
  };
}

/**
 * Reads the page again where it shows itself to be in another language than it was read in: with `AUTO` in any,
 * without a wish of the caller's in one of another script, and never against it.
 */
export async function inItsLanguage(
  context: Context,
  measures: Measures,
  reading: Reading,
  asked: readonly string[],
): Promise<Detection> {
  const { engine, languages, note } = context;
  const isAuto = asked[0] === AUTO;
  const spoken = languageOfWords(reading.words.map(({ text }) => text).join(" "));
  const isLatin = spoken !== undefined && !languages.includes(spoken);
  const script = isLatin ? undefined : await findScript(context, measures, reading, isAuto);
  const suspect = script ?? spoken;
  if (!suspect || languages.includes(suspect) || !engine.has(suspect)) return { context, reading };
  note(`language:${suspect}`);
  if (!isAuto && (asked.length > 0 || !script)) return { context, reading, suspect };
  const both = script && isMixed(reading) ? [script, ...languages] : [suspect];
  const other = { ...context, ...(await useLanguages(engine, both)) };
  const page = other.lettersArePieces ? reading.page : asRuled(reading.page);
  const again = await readPage(other, page);
  if (again.evidence >= reading.evidence) return { context: other, reading: again };
  await engine.use(languages);
  return { context, reading };
}

/** Other scripts are tried on a sample, 0.1 to 0.8 s of CPU, so only where the reading is doubtful. */
async function findScript(
  { engine, budget, languages }: Context,
  measures: Measures,
  { page, words, confidence }: Reading,
  isAuto: boolean,
): Promise<string | undefined> {
  const isDoubtful = confidence < (isAuto ? DOUBTFUL_WHEN_ASKED : DOUBTFUL);
  const unread = uncovered(page.text, page.textHeight, words.filter(isSure));
  const isLabel = page.text.length < FEWEST_UNASKED && !isAuto;
  if (!isDoubtful || isLabel || unread.length === 0 || isBlurred(measures) || !budget.allows())
    return;
  const language = await findLanguage(engine, asRuled(page), unread, languages);
  await engine.use(languages);
  return language;
}

function isSure({ confidence }: EngineWord): boolean {
  return confidence >= SURE;
}

/** Whether a good part was read well in languages that do not suit the rest. */
function isMixed({ words }: Reading): boolean {
  const letters = (of: readonly EngineWord[]) => of.reduce((sum, { text }) => sum + text.length, 0);
  const sure = letters(words.filter(isSure));
  return sure >= MIXED.letters && sure >= MIXED.share * letters(words);
}
