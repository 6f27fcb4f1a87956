/** What faulty-reader.ts does with an image that ends in this word. */
export const MARKS = { hang: "HANG", crash: "CRASH", exit: "EXIT", outOfMemory: "MEMORY" };
