/** Two classes of grey, ink and paper or the other way round. */
export type Split = {
  /** The brightest grey of the dark class. */
  threshold: number;
  /** 0..1, the dark pixels of all. */
  darkShare: number;
  darkMean: number;
  lightMean: number;
};

/** How many pixels have each of the 256 greys. @param stride looks at every n-th pixel only */
export function histogram(data: Uint8Array, stride = 1): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i += stride) {
    const grey = data[i] ?? 0;
    counts[grey] = (counts[grey] ?? 0) + 1;
  }
  return counts;
}

/**
 * Otsu's threshold: the cut with the largest variance between the two classes (N. Otsu, A Threshold
 * Selection Method from Gray-Level Histograms, 1979).
 */
export function splitGreys(counts: Uint32Array): Split {
  let pixels = 0;
  let total = 0;
  for (let grey = 0; grey < 256; grey++) {
    pixels += counts[grey] ?? 0;
    total += grey * (counts[grey] ?? 0);
  }
  const best = { threshold: 127, darkShare: 0, darkMean: 0, lightMean: 255 };
  let bestVariance = -1;
  let dark = 0;
  let darkTotal = 0;
  for (let grey = 0; grey < 255; grey++) {
    dark += counts[grey] ?? 0;
    darkTotal += grey * (counts[grey] ?? 0);
    const light = pixels - dark;
    if (dark === 0) continue;
    if (light === 0) break;
    const darkMean = darkTotal / dark;
    const lightMean = (total - darkTotal) / light;
    const variance = dark * light * (darkMean - lightMean) ** 2;
    if (variance <= bestVariance) continue;
    bestVariance = variance;
    Object.assign(best, { threshold: grey, darkShare: dark / pixels, darkMean, lightMean });
  }
  return best;
}

/** The grey that the given share (0..1) of the counted pixels does not exceed. */
export function percentile(counts: Uint32Array, share: number): number {
  let left = counts.reduce((sum, count) => sum + count, 0) * share;
  for (let grey = 0; grey < 256; grey++) {
    left -= counts[grey] ?? 0;
    if (left <= 0) return grey;
  }
  return 255;
}
