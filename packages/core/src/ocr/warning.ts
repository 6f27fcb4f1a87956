/** Apart from the schema of the answer: a reader thread warns, and starts sooner without zod. */
export const WARNINGS = {
  no_text_detected: "No text was found in the image.",
  rotated: "The page lay on its side or upside down. It was turned before it was read.",
  deskewed: "The lines were tilted. The page was straightened before it was read.",
  curled: "The lines were bent, as on a page that does not lie flat. They were straightened first.",
  dark_mode: "The text is light on a dark ground. The negative was read.",
  low_contrast: "Text and background differ little. More contrast would be read better.",
  text_too_small: "The text is less than 8 pixels high. A larger image would be read better.",
  blurred: "The image is blurred. A sharper one would be read better.",
  wrong_language_suspected:
    "The text seems to be in another language. Name it in the field language.",
  mixed_scripts:
    "The text is written in more than one script. Name a language of each, joined by +.",
  likely_handwriting: "The text looks written by hand. Only print is read well.",
  truncated_work: "The image takes too long to read. Part of it was left out, or read only once.",
  first_frame_only: "The image is animated. Only its first frame was read.",
  format_mismatch: "The bytes are of another format than declared. The bytes decided.",
} as const;

export type WarningCode = keyof typeof WARNINGS;

export type Warning = { code: WarningCode; message: string };

/** @param detail what is known of this very image, a sentence */
export function warning(code: WarningCode, detail?: string): Warning {
  return { code, message: detail ? `${WARNINGS[code]} ${detail}` : WARNINGS[code] };
}
