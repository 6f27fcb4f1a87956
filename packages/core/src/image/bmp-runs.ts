import { VisibleError } from "../error.ts";

/**
 * Expands the run-length code of a bmp to one byte for each palette index, rows in the order of the
 * file. What the code skips has index 0; what it writes beyond a row's end is dropped.
 * https://learn.microsoft.com/windows/win32/gdi/bitmap-compression
 * @param isBytes an index is a byte (RLE8), else half of one (RLE4)
 * @throws VisibleError image.damaged when the code ends before the picture does
 */
export function expandRuns(
  code: Uint8Array,
  isBytes: boolean,
  width: number,
  height: number,
): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [at, x, y] = [0, 0, 0];
  const next = () => {
    const byte = code[at++];
    if (byte === undefined) throw new VisibleError("image.damaged");
    return byte;
  };
  const put = (index: number) => {
    if (x < width) indices[y * width + x] = index;
    x++;
  };
  // The last row may end at the end of the file, without a mark.
  while (y < height && !(y === height - 1 && x >= width && at >= code.length)) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(isBytes ? value : nibble(value, i));
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      x += next();
      y += next();
    } else {
      const bytes = isBytes ? value : Math.ceil(value / 2);
      let byte = 0;
      for (let i = 0; i < value; i++) {
        if (isBytes || i % 2 === 0) byte = next();
        put(isBytes ? byte : nibble(byte, i));
      }
      // Literal indices are padded to an even count of bytes.
      at += bytes % 2;
    }
  }
  return indices;
}

/** The high half of the byte for even positions, the low half for odd ones. */
function nibble(byte: number, position: number): number {
  return position % 2 === 0 ? byte >> 4 : byte & 15;
}
