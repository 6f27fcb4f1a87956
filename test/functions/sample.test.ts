import { expect, test } from "vitest";
import { makeAccount } from "../support/account.ts";
import { expectStatus, fixture, formRequest, png, useApp } from "../support/app.ts";

const app = useApp();

test("the answer that the pages show is what the API answers to the sample", async () => {
  const { token } = await makeAccount();
  const file = png(fixture("receipt.jpg"), "image/jpeg");
  const response = await app.request(
    "/api/ocr/extract-text-from-file",
    formRequest(token, { file }),
  );
  const answer = await expectStatus(response, 200);
  // The one thing that differs from run to run.
  answer.data.processing_time = 0.36;
  await expect(`${JSON.stringify(answer)}\n`).toMatchFileSnapshot(
    "../../packages/functions/src/web/sample.json",
  );
});
