import type { Grey } from "../image/index.ts";
import { resize, rotate } from "../image/index.ts";
import { type Curl, straightened } from "./curl.ts";
import {
  afterBorder,
  afterResize,
  afterRotation,
  IDENTITY,
  type Mapping,
  through,
} from "./geometry.ts";
import { border } from "./grey.ts";
import { histogram, percentile } from "./histogram.ts";

/** An image on its way to being read, and the way back to the picture as it was decoded. */
export type View = { grey: Grey; toPicture: Mapping };

export function viewOf(grey: Grey): View {
  return { grey, toPicture: IDENTITY };
}

export async function scaled(view: View, factor: number): Promise<View> {
  const { grey, toPicture } = view;
  const width = Math.max(1, Math.round(grey.width * factor));
  const height = Math.max(1, Math.round(grey.height * factor));
  const next = await resize(grey, width, height);
  return { grey: next, toPicture: through(afterResize(grey, next), toPicture) };
}

/** @param degrees clockwise */
export async function turned(view: View, degrees: number, inkIsLight: boolean): Promise<View> {
  if (degrees === 0) return view;
  const { grey, toPicture } = view;
  const next = await rotate(grey, degrees, paperGrey(grey, inkIsLight));
  return { grey: next, toPicture: through(afterRotation(grey, next, degrees), toPicture) };
}

/** With the bent lines of a page made straight. */
export function uncurled({ grey, toPicture }: View, curl: Curl, inkIsLight: boolean): View {
  const flat = straightened(grey, curl, paperGrey(grey, inkIsLight));
  return { grey: flat.grey, toPicture: through(flat.mapping, toPicture) };
}

/** Tesseract loses text that touches the edge. */
export function bordered(view: View, size: number, inkIsLight: boolean): View {
  const grey = border(view.grey, size, paperGrey(view.grey, inkIsLight));
  return { grey, toPicture: through(afterBorder(size), view.toPicture) };
}

/** A typical grey of the background: most of the image is background. */
export function paperGrey({ data }: Grey, inkIsLight: boolean): number {
  const stride = Math.max(1, Math.floor(data.length / 100_000));
  return percentile(histogram(data, stride), inkIsLight ? 0.3 : 0.7);
}
