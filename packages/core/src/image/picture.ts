/** Upright 8-bit pixels, row by row: grey (1 channel) or red, green, blue (3 channels, interleaved). */
export type Picture = { width: number; height: number; channels: 1 | 3; data: Uint8Array };

/** 8-bit grey pixels, row by row, width * height bytes. 0 is black. */
export type Grey = { width: number; height: number; data: Uint8Array };

/** Red, green, blue and alpha, interleaved, alpha not premultiplied. */
type Translucent = { width: number; height: number; data: Uint8Array };

/**
 * Puts the pixels on a white ground; on a black one where white would swallow the text. The answer
 * reuses the memory of `image.data`: a picture of 40 megapixels is held once, not twice.
 * @param channels how many to keep: 1 where red, green and blue are known to be equal
 */
export function flatten(image: Translucent, channels: 1 | 3): Picture {
  const { width, height, data } = image;
  const ground = isOpaque(image) || isReadableOnWhite(image) ? 255 : 0;
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    const alpha = data[from + 3] ?? 255;
    for (let channel = 0; channel < channels; channel++) {
      const value = data[from + channel] ?? 0;
      data[to++] = alpha === 255 ? value : (value * alpha + ground * (255 - alpha)) / 255 + 0.5;
    }
  }
  return { width, height, channels, data: data.subarray(0, to) };
}

function isOpaque({ data }: Translucent): boolean {
  for (let alpha = 3; alpha < data.length; alpha += 4) {
    if (data[alpha] !== 255) return false;
  }
  return true;
}

/**
 * Text is edges. Adds up the steps in brightness from each pixel to its right neighbour as they would
 * be on white and on black. White is what people expect, so black must keep more than twice as much:
 * that is so for text brighter than about 170 of 255, and hardly ever for an opaque picture with a
 * transparent margin, whose inner edges count the same on both grounds.
 */
function isReadableOnWhite({ width, data }: Translucent): boolean {
  let stepsOnWhite = 0;
  let stepsOnBlack = 0;
  const stride = width * 4;
  for (let row = 0; row < data.length; row += stride) {
    let lastOnBlack = 0;
    let lastOnWhite = 0;
    for (let at = row; at < row + stride; at += 4) {
      const alpha = data[at + 3] ?? 255;
      const onBlack = (brightness(data, at) * alpha) / 255;
      const onWhite = onBlack + 255 - alpha;
      if (at > row) {
        stepsOnBlack += Math.abs(onBlack - lastOnBlack);
        stepsOnWhite += Math.abs(onWhite - lastOnWhite);
      }
      lastOnBlack = onBlack;
      lastOnWhite = onWhite;
    }
  }
  return stepsOnBlack <= 2 * stepsOnWhite;
}

/** 0..255, weighted as in ITU-R BT.601. */
function brightness(data: Uint8Array, at: number): number {
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}
