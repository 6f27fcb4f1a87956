/**
 * How a stored picture must be turned to stand upright, as EXIF numbers it (tag 0x0112): 1 as it is,
 * 2 mirrored, 3 by 180 degrees, 4 flipped, 5 transposed, 6 by 90 clockwise, 7 transversed, 8 by 270.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** A rectangle in px from the top left; x1 and y1 are the first column and row outside. */
export type Box = { x0: number; y0: number; x1: number; y1: number };

/** The size and orientation of a picture as stored in its file. */
type Stored = { width: number; height: number; orientation: Orientation };

/** What EXIF says, where it says something valid; else upright. */
export function orientationFrom(exif: number | undefined): Orientation {
  return isOrientation(exif) ? exif : 1;
}

/** The size in px of the picture once it stands upright. */
export function uprightSize({ width, height, orientation }: Stored) {
  return orientation < 5 ? { width, height } : { width: height, height: width };
}

/** Maps a box of the upright picture to the pixels as stored in the file. */
export function toStored(box: Box, { width, height, orientation }: Stored): Box {
  const { x0, y0, x1, y1 } = box;
  switch (orientation) {
    case 1:
      return { x0, y0, x1, y1 };
    case 2:
      return { x0: width - x1, y0, x1: width - x0, y1 };
    case 3:
      return { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 };
    case 4:
      return { x0, y0: height - y1, x1, y1: height - y0 };
    case 5:
      return { x0: y0, y0: x0, x1: y1, y1: x1 };
    case 6:
      return { x0: y0, y0: height - x1, x1: y1, y1: height - x0 };
    case 7:
      return { x0: width - y1, y0: height - x1, x1: width - y0, y1: height - x0 };
    case 8:
      return { x0: width - y1, y0: x0, x1: width - y0, y1: x1 };
  }
}

function isOrientation(value: number | undefined): value is Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8;
}
