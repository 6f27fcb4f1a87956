import { blur, type Grey, median } from "../image/index.ts";
import type { Measures } from "./measure.ts";

export type Filter = "median" | "blur" | "strong blur";

/**
 * Which filter helps. Without these gates a filter harms screenshots and forms. Noise that is spread
 * over all pixels is blurred away; single wrong pixels (salt and pepper, dither) are replaced.
 */
export function denoiseBy(measures: Measures): Filter | undefined {
  const { isTexture, specks, dots, text, noise, textHeight } = measures;
  if (isTexture) return "median";
  if (specks > 15e-4 && dots > 1.5 * text.length && noise < 0.03 && text.length >= 20) {
    return textHeight >= 8 ? "median" : undefined;
  }
  if (noise <= 0.05 || text.length < 8 || textHeight < 5) return undefined;
  return noise > 0.12 ? "strong blur" : "blur";
}

export function denoise(image: Grey, filter: Filter): Promise<Grey> {
  if (filter === "median") return median(image);
  return blur(image, filter === "blur" ? 0.8 : 1.2);
}
