import { decode, inspect, toStored } from "@imagetotext/core/image";
import { expect, test } from "vitest";
import { exif, exifSegment, jpeg } from "../../support/jpeg.ts";
import { COLOUR, chunk, png } from "../../support/png.ts";

// The same upright picture, abc over def, as a file of each orientation stores it.
const STORED = [
  { orientation: 1, rows: ["abc", "def"] },
  { orientation: 2, rows: ["cba", "fed"] },
  { orientation: 3, rows: ["fed", "cba"] },
  { orientation: 4, rows: ["def", "abc"] },
  { orientation: 5, rows: ["ad", "be", "cf"] },
  { orientation: 6, rows: ["cf", "be", "ad"] },
  { orientation: 7, rows: ["fc", "eb", "da"] },
  { orientation: 8, rows: ["da", "eb", "fc"] },
] as const;
const LEVELS = { a: 10, b: 50, c: 90, d: 130, e: 170, f: 210 };

const levelsOf = (rows: readonly string[]) =>
  [...rows.join("")].map((letter) => LEVELS[letter as keyof typeof LEVELS]);

test.each(STORED)(
  "turns a jpeg of orientation $orientation upright, in both byte orders",
  async ({ orientation, rows }) => {
    const width = rows[0].length * 8;
    const height = rows.length * 8;
    // One letter is one block of 8 x 8 px, which a jpeg stores exactly.
    const levels = levelsOf(rows);
    const plane = Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return levels[Math.floor(y / 8) * rows[0].length + Math.floor(x / 8)] ?? 0;
    });
    for (const order of ["II", "MM"] as const) {
      const bytes = jpeg(width, height, [plane], { segments: [exifSegment(orientation, order)] });
      const header = await inspect(bytes);
      expect(header).toMatchObject({ width, height, orientation });
      const upright = await decode(bytes, header);
      expect(upright).toMatchObject({ width: 24, height: 16, channels: 1 });
      const corners = [0, 8, 16].map((x) => upright.data[x]);
      const below = [0, 8, 16].map((x) => upright.data[8 * 24 + x]);
      expect([corners, below]).toEqual([
        [10, 50, 90],
        [130, 170, 210],
      ]);
    }
  },
);

test.each(STORED)(
  "turns a png of orientation $orientation upright",
  async ({ orientation, rows }) => {
    const chunks = [chunk("eXIf", exif(orientation, "MM"))];
    const bytes = png(rows[0].length, rows.length, levelsOf(rows), {
      colour: COLOUR.grey,
      bits: 8,
      chunks,
    });
    const upright = await decode(bytes, await inspect(bytes));
    expect(upright).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect([...upright.data]).toEqual([10, 50, 90, 130, 170, 210]);
  },
);

test.each(STORED)(
  "maps boxes back to a file of orientation $orientation",
  ({ orientation, rows }) => {
    const header = {
      format: "png",
      width: rows[0].length,
      height: rows.length,
      frames: 1,
      orientation,
    } as const;
    const upright = ["abc", "def"];
    for (const letter of "abcdef") {
      const at = (grid: readonly string[]) => {
        const y = grid.findIndex((row) => row.includes(letter));
        const x = grid[y]?.indexOf(letter) ?? -1;
        return { x0: x, y0: y, x1: x + 1, y1: y + 1 };
      };
      expect(toStored(at(upright), header), letter).toEqual(at(rows));
    }
  },
);

test("maps a wide box of a picture on its side to a tall one", () => {
  const header = { format: "jpeg", width: 100, height: 40, frames: 1, orientation: 6 } as const;
  expect(toStored({ x0: 5, y0: 10, x1: 25, y1: 13 }, header)).toEqual({
    x0: 10,
    y0: 15,
    x1: 13,
    y1: 35,
  });
});

test("takes an orientation that EXIF does not know for upright", async () => {
  for (const orientation of [0, 9, 65_535]) {
    const segments = [exifSegment(orientation, "II")];
    const bytes = jpeg(8, 8, [new Uint8Array(64)], { segments });
    expect((await inspect(bytes)).orientation).toBe(1);
  }
});
