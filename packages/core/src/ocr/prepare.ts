import type { Grey } from "../image/index.ts";
import { findCurl } from "./curl.ts";
import { denoise, denoiseBy } from "./denoise.ts";
import { findSheet } from "./desk.ts";
import { withoutDarkEdges } from "./edges.ts";
import { flattenLight, isUnevenlyLit } from "./flatfield.ts";
import { negative } from "./grey.ts";
import { type Measures, measure } from "./measure.ts";
import type { Context } from "./page.ts";
import { layFlat, sheetMapping } from "./perspective.ts";
import { findPose, inPose, type Pose, turnByReading } from "./pose.ts";
import { paperGrey, turned, uncurled, type View, viewOf } from "./view.ts";

/** A picture made ready: flat, dark on light, evenly lit and upright. */
export type Prepared = {
  view: View;
  measures: Measures;
  pose: Pose;
  /** `view` before the bend of its lines was taken away. */
  bent: View;
  isDark: boolean;
  /** True when only reading it showed which way is up. */
  isTurnedLate: boolean;
  /** The picture without the correction of uneven light, when there was one, before it was turned. */
  unflattened?: View;
  /** 0..1, the share of pixels that the correction may have erased text from. */
  erased: number;
  /** Takes another view of the whole picture to where `view` was before it was turned. */
  fromPicture: (view: View) => View;
};

/** Finds out what stands in the way of reading, and removes it. Each step only where it is needed. */
export async function prepare(context: Context, grey: Grey): Promise<Prepared> {
  const { engine, without, note } = context;
  const whole = viewOf(grey);
  note("grey", whole.grey);
  const sheet = without.has("desk") ? undefined : findSheet(whole.grey);
  const fromPicture = ({ grey, toPicture }: View): View => {
    if (!sheet) return { grey, toPicture };
    const mapping = sheetMapping(sheet);
    return { grey: layFlat(grey, sheet, mapping), toPicture: mapping };
  };
  let view = fromPicture(whole);
  if (sheet) note("desk", view.grey);
  let measures = measure(view.grey);

  const filter = without.has("denoise") ? undefined : denoiseBy(measures);
  if (filter) {
    view = { ...view, grey: await denoise(view.grey, filter) };
    note(filter, view.grey);
    measures = measure(view.grey);
  }
  const isDark = measures.inkIsLight;
  if (isDark && !without.has("negative")) {
    view = { ...view, grey: negative(view.grey) };
    note("negative", view.grey);
    measures = measure(view.grey);
  }
  if (!isDark && !without.has("edges")) {
    const paper = paperGrey(view.grey, false);
    const filled = withoutDarkEdges(view.grey, measures.threshold, paper);
    if (filled) {
      view = { ...view, grey: filled };
      note("edges", filled);
      measures = measure(filled);
    }
  }
  const before = view;
  let erased = 0;
  const isUneven = !without.has("flatfield") && isUnevenlyLit(view.grey);
  if (isUneven) {
    const flat = flattenLight(view.grey, measures.textHeight);
    erased = flat.erased;
    note(`flat:${erased.toFixed(4)}`, flat.grey);
    view = { ...view, grey: flat.grey };
    measures = measure(view.grey);
  }
  const pose = await findPose(engine, view.grey, measures, without);
  if (pose.turn !== 0 || pose.tilt !== 0) {
    view = await inPose(view, pose, measures.inkIsLight);
    note(`pose:${pose.turn}/${pose.tilt.toFixed(1)}`, view.grey);
    measures = measure(view.grey);
  }
  const flat = withoutCurl(context, view, measures, pose);
  measures = flat.measures;
  const { textHeight, text, noise, contrast, steepness } = measures;
  note(
    `M${textHeight} n${text.length} z${noise.toFixed(3)} k${contrast.toFixed(0)} e${steepness.toFixed(2)}`,
  );
  return {
    ...flat,
    bent: view,
    isDark,
    isTurnedLate: false,
    ...(isUneven && { unflattened: before }),
    erased,
    fromPicture,
  };
}

/** Makes the lines of an upright page straight where they bend. */
function withoutCurl(
  { without, note }: Context,
  view: View,
  measures: Measures,
  { turn, tilt }: Pose,
): Pick<Prepared, "view" | "measures" | "pose"> {
  const curl = without.has("curl")
    ? undefined
    : findCurl(measures.text, measures.textHeight, view.grey);
  if (!curl) return { view, measures, pose: { turn, tilt } };
  const straight = uncurled(view, curl, measures.inkIsLight);
  note(`curl:${curl.most}`, straight.grey);
  return { view: straight, measures: measure(straight.grey), pose: { turn, tilt, curl } };
}

/** The same turned the way in which it can be read, when there is one. */
export async function turnedByReading(context: Context, prepared: Prepared): Promise<Prepared> {
  const { view, bent, measures, pose } = prepared;
  const turn = await turnByReading(context.engine, view.grey, measures.text);
  if (turn === 0) return prepared;
  // A bend that was found with the page lying the other way is none, or another one.
  const next = await turned(bent, turn, measures.inkIsLight);
  context.note(`turned late:${turn}`, next.grey);
  const upright = { turn: ((pose.turn + turn) % 360) as Pose["turn"], tilt: pose.tilt };
  const flat = withoutCurl(context, next, measure(next.grey), upright);
  return { ...prepared, ...flat, bent: next, isTurnedLate: true };
}
