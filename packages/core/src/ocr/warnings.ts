import type { Header } from "../image/index.ts";
import type { Budget } from "./budget.ts";
import type { Reading } from "./page.ts";
import type { Prepared } from "./prepare.ts";
import { type Warning, warning } from "./warning.ts";

/** What the caller could do better next time, or should know about the text. */
export function warningsOf(
  header: Header,
  { measures, pose, isDark }: Prepared,
  reading: Reading,
  budget: Budget,
): Warning[] {
  const { text, textHeight, contrast, steepness } = measures;
  const hasText = reading.words.length > 0;
  const isUnsure = hasText && reading.confidence < 80;
  return [
    header.frames > 1 && warning("first_frame_only"),
    !hasText && warning("no_text_detected"),
    hasText && pose.turn !== 0 && warning("rotated"),
    hasText && pose.tilt !== 0 && warning("deskewed"),
    hasText && isDark && warning("dark_mode"),
    text.length >= 5 && textHeight < 8 && isUnsure && warning("text_too_small"),
    contrast < 40 && isUnsure && warning("low_contrast"),
    text.length >= 5 && steepness * textHeight < 4 && isUnsure && warning("blurred"),
    budget.isSpent && warning("truncated_work"),
  ].filter((one) => one !== false);
}
