export { availableLanguages } from "./language.ts";
export { type PoolOptions, ReaderPool } from "./pool.ts";
export { read } from "./read.ts";
export { RawResponse, type Recognition } from "./result.ts";
export { warning } from "./warning.ts";
