import type { Grey } from "../image/index.ts";
import type { Measures } from "./measure.ts";

/**
 * Which filter helps. Without these gates a filter harms screenshots and forms. Noise that is spread
 * over all pixels is blurred away; single wrong pixels (salt and pepper, dither) are replaced.
 */
export function denoiseBy(measures: Measures): "median" | "blur" | "strong blur" | undefined {
  const { isTexture, specks, dots, text, noise, textHeight } = measures;
  if (isTexture) return "median";
  if (specks > 15e-4 && dots > 1.5 * text.length && noise < 0.03 && text.length >= 20) {
    return textHeight >= 8 ? "median" : undefined;
  }
  if (noise <= 0.05 || text.length < 8 || textHeight < 5) return undefined;
  return noise > 0.12 ? "strong blur" : "blur";
}

export function denoise(image: Grey, filter: "median" | "blur" | "strong blur"): Grey {
  if (filter === "median") return median3(image);
  return blur(image, filter === "blur" ? 0.8 : 1.2);
}

/** Gaussian blur. @param sigma standard deviation in px */
function blur({ width, height, data }: Grey, sigma: number): Grey {
  const radius = Math.ceil(sigma * 2.5);
  const weights = new Float32Array(2 * radius + 1);
  for (let i = -radius; i <= radius; i++)
    weights[i + radius] = Math.exp(-(i * i) / (2 * sigma ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const along = convolve(data, weights, sum, width, height, 1, width);
  return { width, height, data: convolve(along, weights, sum, height, width, width, 1) };
}

/** Convolves every line; `step` leads to the next pixel of a line and `next` to the next line. */
function convolve(
  data: Uint8Array,
  weights: Float32Array,
  sum: number,
  length: number,
  lines: number,
  step: number,
  next: number,
): Uint8Array {
  const out = new Uint8Array(data.length);
  const radius = (weights.length - 1) / 2;
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < length; at++) {
      let total = 0;
      for (let k = -radius; k <= radius; k++) {
        const near = Math.min(length - 1, Math.max(0, at + k));
        total += (weights[k + radius] ?? 0) * (data[line * next + near * step] ?? 0);
      }
      out[line * next + at * step] = total / sum + 0.5;
    }
  }
  return out;
}

/** Median of each pixel and its eight neighbours; the outermost pixels stay. */
function median3({ width, height, data }: Grey): Grey {
  const out = data.slice();
  const nine = new Uint8Array(9);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      nine.set(data.subarray(i - width - 1, i - width + 2), 0);
      nine.set(data.subarray(i - 1, i + 2), 3);
      nine.set(data.subarray(i + width - 1, i + width + 2), 6);
      nine.sort();
      out[i] = nine[4] ?? 0;
    }
  }
  return { width, height, data: out };
}
