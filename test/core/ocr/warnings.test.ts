import { expect, test } from "vitest";
import { readFixture, warningsIn } from "../../support/recognise.ts";

test.each([
  ["handwriting.png", "likely_handwriting"],
  ["blurred.jpg", "blurred"],
  ["two-scripts.png", "mixed_scripts"],
  ["deu.png", "wrong_language_suspected"],
])("%s is read with the warning %s", async (name, code) => {
  expect(warningsIn(await readFixture(name))).toEqual([code]);
});

test.each(["page.png", "bookscan.png", "table.png", "small.png", "columns.png"])(
  "an ordinary page has no warning: %s",
  async (name) => {
    expect(warningsIn(await readFixture(name))).toEqual([]);
  },
);
