import * as Image from "../image/index.ts";
import { coverage, evidence, meanConfidence } from "./choose.ts";
import { distanceFromBackground } from "./colour.ts";
import { composePage } from "./compose.ts";
import { denoise, denoiseBy } from "./denoise.ts";
import { findSheet, layFlat, sheetMapping } from "./desk.ts";
import type { Engine } from "./engine.ts";
import { flattenLight, isUnevenlyLit } from "./flatfield.ts";
import { mapBox } from "./geometry.ts";
import { negative, toGrey } from "./grey.ts";
import { readLabels } from "./labels.ts";
import { type Measures, measure } from "./measure.ts";
import { asRead, type Reading, readPage } from "./page.ts";
import { findPose, inPose } from "./pose.ts";
import { type Recognition, warning } from "./result.ts";
import type { Step } from "./steps.ts";
import { type View, viewOf } from "./view.ts";

/** EXIF orientation -> degrees clockwise by which the stored pixels were turned. */
const EXIF_ROTATION = [0, 0, 0, 180, 180, 90, 90, 270, 270];

const RIGHT_TO_LEFT = new Set(["ara", "fas", "heb", "urd"]);

/** CPU ms after which nothing is read a second time. */
const MAX_CPU_MS = 4_000;

export type RecogniseOptions = {
  /** Steps to leave out, to see what they are worth. */
  without?: ReadonlySet<Step>;
  /** Is told what each step did. */
  note?: (what: string) => void;
};

/**
 * Reads one image. Runs in a reader thread (reader.ts).
 * @param header what `Image.inspect` said of the same bytes
 * @param languages tesseract codes, the main one first; empty means the default
 * @throws VisibleError image.damaged when the image cannot be decoded
 */
export async function recognise(
  engine: Engine,
  bytes: Uint8Array,
  header: Image.Header,
  languages: readonly string[],
  { without = new Set(), note = () => {} }: RecogniseOptions = {},
): Promise<Recognition> {
  const startedMs = performance.now();
  const picture = await Image.decode(bytes, header);
  const used = languages.length > 0 ? languages : ["eng"];
  await engine.use(used);

  let view = viewOf(toGrey(picture));
  const sheet = without.has("desk") ? undefined : findSheet(view.grey);
  const flat = (source: View): View => {
    if (!sheet) return source;
    const mapping = sheetMapping(sheet);
    return { grey: layFlat(source.grey, sheet, mapping), toPicture: mapping };
  };
  view = flat(view);
  if (sheet) note("desk");
  let measures = measure(view.grey);
  const filter = without.has("denoise") ? undefined : denoiseBy(measures);
  if (filter) {
    note(filter);
    view = { ...view, grey: denoise(view.grey, filter) };
    measures = measure(view.grey);
  }
  if (measures.inkIsLight && !without.has("negative")) {
    note("neg");
    view = { ...view, grey: negative(view.grey) };
    measures = measure(view.grey);
  }
  let unlit: View | undefined;
  if (!without.has("flatfield") && isUnevenlyLit(view.grey)) {
    note("flat");
    unlit = view;
    view = { ...view, grey: flattenLight(view.grey, measures.textHeight) };
    measures = measure(view.grey);
  }
  const pose = await findPose(engine, view.grey, measures, without);
  if (pose.turn !== 0 || pose.tilt !== 0) {
    note(`turn${pose.turn}/${pose.tilt.toFixed(1)}`);
    view = await inPose(view, pose, measures.inkIsLight);
    measures = measure(view.grey);
  }
  note(`M${measures.textHeight} n${measures.text.length} noise${measures.noise.toFixed(3)}`);
  const options = {
    rightToLeft: RIGHT_TO_LEFT.has(used[0] ?? ""),
    without,
    mayReadAgain: () => performance.now() - startedMs < MAX_CPU_MS,
    note,
  };
  let reading = await readPage(engine, view, measures, options);
  if (unlit) {
    const original = await inPose(unlit, pose, false);
    const other = await readPage(engine, original, measure(original.grey), options);
    if (other.evidence > 1.03 * reading.evidence) reading = other;
  }
  if (isWeak(reading, measures) && options.mayReadAgain()) {
    if (!without.has("colour")) {
      const block = Math.max(
        6,
        Math.round(2 * Math.min(80, Math.max(10, measures.textHeight || 20))),
      );
      const distance = await inPose(
        flat(viewOf(distanceFromBackground(picture, block))),
        pose,
        false,
      );
      const other = await readPage(engine, distance, measure(distance.grey), options);
      note(`colour${other.evidence.toFixed(0)}/${reading.evidence.toFixed(0)}`);
      if (other.evidence > reading.evidence) reading = other;
    }
    if (!without.has("labels") && measures.text.length < 40) {
      const words = await readLabels(engine, view.grey, 16);
      note(`labels${evidence(words).toFixed(0)}/${reading.evidence.toFixed(0)}`);
      if (evidence(words) > reading.evidence) {
        reading = {
          view,
          words,
          regions: asRead(words),
          confidence: meanConfidence(words),
          coverage: coverage(measures.text, measures.textHeight, words),
          evidence: evidence(words),
        };
      }
    }
  }

  const { width, height, format, orientation } = header;
  const { toPicture } = reading.view;
  const page = composePage(
    reading.regions,
    { width, height },
    (box) => Image.toStored(mapBox(toPicture, box, picture), header),
    !without.has("calibration"),
  );
  return {
    text: page.text,
    confidence: Math.round(page.confidence),
    language: languages.length > 0 ? languages.join("+") : null,
    raw: {
      engine: { name: "tesseract.js", version: engine.version, languages: [...used] },
      image: { format, width, height, orientation },
      rotation: (EXIF_ROTATION[orientation] ?? 0) + pose.turn + pose.tilt,
      pages: [page],
      warnings: [
        ...(header.frames > 1 ? [warning("first_frame_only")] : []),
        ...(reading.words.length === 0 ? [warning("no_text_detected")] : []),
      ],
    },
  };
}

function isWeak(reading: Reading, measures: Measures): boolean {
  const letters = reading.words.reduce((sum, { text }) => sum + text.length, 0);
  return reading.confidence < 75 || letters < Math.max(3, 0.35 * measures.text.length);
}
