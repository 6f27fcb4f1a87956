import { inspect } from "@imagetotext/core/image";
import { readWithPictures } from "@imagetotext/core/ocr/debug";
import { expect, test } from "vitest";
import { fixture } from "../../support/app.ts";

test("gives what each step made of an image, in order, as files that can be opened", async () => {
  const pictures = new Map<string, Uint8Array>();
  const { text } = await readWithPictures(
    fixture("ocr/photo.jpg"),
    undefined,
    async (name, png) => {
      pictures.set(name, png);
    },
  );
  expect(text).toContain("stands at only £3,902.17");
  const steps = [...pictures.keys()].map((name) => name.replace(/^(\d+-[a-z]+).*/, "$1"));
  expect(steps).toEqual(["01-grey", "02-flat", "03-pose", "04-read", "05-regions"]);
  const first = await inspect(pictures.get("01-grey.png") ?? new Uint8Array());
  const sent = await inspect(fixture("ocr/photo.jpg"));
  expect(first).toMatchObject({ format: "png", width: sent.width, height: sent.height });
});
