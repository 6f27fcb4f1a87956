import * as Image from "../image/index.ts";
import type { Help } from "./bands.ts";
import { Budget } from "./budget.ts";
import { withCapitalI } from "./capital-i.ts";
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
import { withoutStrayWords } from "./stray.ts";
import { type View, viewOf } from "./view.ts";
import { warningsOf } from "./warnings.ts";

/** EXIF orientation -> degrees clockwise by which the stored pixels were turned. */
const EXIF_ROTATION = [0, 0, 0, 180, 180, 90, 90, 270, 270];

/** Below this confidence (0..100) a page may lie on its side or upside down. */
const NONSENSE = 50;

/** Below this confidence a correction of uneven light may have done harm. */
const DOUBTFUL = 60;

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
  const upright = await readUpright(context, await prepare(context, grey));
  const { prepared } = upright;
  let reading = await orUnflattened(context, prepared, upright.reading);
  // Colour comes before other languages: a look at all of them costs as much, and a sure reading needs none.
  if (!without.has("colour") && isFailure(reading, prepared, isColourful) && budget.allows()) {
    reading = await orByColour(context, prepared, reading, await Image.decode(bytes, header));
  }
  let suspect: string | undefined;
  if (!without.has("language")) {
    const found = await inItsLanguage(context, prepared.measures, reading, languages);
    ({ context, reading, suspect } = found);
  }
  reading = await completePage(context, reading);
  reading = await orLabels(context, prepared, reading);
  reading = cleaned(context, reading);
  note("regions", reading.page.view.grey, reading.regions);

  const { toPicture } = reading.page.view;
  const toStored = (box: Image.Box) => Image.toStored(mapBox(toPicture, box, grey), header);
  const { width, height, format, orientation } = header;
  const page = composePage(
    reading.regions,
    { width, height },
    toStored,
    !without.has("calibration"),
  );
  const { turn, tilt } = prepared.pose;
  const rotation = ((EXIF_ROTATION[orientation] ?? 0) + turn + tilt + 360) % 360;
  const isFound = context.languages[0] !== DEFAULT_LANGUAGE;
  const isNamed = languages.length > 0 && languages[0] !== AUTO;
  const named = isNamed ? languages : context.languages.slice(0, 1);
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

/** The first reading. One that is nonsense is tried on its other three sides. */
async function readUpright(
  context: Context,
  prepared: Prepared,
): Promise<{ prepared: Prepared; reading: Reading }> {
  const reading = await readView(context, prepared.view, prepared.measures);
  const isNonsense = reading.confidence < NONSENSE && prepared.measures.text.length >= 4;
  if (context.without.has("turn") || !isNonsense) return { prepared, reading };
  const turned = await turnedByReading(context, prepared);
  if (!turned.isTurnedLate) return { prepared: turned, reading };
  return { prepared: turned, reading: await readView(context, turned.view, turned.measures) };
}

/** The correction of uneven light may have erased text. */
async function orUnflattened(
  context: Context,
  { unflattened, erased, pose, measures }: Prepared,
  reading: Reading,
): Promise<Reading> {
  const isDoubtful = erased > 0.001 || reading.confidence < DOUBTFUL;
  if (!unflattened || !isDoubtful || !context.budget.allows()) return reading;
  const other = await inPose(unflattened, pose, measures.inkIsLight);
  return clearlyBetter(await readView(context, other), reading);
}

/** Text that differs from its ground in colour and not in brightness. */
async function orByColour(
  context: Context,
  { measures, pose, fromPicture }: Prepared,
  reading: Reading,
  picture: Image.Picture,
): Promise<Reading> {
  const distance = viewOf(distanceFromBackground(picture, measures.textHeight));
  const other = await readView(context, await inPose(fromPicture(distance), pose, false));
  context.note(`colour:${compared(other, reading)}`, distance.grey);
  return clearlyBetter(other, reading);
}

/** A sign or a photo is also read label by label. */
async function orLabels(
  { engine, without, note }: Context,
  { view, measures }: Prepared,
  reading: Reading,
): Promise<Reading> {
  const letters = measures.text.length;
  const isSign = letters < FEW_LETTERS || (reading.confidence < 50 && letters < 400);
  if (without.has("labels") || !isSign || isSure(reading)) return reading;
  const words = await readLabels(engine, view.grey, MOST_LABELS);
  const labels = judge({ ...measures, view }, words, asRead(words));
  note(`labels:${compared(labels, reading)}`);
  return labels.evidence > reading.evidence ? labels : reading;
}

/** Without what is no text; before that, bars that are letters are made letters. */
function cleaned({ languages, lettersArePieces, without }: Context, reading: Reading): Reading {
  const regions = languages.includes("eng") ? withCapitalI(reading.regions) : reading.regions;
  // Where letters fall apart, a stroke or a vowel sign may be a word.
  const mayBeStray = lettersArePieces && !without.has("stray");
  return mayBeStray ? withoutStrayWords({ ...reading, regions }) : { ...reading, regions };
}

async function readView(
  context: Context,
  view: View,
  measures = measure(view.grey),
): Promise<Reading> {
  return readPage(context, await preparePage(context, view, measures));
}

function clearlyBetter(other: Reading, reading: Reading): Reading {
  return other.evidence > 1.03 * reading.evidence ? other : reading;
}

const compared = (other: Reading, reading: Reading) =>
  `${other.evidence.toFixed(0)}/${reading.evidence.toFixed(0)}`;

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
