import { expect, test } from "vitest";
import { withPairedBrackets } from "../../../packages/core/src/ocr/brackets.ts";

test.each([
  ["{203)", "(203)"],
  ["(INCY.O},", "(INCY.O),"],
  ["Amount{s)", "Amount(s)"],
  ["{000130316}", "(000130316)"],
  ["{1,204.50}", "(1,204.50)"],
])("the brackets of %s become round", (read, meant) => {
  expect(withPairedBrackets(read)).toBe(meant);
});

test.each([
  "{String}",
  "({",
  "})",
  "{0}",
  "{1,2,3}",
  "[a-z]{1,3}",
  "x^{100}",
  "width={100}",
  "f({x})",
  "[--bare]",
  "(--git-dir]",
  "a)",
])("%s stays as it is", (read) => {
  expect(withPairedBrackets(read)).toBe(read);
});
