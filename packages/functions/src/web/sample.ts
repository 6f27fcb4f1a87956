import type { ExtractAnswer } from "../api/schema.ts";
import sample from "./sample.json" with { type: "json" };

/**
 * What the API really answers to asset/receipt.jpg. A test compares it with the engine; after a change
 * of the recognition `npx vitest run --config test/vitest.config.ts sample -u` writes it again.
 */
export const sampleAnswer = sample as ExtractAnswer;

/** The answer as a reader of the documentation sees it. @param detail how much of raw_response to show */
export function sampleJson(detail: "text" | "boxes"): string {
  const { raw_response, ...data } = sampleAnswer.data;
  const [page] = raw_response.pages;
  const [block] = page?.blocks ?? [];
  const [line] = block?.lines ?? [];
  const cut = "…";
  const shown = {
    ...raw_response,
    pages: [
      {
        ...page,
        text: cut,
        blocks: [
          {
            ...block,
            text: cut,
            lines: [{ ...line, words: [...(line?.words.slice(0, 1) ?? []), cut] }, cut],
          },
          cut,
        ],
      },
    ],
  };
  const answer = {
    success: true,
    data: { ...data, raw_response: detail === "text" ? cut : shown },
  };
  return JSON.stringify(answer, null, 2)
    .replaceAll(`"${cut}"`, cut)
    .replace(
      /\{\s+("x0": \d+),\s+("y0": \d+),\s+("x1": \d+),\s+("y1": \d+)\s+\}/g,
      "{ $1, $2, $3, $4 }",
    );
}
