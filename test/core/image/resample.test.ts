import { resize, rotate } from "@imagetotext/core/image";
import { expect, test } from "vitest";

const grey = (width: number, ...levels: number[]) => ({
  width,
  height: levels.length / width,
  data: Uint8Array.from(levels),
});

test("resizes to exactly the size asked for, whatever the shape", async () => {
  const row = [10, 10, 90, 90, 90, 90, 10, 10];
  const narrow = await resize(grey(8, ...row, ...row), 4, 2);
  expect(narrow).toMatchObject({ width: 4, height: 2 });
  expect([...narrow.data]).toEqual([15, 86, 86, 15, 15, 86, 86, 15]);
});

test("resizes with the smooth steps of a cubic, which overshoot a little", async () => {
  const { data } = await resize(grey(2, 60, 190), 8, 1);
  expect([...data]).toEqual([60, 89, 125, 161, 190, 204, 202, 195]);
});

test("keeps the pixels of the image when it doubles both sides", async () => {
  const square = grey(3, 0, 0, 0, 0, 240, 0, 0, 0, 0);
  const { data } = await resize(square, 6, 6);
  const middle = [...data.subarray(12, 18)];
  expect(middle).toEqual([0, 143, 240, 143, 0, 0]);
  expect([...data.filter((_, i) => i % 6 === 2)]).toEqual(middle);
});

test("turns clockwise, without loss by quarter turns", async () => {
  const turned = await rotate(grey(3, 1, 2, 3, 4, 5, 6), 90, 0);
  expect({ ...turned, data: [...turned.data] }).toEqual({
    width: 2,
    height: 3,
    data: [4, 1, 5, 2, 6, 3],
  });
  const around = await rotate(grey(3, 1, 2, 3, 4, 5, 6), 180, 0);
  expect([...around.data]).toEqual([6, 5, 4, 3, 2, 1]);
});

test("grows when it turns askew and fills the corners with the background", async () => {
  const level = grey(40, ...Array<number>(40 * 20).fill(200));
  const turned = await rotate(level, 45, 17);
  expect(turned.width).toBe(42);
  expect(turned.height).toBe(42);
  expect(turned.data[0]).toBe(17);
  expect(turned.data[21 * 42 + 21]).toBe(200);
  expect(turned.data.length).toBe(42 * 42);
});
