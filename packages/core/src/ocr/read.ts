import { config } from "../config.ts";
import * as Image from "../image/index.ts";
import { parseLanguages } from "./language.ts";
import type { Asker, ReaderPool } from "./pool.ts";
import type { Recognition } from "./result.ts";

/**
 * What is between a file and its text: checks the language and the file's header, then has it read.
 * @param language tesseract codes joined by `+`, as the caller sent them; see `parseLanguages`
 * @throws VisibleError language.unknown, image.*, and what `ReaderPool.recognise` throws
 */
export async function read(
  readers: ReaderPool,
  bytes: Uint8Array,
  language: unknown,
  asker?: Asker,
): Promise<Recognition> {
  const languages = await parseLanguages(language, config().ocr.tessdataDir);
  const header = await Image.inspect(bytes);
  return readers.recognise(bytes, header, languages, asker);
}
