export { decode } from "./decode.ts";
export { toPng } from "./encode.ts";
export type { Format, Header } from "./inspect.ts";
export { inspect } from "./inspect.ts";
export type { Box } from "./orientation.ts";
export { toStored } from "./orientation.ts";
export type { Grey, Picture } from "./picture.ts";
export { blur, median, resize, rotate } from "./resample.ts";
