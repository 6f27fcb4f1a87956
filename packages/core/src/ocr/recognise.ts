import * as Image from "../image/index.ts";
import type { Help } from "./bands.ts";
import { Budget } from "./budget.ts";
import { distanceFromBackground, isColourful } from "./colour.ts";
import { composePage } from "./compose.ts";
import { DEFAULT_LANGUAGE, inItsLanguage, useLanguages } from "./detect.ts";
import type { Engine } from "./engine.ts";
import { mapBox } from "./geometry.ts";
import { toGrey } from "./grey.ts";
import { readLabels } from "./labels.ts";
import { AUTO } from "./language.ts";
import { measure } from "./measure.ts";
import {
  asRead,
  type Context,
  completePage,
  judge,
  type Note,
  preparePage,
  type Reading,
  readPage,
} from "./page.ts";
import { inPose } from "./pose.ts";
import { type Prepared, prepare, turnedByReading } from "./prepare.ts";
import type { Recognition } from "./result.ts";
import type { Step } from "./steps.ts";
import { viewOf } from "./view.ts";
import { warningsOf } from "./warnings.ts";

/** EXIF orientation -> degrees clockwise by which the stored pixels were turned. */
const EXIF_ROTATION = [0, 0, 0, 180, 180, 90, 90, 270, 270];

/** Below this confidence (0..100) a page may lie on its side or upside down. */
const NONSENSE = 50;

/** With fewer components than this an image is a label or a sign, not a page. */
const FEW_LETTERS = 40;
const MOST_LABELS = 16;

export type RecogniseOptions = {
  /** Steps to leave out, to see what they are worth. */
  without?: ReadonlySet<Step>;
  note?: Note;
  /** Another thread that may read half a page meanwhile. */
  help?: Help;
};

/**
 * Reads one image. Runs in a reader thread (reader.ts).
 * @param header what `Image.inspect` said of the same bytes
 * @param languages tesseract codes, the main one first; empty means the default, `AUTO` that it is to be found
 * @throws VisibleError image.damaged when the image cannot be decoded
 */
export async function recognise(
  engine: Engine,
  bytes: Uint8Array,
  header: Image.Header,
  languages: readonly string[],
  { without = new Set(), note = () => {}, help }: RecogniseOptions = {},
): Promise<Recognition> {
  const budget = new Budget();
  const { grey, isColourful } = await decodeGrey(bytes, header);
  let context: Context = {
    engine,
    budget,
    without,
    note,
    ...(help && { help }),
    ...(await useLanguages(engine, languages)),
  };

  let prepared = await prepare(context, grey);
  let reading = await readPage(
    context,
    await preparePage(context, prepared.view, prepared.measures),
  );
  if (!without.has("turn") && reading.confidence < NONSENSE && prepared.measures.text.length >= 4) {
    prepared = await turnedByReading(context, prepared);
    if (prepared.isTurnedLate) {
      reading = await readPage(
        context,
        await preparePage(context, prepared.view, prepared.measures),
      );
    }
  }
  let suspect: string | undefined;
  if (!without.has("language")) {
    const found = await inItsLanguage(context, prepared.measures, reading, languages);
    ({ context, reading, suspect } = found);
  }
  const { view, measures, pose } = prepared;
  if (prepared.unflattened && (prepared.erased > 0.001 || !isSure(reading)) && budget.allows()) {
    const other = prepared.unflattened;
    const original = await readPage(
      context,
      await preparePage(context, other, measure(other.grey)),
    );
    if (original.evidence > 1.03 * reading.evidence) reading = original;
  }
  if (!without.has("colour") && isFailure(reading, prepared, isColourful) && budget.allows()) {
    const picture = await Image.decode(bytes, header);
    const distance = viewOf(distanceFromBackground(picture, measures.textHeight));
    const upright = await inPose(prepared.fromPicture(distance), pose, false);
    const other = await readPage(
      context,
      await preparePage(context, upright, measure(upright.grey)),
    );
    note(`colour:${other.evidence.toFixed(0)}/${reading.evidence.toFixed(0)}`, distance.grey);
    if (other.evidence > 1.03 * reading.evidence) reading = other;
  }
  reading = await completePage(context, reading);
  const isSign =
    measures.text.length < FEW_LETTERS || (reading.confidence < 50 && measures.text.length < 400);
  if (!without.has("labels") && isSign && !isSure(reading)) {
    const words = await readLabels(engine, view.grey, MOST_LABELS);
    const page = { ...measures, view };
    const labels = judge(page, words, asRead(words));
    note(`labels:${labels.evidence.toFixed(0)}/${reading.evidence.toFixed(0)}`);
    if (labels.evidence > reading.evidence) reading = labels;
  }

  const isNamed = languages.length > 0 && languages[0] !== AUTO;
  const named = isNamed ? languages : context.languages.slice(0, 1);
  note("regions", reading.page.view.grey, reading.regions);
  const isFound = context.languages[0] !== DEFAULT_LANGUAGE;
  const { width, height, format, orientation } = header;
  const { toPicture } = reading.page.view;
  const page = composePage(
    reading.regions,
    { width, height },
    (box) => Image.toStored(mapBox(toPicture, box, grey), header),
    !without.has("calibration"),
  );
  const rotation = ((EXIF_ROTATION[orientation] ?? 0) + pose.turn + pose.tilt + 360) % 360;
  return {
    text: page.text,
    confidence: Math.round(page.confidence),
    language: languages.length > 0 || isFound ? context.languages.join("+") : null,
    raw: {
      engine: { name: "tesseract.js", version: engine.version, languages: [...context.languages] },
      image: { format, width, height, orientation },
      rotation: Math.round(rotation * 10) / 10,
      pages: [page],
      warnings: warningsOf(header, prepared, reading, budget, named, suspect),
    },
  };
}

/** The colours are let go, and decoded again when they are wanted: few images want them. */
async function decodeGrey(bytes: Uint8Array, header: Image.Header) {
  const picture = await Image.decode(bytes, header);
  return { grey: toGrey(picture), isColourful: isColourful(picture) };
}

/** A reading that is certain of itself and of having seen everything is not doubted. */
function isSure({ confidence, coverage }: Reading): boolean {
  return confidence >= 90 && coverage >= 0.97;
}

/** Brightness does not show the text: hardly any letters were read, or unsurely from colours. */
function isFailure(reading: Reading, { measures }: Prepared, isColourful: boolean): boolean {
  const letters = reading.words.reduce((sum, { text }) => sum + text.length, 0);
  if (reading.coverage < 0.5 || letters < Math.max(3, 0.35 * measures.text.length)) return true;
  return reading.confidence < (isColourful ? 75 : 65);
}
