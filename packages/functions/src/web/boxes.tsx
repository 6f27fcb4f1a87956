import type { RawResponse } from "@imagetotext/core/ocr";

/** A picture with a box around each word, coloured by how sure the engine is. */
export function Boxes(props: { raw: RawResponse; src: string; alt: string }) {
  const { raw, src, alt } = props;
  const { width, height } = raw.image;
  const words = raw.pages.flatMap((page) => page.blocks).flatMap((block) => block.lines);
  return (
    <figure class="boxes">
      <div class="frame">
        <img src={src} alt={alt} width={width} height={height} />
        <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {words
            .flatMap((line) => line.words)
            .map(({ bbox: { x0, y0, x1, y1 }, confidence }) => (
              <rect
                class={sureness(confidence)}
                x={x0 - 3}
                y={y0 - 3}
                width={x1 - x0 + 6}
                height={y1 - y0 + 6}
                rx={3}
              />
            ))}
        </svg>
      </div>
      <figcaption>
        <Legend />
      </figcaption>
    </figure>
  );
}

/** What the colours say. */
export function Legend() {
  return (
    <>
      Confidence: <span class="key">90 and more</span>
      <span class="key fair">70 to 89</span>
      <span class="key poor">less: look twice</span>
    </>
  );
}

/** playground.js draws by the same rule. @param confidence 0..100 */
function sureness(confidence: number): "good" | "fair" | "poor" {
  if (confidence >= 90) return "good";
  return confidence >= 70 ? "fair" : "poor";
}
