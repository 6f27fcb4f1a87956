export { availableLanguages } from "./language.ts";
export { type PoolOptions, ReaderPool } from "./pool.ts";
export { read } from "./read.ts";
export { RawResponse, type Recognition, warning } from "./result.ts";
