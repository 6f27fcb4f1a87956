import type { Box, Grey } from "../image/index.ts";
import { type Component, findComponents } from "./components.ts";
import type { Engine, EngineWord } from "./engine.ts";
import { histogram, splitGreys } from "./histogram.ts";
import { findLines, type ReadLine, readLine } from "./lines.ts";

const MIN_CONFIDENCE = 60;

/**
 * Reads an image of a few words, in which layout analysis finds no text: looks for rows of components
 * of both polarities and reads each as one line. It would tear a page or a form apart.
 * @param most readings of a line at most
 */
export async function readLabels(engine: Engine, image: Grey, most: number): Promise<EngineWord[]> {
  const { threshold } = splitGreys(histogram(image.data));
  const candidates = [false, true].flatMap((inkIsLight) =>
    findLines(
      findComponents(image, threshold, inkIsLight)?.filter((c) => couldBeLetter(c, image)) ?? [],
      inkIsLight,
    ).filter(({ count }) => count > 1),
  );
  const labels: ReadLine[] = [];
  let readings = 0;
  for (const candidate of candidates.sort((a, b) => b.count - a.count)) {
    const rival = labels.find((label) => overlapShare(label, candidate) > 0.5);
    if (rival && (rival.confidence >= 80 || rival.count >= 1.5 * candidate.count)) continue;
    if (++readings > most) break;
    const label = await readLine(engine, image, candidate);
    if (!rival) labels.push(label);
    else if (label.confidence > rival.confidence + 3)
      labels.splice(labels.indexOf(rival), 1, label);
  }
  return labels
    .filter(({ confidence }) => confidence >= MIN_CONFIDENCE)
    .flatMap(({ words }, i) =>
      words.map((word) => ({ ...word, block: 1, paragraph: 1, line: i + 1 })),
    );
}

function couldBeLetter({ x0, y0, x1, y1, area }: Component, image: Grey): boolean {
  const width = x1 - x0;
  const height = y1 - y0;
  return (
    height >= 7 &&
    height < 0.8 * image.height &&
    width >= 2 &&
    width < 2.5 * height &&
    height < 14 * width &&
    area > 0.15 * width * height
  );
}

/** The part of the smaller box that the two share, 0..1. */
export function overlapShare(a: Box, b: Box): number {
  const across = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const down = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  if (across <= 0 || down <= 0) return 0;
  const area = ({ x0, y0, x1, y1 }: Box) => (x1 - x0) * (y1 - y0);
  return (across * down) / Math.min(area(a), area(b));
}
