import { VisibleError } from "@imagetotext/core/error";
import { expect } from "vitest";

/** The failure a caller would see. Anything else that is thrown, or nothing, fails the test. */
export async function visible(work: Promise<unknown>): Promise<VisibleError> {
  const outcome = await work.then(
    () => "no error",
    (error: unknown) => error,
  );
  if (!(outcome instanceof VisibleError)) expect.fail(`expected a VisibleError, got ${outcome}`);
  return outcome;
}
