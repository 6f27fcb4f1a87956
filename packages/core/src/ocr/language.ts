import { readdir } from "node:fs/promises";
import { VisibleError } from "../error.ts";

/** More languages in one reading cost more than they find. */
const MAX_LANGUAGES = 4;

/** The codes an image can be read in: every `<code>.traineddata` in the folder but `osd`, sorted. */
export async function availableLanguages(tessdataDir: string): Promise<string[]> {
  const files = await readdir(tessdataDir);
  return files
    .filter((file) => file.endsWith(".traineddata") && file !== "osd.traineddata")
    .map((file) => file.slice(0, -".traineddata".length))
    .sort();
}

/** Stands for a language that is to be found. */
export const AUTO = "auto";

/** No list of codes is longer; a caller's text is not worked on or repeated beyond it. Characters. */
const MAX_LENGTH = 100;

/**
 * Reads a caller's `language`, for example `deu+eng`. Case, spaces and repetition do not matter.
 * @returns the codes in the order given, or `AUTO` alone; none when the field is missing, null or empty
 * @throws VisibleError language.unknown, listing what is there
 */
export async function parseLanguages(value: unknown, tessdataDir: string): Promise<string[]> {
  if (value === undefined || value === null || value === "") return [];
  const available = await availableLanguages(tessdataDir);
  const refuse = (what: string) =>
    new VisibleError(
      "language.unknown",
      `${what} Available: ${available.join(", ")}. Combine up to ${MAX_LANGUAGES} with +.`,
      { field: "language" },
    );
  if (typeof value !== "string") throw refuse("The language must be text.");
  if (value.length > MAX_LENGTH) throw refuse("The language is too long.");
  const asked = [
    ...new Set(
      value
        .toLowerCase()
        .split("+")
        .map((code) => code.trim()),
    ),
  ];
  if (asked.length === 1 && asked[0] === AUTO) return [AUTO];
  if (asked.length > MAX_LANGUAGES) throw refuse(`${asked.length} languages are too many.`);
  return asked.map((code) => {
    const found = available.find((name) => name.toLowerCase() === code);
    if (found) return found;
    // Only what looks like a code is repeated to the caller.
    throw refuse(/^[a-z_]{1,20}$/.test(code) ? `Unknown language: ${code}.` : "Unknown language.");
  });
}
