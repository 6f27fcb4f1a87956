import { config } from "@imagetotext/core/config";
import * as Image from "@imagetotext/core/image";
import { Engine } from "../../packages/core/src/ocr/engine.ts";
import { type RecogniseOptions, recognise } from "../../packages/core/src/ocr/recognise.ts";
import { RawResponse, type Recognition } from "../../packages/core/src/ocr/result.ts";
import { fixture } from "./app.ts";

let engine: Promise<Engine> | undefined;

/** Reads an image of test/fixture/ocr in this thread. */
export async function readFixture(
  name: string,
  languages: readonly string[] = [],
  options: RecogniseOptions = {},
): Promise<Recognition> {
  engine ??= Engine.create(config().ocr.tessdataDir);
  const bytes = fixture(`ocr/${name}`);
  const header = await Image.inspect(bytes);
  const result = await recognise(await engine, bytes, header, languages, options);
  RawResponse.parse(result.raw);
  return result;
}

export function warningsIn({ raw }: Recognition): string[] {
  return raw.warnings.map(({ code }) => code);
}
