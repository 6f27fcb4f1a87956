import { enlarge } from "./enlarge.ts";
import type { Grey } from "./picture.ts";
import { bytesOf, sharp } from "./sharp.ts";

/**
 * Scales to exactly width x height px, with cubic interpolation (and averaging when it shrinks). Of what it enlarges the
 * first pixel stays where it is, so all lies half the growth of a pixel too far left and up.
 */
export async function resize(image: Grey, width: number, height: number): Promise<Grey> {
  if (width >= image.width && height >= image.height) return enlarge(image, width, height);
  return finished(open(image).resize(width, height, { fit: "fill", kernel: "cubic" }));
}

/**
 * Turns clockwise about the centre; the picture grows so that no corner is lost.
 * @param degrees any angle @param background 0..255, the grey of the new corners
 */
export async function rotate(image: Grey, degrees: number, background: number): Promise<Grey> {
  const fill = { r: background, g: background, b: background };
  return finished(open(image).rotate(degrees, { background: fill }));
}

/** Median of each pixel and its eight neighbours. */
export async function median(image: Grey): Promise<Grey> {
  return finished(open(image).median(3));
}

/** Gaussian blur, of a mask not cut short. @param sigma standard deviation in px, 0.3 or more */
export async function blur(image: Grey, sigma: number): Promise<Grey> {
  return finished(open(image).blur({ sigma, precision: "float", minAmplitude: 0.05 }));
}

function open({ width, height, data }: Grey) {
  return sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false });
}

async function finished(image: ReturnType<typeof open>): Promise<Grey> {
  const { data, info } = await image
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: bytesOf(data) };
}
