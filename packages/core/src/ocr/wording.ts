/**
 * Frequent small words without accents, which data of any Latin language reads. A word that two languages
 * share counts for both, so that only the others part them.
 */
const SMALL_WORDS = {
  eng: "the of and to in is that for it with as was on be at by this are from or an were which you not have has will but all",
  deu: "der die und den von das mit des auf ist im dem nicht ein eine als auch es an aus er hat dass sie nach wird bei einer um am sind noch wie einem so zum war haben nur oder aber vor zur bis mehr durch sich sein kann wir ihr",
  fra: "le la les de des et en un une du que est pour qui dans par plus pas au sur ne se ce il sont avec son ou sa cette aux elle mais nous vous ont leur ses comme fait tout entre ces deux sans nos vos",
  ita: "il di che la in un per con non una sono da del si le dei alla al nel della ha gli come lo anche delle dal se nella ma era ci alle loro questo dalla stato dopo suo fra hanno degli sui sulla dalle",
  por: "de que do da em um para com uma os no se na por mais as dos como mas ao ele das seu sua ou quando muito nos ja eu pelo pela isso ela entre era depois sem mesmo aos seus quem nas nem foi ser esta",
  spa: "de la que el en los del se las por un para con una su al lo como pero sus le ha me sin sobre este ya entre cuando todo esta ser son dos fue era muy hasta desde nos mi han hay donde quien nuestro",
};
type LatinLanguage = keyof typeof SMALL_WORDS;

const LANGUAGES = Object.keys(SMALL_WORDS) as LatinLanguage[];
const WORDS = new Map(
  LANGUAGES.map((language) => [language, new Set(SMALL_WORDS[language].split(" "))]),
);

/** Different small words; fewer are names or chance. */
const FEWEST = 3;
/** Their share of all words: 0.3 to 0.5 in prose, next to none in lists and on receipts. */
const SHARE = 0.15;
/** The best language has so many times the small words of the next one. */
const CLEARLY = 1.5;

/** The Latin-script language whose small words a text has most of, where that is clear. */
export function languageOfWords(text: string): LatinLanguage | undefined {
  const words = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
  const found = LANGUAGES.map((language) => ({
    language,
    small: words.filter((word) => WORDS.get(language)?.has(word)),
  })).sort((a, b) => b.small.length - a.small.length);
  const [best, next] = found;
  if (!best || !next || new Set(best.small).size < FEWEST) return undefined;
  const isClear = best.small.length >= CLEARLY * next.small.length;
  return isClear && best.small.length >= SHARE * words.length ? best.language : undefined;
}
