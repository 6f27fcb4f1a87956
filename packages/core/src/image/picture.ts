/** Upright 8-bit pixels, row by row: grey (1 channel) or red, green, blue (3 channels, interleaved). */
export type Picture = { width: number; height: number; channels: 1 | 3; data: Uint8Array };

/** 8-bit grey pixels, row by row, width * height bytes. 0 is black. */
export type Grey = { width: number; height: number; data: Uint8Array };

/** Grey and alpha (2 channels) or red, green, blue and alpha (4 channels), alpha not premultiplied. */
export type Translucent = { width: number; height: number; channels: 2 | 4; data: Uint8Array };

/**
 * Puts the pixels on a white ground; on a black one where white would swallow the text. The answer
 * reuses the memory of `image.data`: a picture of 40 megapixels is held once, not twice.
 */
export function flatten(image: Translucent): Picture {
  const { width, height, channels, data } = image;
  const colours = channels === 4 ? 3 : 1;
  const ground = isOpaque(image) || isReadableOnWhite(image) ? 255 : 0;
  let to = 0;
  for (let from = 0; from < data.length; from += channels) {
    const alpha = data[from + colours] ?? 255;
    for (let colour = 0; colour < colours; colour++) {
      const value = data[from + colour] ?? 0;
      data[to++] = alpha === 255 ? value : (value * alpha + ground * (255 - alpha)) / 255 + 0.5;
    }
  }
  return { width, height, channels: colours, data: data.subarray(0, to) };
}

function isOpaque({ channels, data }: Translucent): boolean {
  for (let alpha = channels - 1; alpha < data.length; alpha += channels) {
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
function isReadableOnWhite({ width, channels, data }: Translucent): boolean {
  let stepsOnWhite = 0;
  let stepsOnBlack = 0;
  const stride = width * channels;
  for (let row = 0; row < data.length; row += stride) {
    let lastOnBlack = 0;
    let lastOnWhite = 0;
    for (let at = row; at < row + stride; at += channels) {
      const alpha = data[at + channels - 1] ?? 255;
      const onBlack = (brightness(data, at, channels) * alpha) / 255;
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
function brightness(data: Uint8Array, at: number, channels: 2 | 4): number {
  const first = data[at] ?? 0;
  if (channels === 2) return first;
  return 0.299 * first + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}
