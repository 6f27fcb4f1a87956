import * as Image from "../image/index.ts";
import { composePage } from "./compose.ts";
import type { Engine } from "./engine.ts";
import { toGrey } from "./grey.ts";
import { type Recognition, warning } from "./result.ts";

/** EXIF orientation -> degrees clockwise by which the stored pixels were turned. */
const EXIF_ROTATION = [0, 0, 0, 180, 180, 90, 90, 270, 270];

/**
 * Reads one image: decode, read, compose. Runs in a reader thread (reader.ts).
 * @param header what `Image.inspect` said of the same bytes
 * @param languages tesseract codes, the main one first; empty means the default
 * @throws VisibleError image.damaged when the image cannot be decoded
 */
export async function recognise(
  engine: Engine,
  bytes: Uint8Array,
  header: Image.Header,
  languages: readonly string[],
): Promise<Recognition> {
  const picture = toGrey(await Image.decode(bytes, header));
  const used = languages.length > 0 ? languages : ["eng"];
  await engine.use(used);
  const words = engine.read(picture);
  const { width, height, format, orientation } = header;
  const page = composePage(words, { width, height }, (box) => Image.toStored(box, header));
  return {
    text: page.text,
    confidence: Math.round(page.confidence),
    language: languages.length > 0 ? languages.join("+") : null,
    raw: {
      engine: { name: "tesseract.js", version: engine.version, languages: [...used] },
      image: { format, width, height, orientation },
      rotation: EXIF_ROTATION[orientation] ?? 0,
      pages: [page],
      warnings: [
        ...(header.frames > 1 ? [warning("first_frame_only")] : []),
        ...(words.length === 0 ? [warning("no_text_detected")] : []),
      ],
    },
  };
}
