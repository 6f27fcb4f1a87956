import type { Box } from "../image/index.ts";

export type Point = { x: number; y: number };

/** Takes a point of an image that was made from another one back to that other one. */
export type Mapping = (x: number, y: number) => Point;

export type Size = { width: number; height: number };

export const IDENTITY: Mapping = (x, y) => ({ x, y });

/** The mapping of an image that was resized from one size to another. Enlarging leaves the first pixel where it is. */
export function afterResize(from: Size, to: Size): Mapping {
  const across = from.width / to.width;
  const down = from.height / to.height;
  const right = Math.max(0, (1 - across) / 2);
  const below = Math.max(0, (1 - down) / 2);
  return (x, y) => ({ x: x * across + right, y: y * down + below });
}

/** The mapping of an image that was turned clockwise about its centre and grew with it. */
export function afterRotation(from: Size, to: Size, degrees: number): Mapping {
  const cosine = Math.cos((degrees * Math.PI) / 180);
  const sine = Math.sin((degrees * Math.PI) / 180);
  return (x, y) => {
    const [right, down] = [x - to.width / 2, y - to.height / 2];
    return {
      x: from.width / 2 + cosine * right + sine * down,
      y: from.height / 2 - sine * right + cosine * down,
    };
  };
}

/** The mapping of an image that got a border of so many px. */
export function afterBorder(size: number): Mapping {
  return (x, y) => ({ x: x - size, y: y - size });
}

/** First `later`, from the last image to the one between, then `earlier`, from there to the first. */
export function through(later: Mapping, earlier: Mapping): Mapping {
  return (x, y) => {
    const between = later(x, y);
    return earlier(between.x, between.y);
  };
}

/** The upright rectangle around the mapped box, in whole px within the image of the given size. */
export function mapBox(mapping: Mapping, { x0, y0, x1, y1 }: Box, { width, height }: Size): Box {
  const corners = [mapping(x0, y0), mapping(x1, y0), mapping(x0, y1), mapping(x1, y1)];
  const within = (value: number, limit: number) => Math.min(limit, Math.max(0, Math.round(value)));
  return {
    x0: within(Math.min(...corners.map(({ x }) => x)), width),
    y0: within(Math.min(...corners.map(({ y }) => y)), height),
    x1: within(Math.max(...corners.map(({ x }) => x)), width),
    y1: within(Math.max(...corners.map(({ y }) => y)), height),
  };
}
