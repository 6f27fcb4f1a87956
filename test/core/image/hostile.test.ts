import { deflateSync } from "node:zlib";
import { VisibleError } from "@imagetotext/core/error";
import { decode, inspect } from "@imagetotext/core/image";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { varieties } from "../../support/images.ts";
import { jpeg, segment } from "../../support/jpeg.ts";
import { COLOUR, chunk, png, pngFile } from "../../support/png.ts";
import { visible } from "../../support/visible.ts";

const MEGABYTE = 1_048_576;
const read = async (bytes: Uint8Array) => decode(bytes, await inspect(bytes));
const grey = { colour: COLOUR.grey, bits: 8 } as const;

/** Runs the work and says how many ms of CPU it took and how many MB the process has grown by. */
async function cost<Result>(work: () => Promise<Result>) {
  const before = process.memoryUsage.rss();
  const started = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(started);
  return {
    result,
    cpuMs: (user + system) / 1_000,
    grownMb: (process.memoryUsage.rss() - before) / MEGABYTE,
  };
}

test.each([9_000, 20_000, 32_000])(
  "refuses a blank png of %i px a side undecoded",
  async (side) => {
    const rows = deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 9 });
    const bytes = pngFile(side, side, { colour: COLOUR.grey, bits: 1 }, rows);
    const { result, cpuMs, grownMb } = await cost(() => visible(inspect(bytes)));
    expect(result.code).toBe("image.too_many_pixels");
    expect(cpuMs).toBeLessThan(500);
    expect(grownMb).toBeLessThan(20);
  },
);

test.each([
  ["zTXt", "comment\0\0"],
  ["iTXt", "XML:com.adobe.xmp\0\x01\0\0\0"],
])("does not unfold a png's 600 compressed comments (%s)", async (type, key) => {
  const folded = deflateSync(Buffer.alloc(7_900_000, 65), { level: 9 });
  const bomb = chunk(type, Buffer.concat([Buffer.from(key, "latin1"), folded]));
  const bytes = png(2, 1, [10, 200], { ...grey, chunks: Array<Buffer>(600).fill(bomb) });
  const { result, cpuMs, grownMb } = await cost(() => read(bytes));
  expect([...result.data]).toEqual([10, 200]);
  expect(cpuMs).toBeLessThan(1_000);
  expect(grownMb).toBeLessThan(100);
});

test("does not unfold a png's colour profile without bound", async () => {
  const profile = Buffer.alloc(200_000_000);
  profile.writeUInt32BE(profile.length, 0);
  profile.write("mntrRGB XYZ ", 12);
  profile.write("acsp", 36);
  const bomb = chunk("iCCP", Buffer.concat([Buffer.from("x\0\0"), deflateSync(profile)]));
  const bytes = png(2, 1, [10, 200], { ...grey, chunks: [bomb, bomb, bomb] });
  const { result, grownMb } = await cost(() => read(bytes));
  expect([...result.data]).toEqual([10, 200]);
  expect(grownMb).toBeLessThan(50);
});

test("does not unfold pixels beyond a png's last row", async () => {
  const rows = deflateSync(Buffer.alloc(500_000_000), { level: 9 });
  const { result, cpuMs, grownMb } = await cost(() => read(pngFile(3, 3, grey, rows)));
  expect(result).toMatchObject({ width: 3, height: 3 });
  expect(cpuMs).toBeLessThan(1_000);
  expect(grownMb).toBeLessThan(50);
});

test("refuses a jpeg that asks for thousands of passes over its pixels", async () => {
  const clean = jpeg(8, 8, [new Uint8Array(64)]);
  const scan = Buffer.concat([segment(0xda, [1, 1, 0, 1, 1, 0]), Buffer.from([0x7f])]);
  const scans = (count: number) => [clean.subarray(0, -2), ...Array<Buffer>(count).fill(scan)];
  const error = await visible(inspect(Buffer.concat([...scans(2_646), clean.subarray(-2)])));
  expect(error.code).toBe("image.damaged");
  expect(error.message).toBe(
    "The jpeg has 2647 scans. Save it again with at most 100, and send the new file.",
  );
});

test("reads a gif with a huge screen or a frame beyond its screen within the limits", async () => {
  const pixels = (bytes: Buffer) =>
    read(bytes).then(
      ({ data }) => data.length,
      () => 0,
    );
  for (const [screen, frame] of [
    [65_535, 1],
    [1, 65_535],
    [10, 9_000],
    [9_000, 10],
  ] as const) {
    const { result, grownMb } = await cost(() => pixels(gif(screen, frame)));
    expect(result).toBeLessThanOrEqual(3 * 40_000_000);
    expect(grownMb).toBeLessThan(400);
  }
  expect((await visible(inspect(gif(1, 65_535)))).code).toBe("image.too_many_pixels");
});

test("refuses a webp whose canvas and picture disagree", async () => {
  const pixel = { create: { width: 20, height: 20, channels: 4, background: "#1238" } } as const;
  const bytes = await sharp(pixel).webp().toBuffer();
  expect(bytes.toString("latin1", 12, 16)).toBe("VP8X");
  bytes.writeUIntLE(9_000 - 1, 24, 3);
  expect((await visible(read(bytes))).code).toBe("image.damaged");
});

test("opens no format but its own, even under another's name", async () => {
  const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>");
  await expect(sharp(svg).metadata()).rejects.toThrow("unsupported image format");
  await expect(sharp("test/fixture/invoice.png").metadata()).rejects.toThrow();
});

test("answers 2,000 mutated images with a picture or a fault of the image", {
  timeout: 60_000,
}, async () => {
  const samples = [...(await varieties())];
  const seen = new Map<string, number>();
  const before = process.memoryUsage.rss();
  const size = fc.constantFrom(
    0,
    1,
    7,
    255,
    301,
    2_000,
    9_999,
    10_001,
    65_535,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
  );
  const share = fc.nat(999).map((thousandths) => thousandths / 1_000);
  const edit = fc.oneof(
    fc.record({
      kind: fc.constant("flip" as const),
      at: share,
      bit: fc.nat(7),
    }),
    fc.record({ kind: fc.constant("flip early" as const), at: fc.nat(60), bit: fc.nat(7) }),
    fc.record({
      kind: fc.constant("cut" as const),
      at: share,
    }),
    fc.record({
      kind: fc.constant("number" as const),
      at: fc.nat(60),
      value: size,
      bytes: fc.constantFrom(2 as const, 4 as const),
      isBig: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("splice" as const),
      at: share,
      from: share,
      other: fc.nat(samples.length - 1),
    }),
  );
  const property = fc.asyncProperty(
    fc.nat(samples.length - 1),
    fc.array(edit, { minLength: 1, maxLength: 3 }),
    async (index, edits) => {
      let bytes = Buffer.from(samples[index]?.[1] ?? []);
      for (const change of edits) bytes = mutate(bytes, change, samples);
      const outcome = await read(bytes).then(
        ({ width, height, channels, data }) => {
          expect(data.length).toBe(width * height * channels);
          return "read";
        },
        (error: unknown) => {
          if (!(error instanceof VisibleError)) throw error;
          expect(error.code).toMatch(/^image\.(empty|damaged|unsupported_format|too_many_pixels)$/);
          return error.code;
        },
      );
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    },
  );
  await fc.assert(property, { seed: 4071, numRuns: 2_000, endOnFailure: true });
  // The mutations must reach the decoder as well as the checks before it.
  expect(seen.get("read")).toBeGreaterThan(500);
  expect(seen.get("image.damaged")).toBeGreaterThan(500);
  expect(seen.get("image.too_many_pixels")).toBeGreaterThan(20);
  expect((process.memoryUsage.rss() - before) / MEGABYTE).toBeLessThan(250);
});

type Edit =
  | { kind: "flip" | "flip early"; at: number; bit: number }
  | { kind: "cut"; at: number }
  | { kind: "number"; at: number; value: number; bytes: 2 | 4; isBig: boolean }
  | { kind: "splice"; at: number; from: number; other: number };

/** Positions are a share of the file, but in its first 60 bytes, where sizes are, they are bytes. */
function mutate(bytes: Buffer, edit: Edit, samples: [string, Uint8Array][]): Buffer<ArrayBuffer> {
  const changed = Buffer.from(bytes);
  const at = edit.at > 1 ? edit.at : Math.floor(edit.at * bytes.length);
  if (edit.kind === "cut") return changed.subarray(0, at);
  if (edit.kind === "splice") {
    const other = samples[edit.other]?.[1] ?? new Uint8Array();
    return Buffer.concat([changed.subarray(0, at), other.subarray(edit.from * other.length)]);
  }
  if (edit.kind === "number") {
    if (at + edit.bytes > changed.length) return changed;
    const value = edit.value % 256 ** edit.bytes;
    if (edit.isBig) changed.writeUIntBE(value, at, edit.bytes);
    else changed.writeUIntLE(value, at, edit.bytes);
  } else if (at < changed.length) {
    changed[at] = (changed[at] ?? 0) ^ (1 << edit.bit);
  }
  return withChecksum(changed);
}

/** A png with an edited header is refused by its checksum alone, so the checksum is put right. */
function withChecksum(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (bytes.length < 33 || bytes.toString("latin1", 12, 16) !== "IHDR") return bytes;
  return Buffer.concat([
    bytes.subarray(0, 8),
    chunk("IHDR", bytes.subarray(16, 29)),
    bytes.subarray(33),
  ]);
}

/** One square frame of a single pixel's code on a square screen; sides in px. */
function gif(screen: number, frame: number): Buffer {
  const bytes = Buffer.from("GIF89a________\0\0\0\0\0\xff\xff\xff,________________", "latin1");
  bytes.writeUInt16LE(screen, 6);
  bytes.writeUInt16LE(screen, 8);
  bytes.set([0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0], 10);
  bytes.writeUInt16LE(frame, 24);
  bytes.writeUInt16LE(frame, 26);
  bytes.set([0, 2, 2, 0x44, 0x01, 0, 0x3b], 28);
  return bytes;
}
