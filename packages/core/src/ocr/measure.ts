import type { Grey } from "../image/index.ts";
import { type Component, findComponents, isTextLike } from "./components.ts";
import { histogram, splitGreys } from "./histogram.ts";

/** What can be said of an image before it is read. About 30 ms a megapixel. */
export type Measures = {
  /** The brightest grey that counts as dark. */
  threshold: number;
  /** True when most of the image is dark: light text on a dark ground. */
  inkIsLight: boolean;
  /** 0..255, between the mean of the dark and the mean of the light pixels. */
  contrast: number;
  /** Robust standard deviation of the noise, as a share of the contrast. */
  noise: number;
  /** Share of the pixels that stand out from all eight neighbours. */
  specks: number;
  /** True when there is too much small ink to be looked at: noise, or the dots of a halftone. */
  isTexture: boolean;
  /** Ink of up to 4 px. */
  dots: number;
  /** Ink that could be text. */
  text: Component[];
  /** Median height of text, in px; 0 without text. Lower-case letters make most of it. */
  textHeight: number;
  /** How steep the edges are: the 90th percentile of the step over 2 px, as a share of the contrast. */
  steepness: number;
};

export function measure(image: Grey): Measures {
  const { threshold, darkShare, darkMean, lightMean } = splitGreys(histogram(image.data));
  const inkIsLight = darkShare > 0.6;
  const contrast = Math.max(1, lightMean - darkMean);
  const found = findComponents(image, threshold, inkIsLight);
  const components = found ?? [];
  const text = components.filter((component) => isTextLike(component, image.height));
  let dots = 0;
  for (const { area } of components) if (area <= 4) dots++;
  return {
    threshold,
    inkIsLight,
    contrast,
    ...grain(image, contrast),
    isTexture: !found,
    dots,
    text,
    textHeight: textHeight(text, image.height),
  };
}

/**
 * Edges are wider than 4 px and than a seventh of the letters: print read at CER 3 to 70 %, see
 * docs/recognition.md. Blurred letters run together, so their height counts for too much.
 */
export function isBlurred({ steepness, textHeight }: Measures): boolean {
  return steepness < 0.5 && steepness * textHeight < 13;
}

/**
 * The median height of what could be text. Filled rectangles (rules, pixels of a photo) and what is
 * higher than a third of the image are left out. Where small pieces outnumber letters (specks, dots of
 * a halftone, accents) the median by ink height is far above: too small a height is worse than too
 * large a one, because it blows the page up.
 */
export function textHeight(text: readonly Component[], imageHeight: number): number {
  const heights = Float64Array.from(
    text
      .filter((box) => box.area < 0.98 * (box.x1 - box.x0) * (box.y1 - box.y0))
      .map((box) => box.y1 - box.y0)
      .filter((height) => height < imageHeight / 3),
  ).sort();
  const byNumber = heights[heights.length >> 1] ?? 0;
  let byHeight = 0;
  let left = heights.reduce((sum, height) => sum + height, 0) / 2;
  for (let i = 0; i < heights.length && left > 0; i++) {
    byHeight = heights[i] ?? 0;
    left -= byHeight;
  }
  return byHeight > 1.35 * byNumber ? byHeight : byNumber;
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * Noise after J. Immerkær, Fast Noise Variance Estimation (1996), by the median instead of the mean, so
 * that text does not count as noise. Looks at no more than about 100,000 pixels.
 */
function grain({ width, height, data }: Grey, contrast: number) {
  const stride = Math.max(1, Math.floor(Math.sqrt((width * height) / 1e5)));
  const laplacians = new Uint32Array(2048);
  const steps = new Uint32Array(256);
  const speckStep = Math.max(25, contrast * 0.35);
  let pixels = 0;
  let specks = 0;
  let edges = 0;
  for (let y = 1; y < height - 1; y += stride) {
    for (let x = 1; x < width - 1; x += stride) {
      const i = y * width + x;
      const centre = data[i] ?? 0;
      const nw = data[i - width - 1] ?? 0;
      const n = data[i - width] ?? 0;
      const ne = data[i - width + 1] ?? 0;
      const w = data[i - 1] ?? 0;
      const e = data[i + 1] ?? 0;
      const sw = data[i + width - 1] ?? 0;
      const s = data[i + width] ?? 0;
      const se = data[i + width + 1] ?? 0;
      const laplacian = Math.abs(nw + ne + sw + se - 2 * (n + s + w + e) + 4 * centre);
      laplacians[laplacian] = (laplacians[laplacian] ?? 0) + 1;
      pixels++;
      if (
        centre > Math.max(nw, n, ne, w, e, sw, s, se) + speckStep ||
        centre < Math.min(nw, n, ne, w, e, sw, s, se) - speckStep
      ) {
        specks++;
      }
      const step = Math.max(Math.abs(e - w), Math.abs(s - n));
      if (step > contrast * 0.25) {
        steps[step] = (steps[step] ?? 0) + 1;
        edges++;
      }
    }
  }
  const sigma = rank(laplacians, pixels / 2) / 6 / 0.6745;
  return {
    noise: sigma / contrast,
    specks: specks / Math.max(1, pixels),
    steepness: edges > 0 ? rank(steps, edges * 0.9) / contrast : 0,
  };
}

/** The value below which `position` of the counted ones lie. */
function rank(counts: Uint32Array, position: number): number {
  let left = position;
  for (let value = 0; value < counts.length; value++) {
    left -= counts[value] ?? 0;
    if (left < 0) return value;
  }
  return 0;
}
