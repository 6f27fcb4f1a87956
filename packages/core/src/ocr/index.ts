export { availableLanguages, parseLanguages } from "./language.ts";
export { type PoolOptions, ReaderPool } from "./pool.ts";
export { RawResponse, type Recognition, warning } from "./result.ts";
