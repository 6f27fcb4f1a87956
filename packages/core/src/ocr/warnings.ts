import type { Header } from "../image/index.ts";
import type { Budget } from "./budget.ts";
import { looksHandwritten } from "./handwriting.ts";
import { isBlurred } from "./measure.ts";
import type { Reading } from "./page.ts";
import type { Prepared } from "./prepare.ts";
import { hasForeignScript } from "./script.ts";
import { type Warning, warning } from "./warning.ts";

/** What the caller could do better next time, or should know about the text. */
export function warningsOf(
  header: Header,
  { measures, pose, isDark }: Prepared,
  reading: Reading,
  budget: Budget,
  /** The languages that the caller named, or the main one that was found. */
  named: readonly string[],
  suspect?: string,
): Warning[] {
  const { text, textHeight, contrast } = measures;
  const hasText = reading.words.length > 0;
  const sureText = reading.words
    .filter(({ confidence }) => confidence >= 60)
    .map((word) => word.text)
    .join(" ");
  // A reading of which nothing was kept is unsure too; one of nothing has no confidence.
  const isUnsure = reading.confidence > 0 && reading.confidence < 80;
  return [
    header.frames > 1 && warning("first_frame_only"),
    !hasText && warning("no_text_detected"),
    hasText && pose.turn !== 0 && warning("rotated"),
    hasText && pose.tilt !== 0 && warning("deskewed"),
    hasText && pose.curl !== undefined && warning("curled"),
    hasText && isDark && warning("dark_mode"),
    text.length >= 5 && textHeight < 8 && isUnsure && warning("text_too_small"),
    contrast < 40 && !isBlurred(measures) && isUnsure && warning("low_contrast"),
    text.length >= 5 && isBlurred(measures) && isUnsure && warning("blurred"),
    isUnsure && !isBlurred(measures) && looksHandwritten(measures) && warning("likely_handwriting"),
    hasForeignScript(sureText, named) && warning("mixed_scripts"),
    suspect !== undefined && warning("wrong_language_suspected", `It looks like ${suspect}.`),
    budget.isSpent && warning("truncated_work"),
  ].filter((one) => one !== false);
}
