import type { Box } from "../image/index.ts";

/**
 * Takes a point of an image that was made from another one back to that other one: the rows of a
 * homography, `x' = (a x + b y + c) / (g x + h y + i)`, `y' = (d x + e y + f) / (g x + h y + i)`.
 */
export type Mapping = readonly [
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
];

export type Size = { width: number; height: number };

export const IDENTITY: Mapping = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** The mapping of an image that was resized from one size to another. */
export function afterResize(from: Size, to: Size): Mapping {
  return [from.width / to.width, 0, 0, 0, from.height / to.height, 0, 0, 0, 1];
}

/** The mapping of an image that was turned clockwise about its centre and grew with it. */
export function afterRotation(from: Size, to: Size, degrees: number): Mapping {
  const cosine = Math.cos((degrees * Math.PI) / 180);
  const sine = Math.sin((degrees * Math.PI) / 180);
  const x = to.width / 2;
  const y = to.height / 2;
  return [
    cosine,
    sine,
    from.width / 2 - cosine * x - sine * y,
    -sine,
    cosine,
    from.height / 2 + sine * x - cosine * y,
    0,
    0,
    1,
  ];
}

/** The mapping of an image that got a border of so many px. */
export function afterBorder(size: number): Mapping {
  return [1, 0, -size, 0, 1, -size, 0, 0, 1];
}

/** First `later`, from the last image to the one between, then `earlier`, from there to the first. */
export function through(later: Mapping, earlier: Mapping): Mapping {
  const [a, b, c, d, e, f, g, h, i] = earlier;
  const [j, k, l, m, n, o, p, q, r] = later;
  return [
    a * j + b * m + c * p,
    a * k + b * n + c * q,
    a * l + b * o + c * r,
    d * j + e * m + f * p,
    d * k + e * n + f * q,
    d * l + e * o + f * r,
    g * j + h * m + i * p,
    g * k + h * n + i * q,
    g * l + h * o + i * r,
  ];
}

export function mapPoint([a, b, c, d, e, f, g, h, i]: Mapping, x: number, y: number) {
  const scale = g * x + h * y + i;
  return { x: (a * x + b * y + c) / scale, y: (d * x + e * y + f) / scale };
}

/** The upright rectangle around the mapped box, in whole px within the image of the given size. */
export function mapBox(mapping: Mapping, { x0, y0, x1, y1 }: Box, { width, height }: Size): Box {
  const corners = [
    mapPoint(mapping, x0, y0),
    mapPoint(mapping, x1, y0),
    mapPoint(mapping, x0, y1),
    mapPoint(mapping, x1, y1),
  ];
  const within = (value: number, limit: number) => Math.min(limit, Math.max(0, Math.round(value)));
  return {
    x0: within(Math.min(...corners.map(({ x }) => x)), width),
    y0: within(Math.min(...corners.map(({ y }) => y)), height),
    x1: within(Math.max(...corners.map(({ x }) => x)), width),
    y1: within(Math.max(...corners.map(({ y }) => y)), height),
  };
}
