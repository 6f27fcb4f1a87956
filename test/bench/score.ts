/** Character error rate (0..1), word error rate (0..1) and bag-of-words F1 (0..1) of one image. */
export type Score = { cer: number; wer: number; f1: number };

/** @param lang in Chinese and Japanese spaces do not count, and characters are the words */
export function scoreText(text: string, reference: string, lang: string, foldCase: boolean): Score {
  const isSpaceless = /^(jpn|chi)/.test(lang);
  const clean = (raw: string) => {
    const plain = normalise(raw);
    const spaced = isSpaceless ? plain.replaceAll(" ", "") : plain;
    return foldCase ? spaced.toLowerCase() : spaced;
  };
  const split = (s: string) => (isSpaceless ? [...s] : s.split(" ").filter(Boolean));
  const [read, right] = [clean(text), clean(reference)];
  const [readWords, rightWords] = [split(read), split(right)];
  return {
    cer: Math.min(1, distance([...read], [...right]) / Math.max(1, right.length)),
    wer: Math.min(1, distance(readWords, rightWords) / Math.max(1, rightWords.length)),
    f1: bagF1(readWords, rightWords),
  };
}

/** Mean of the differences with its 95 % interval from 10,000 resamples of a fixed seed. */
export function bootstrap(differences: readonly number[]) {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const means = Float64Array.from({ length: 10_000 }, () =>
    mean(differences.map(() => differences[Math.floor(random() * differences.length)] ?? 0)),
  ).sort();
  return { mean: mean(differences), low: means[250] ?? 0, high: means[9_749] ?? 0 };
}

/** Quotes, dashes and white space are typography, not reading. */
export function normalise(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]|''/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/\.{4,}/g, "...")
    .replace(/[\u200b-\u200f\u202a-\u202e\ufeff\u00ad]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Levenshtein distance. */
function distance(a: readonly string[], b: readonly string[]): number {
  const row = Int32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      const changed = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, above + 1, (row[j - 1] ?? 0) + 1);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}

function bagF1(read: readonly string[], right: readonly string[]): number {
  if (read.length + right.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of right) left.set(word, (left.get(word) ?? 0) + 1);
  let hits = 0;
  for (const word of read) {
    const count = left.get(word) ?? 0;
    if (count > 0) hits++;
    left.set(word, count - 1);
  }
  return (2 * hits) / (read.length + right.length);
}
