import type { Grey, Picture } from "../image/index.ts";
import { histogram, percentile } from "./histogram.ts";

/** True when more than 2 % of the pixels have a colour, so that brightness may not tell text from paper. */
export function isColourful({ channels, data }: Picture): boolean {
  if (channels === 1) return false;
  const stride = 3 * Math.max(1, Math.floor(data.length / 3 / 50_000));
  let coloured = 0;
  for (let i = 0; i < data.length; i += stride) {
    const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 40) coloured++;
  }
  return coloured > 0.02 * (data.length / stride);
}

/**
 * How far each pixel's colour is from that of its surroundings: paper becomes white and text black,
 * whichever of them is brighter, and even where both are equally bright.
 * @param textHeight px, 0 when unknown; the median colour of two text heights is the background
 */
export function distanceFromBackground(picture: Picture, textHeight: number): Grey {
  const { width, height, channels, data } = picture;
  const block = Math.round(2 * Math.min(80, Math.max(10, textHeight || 20)));
  const across = Math.ceil(width / block);
  const down = Math.ceil(height / block);
  const squares = new Float32Array(width * height);
  for (let channel = 0; channel < channels; channel++) {
    const ground = medianOfNine(
      medianOfBlocks(picture, channel, block, across, down),
      across,
      down,
    );
    for (let y = 0; y < height; y++) {
      const v = Math.min(down - 1, Math.max(0, (y + 0.5) / block - 0.5));
      const top = Math.floor(v) * across;
      const bottom = Math.min(down - 1, Math.floor(v) + 1) * across;
      const fy = v - Math.floor(v);
      for (let x = 0; x < width; x++) {
        const u = Math.min(across - 1, Math.max(0, (x + 0.5) / block - 0.5));
        const left = Math.floor(u);
        const right = Math.min(across - 1, left + 1);
        const fx = u - left;
        const above = (ground[top + left] ?? 0) * (1 - fx) + (ground[top + right] ?? 0) * fx;
        const below = (ground[bottom + left] ?? 0) * (1 - fx) + (ground[bottom + right] ?? 0) * fx;
        const at = y * width + x;
        const difference = (data[at * channels + channel] ?? 0) - above * (1 - fy) - below * fy;
        squares[at] = (squares[at] ?? 0) + difference * difference;
      }
    }
  }
  return asInk(squares, width, height);
}

/** Text is 1.5 % of the pixels at least; what is further away than it is black. */
function asInk(squares: Float32Array, width: number, height: number): Grey {
  const distances = new Uint8Array(squares.length);
  for (let i = 0; i < squares.length; i++) distances[i] = Math.min(255, Math.sqrt(squares[i] ?? 0));
  const black = Math.max(25, percentile(histogram(distances), 0.985));
  for (let i = 0; i < distances.length; i++) {
    distances[i] = 255 - Math.min(255, ((distances[i] ?? 0) * 255) / black);
  }
  return { width, height, data: distances };
}

function medianOfBlocks(
  { width, height, channels, data }: Picture,
  channel: number,
  block: number,
  across: number,
  down: number,
): Uint8Array {
  const medians = new Uint8Array(across * down);
  const counts = new Uint32Array(256);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      counts.fill(0);
      const right = Math.min(width, (column + 1) * block);
      const bottom = Math.min(height, (row + 1) * block);
      for (let y = row * block; y < bottom; y++) {
        for (let x = column * block; x < right; x++) {
          const value = data[(y * width + x) * channels + channel] ?? 0;
          counts[value] = (counts[value] ?? 0) + 1;
        }
      }
      medians[row * across + column] = percentile(counts, 0.5);
    }
  }
  return medians;
}

/** A block that text fills takes the background of those around it. */
function medianOfNine(blocks: Uint8Array, across: number, down: number): Uint8Array {
  const out = new Uint8Array(blocks.length);
  const nine = new Uint8Array(9);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      for (let k = 0; k < 9; k++) {
        const row = Math.min(down - 1, Math.max(0, y + Math.floor(k / 3) - 1));
        const column = Math.min(across - 1, Math.max(0, x + (k % 3) - 1));
        nine[k] = blocks[row * across + column] ?? 0;
      }
      out[y * across + x] = nine.sort()[4] ?? 0;
    }
  }
  return out;
}
