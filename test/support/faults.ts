import { BLANK_PNG } from "./app.ts";

/** What faulty-reader.ts does with an image that ends in this word. */
export const MARKS = { hang: "HANG", crash: "CRASH", exit: "EXIT", outOfMemory: "MEMORY" };

export const FAULTY_READER = new URL("./faulty-reader.ts", import.meta.url);

/** A whole image: decoders ignore what comes after its end. */
export const marked = (mark: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...BLANK_PNG, ...Buffer.from(mark)]);
