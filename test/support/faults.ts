import { BLANK_PNG } from "./app.ts";

export const FAULTY_READER = new URL("./faulty-reader.ts", import.meta.url);

/** A whole image: decoders ignore what comes after its end. */
export const marked = (mark: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...BLANK_PNG, ...Buffer.from(mark)]);
