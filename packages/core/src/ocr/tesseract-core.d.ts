/** The part of tesseract.js-core 7 that engine.ts uses; the package ships no types. */
declare module "tesseract.js-core/tesseract-core-simd-lstm.js" {
  export type TessBaseAPI = {
    /** @returns -1 when the language data is missing or damaged. `oem` 1 is LSTM only. */
    Init(dataPath: null, languages: string, oem: number): number;
    SetVariable(name: string, value: string): boolean;
    /** Reads the file `/input`. @returns 1 when it is not an image. */
    SetImageFile(exifOrientation: number, radians: number): number;
    Recognize(monitor: null): number;
    GetTSVText(page: number): string;
    Version(): string;
    Clear(): void;
    End(): void;
  };
  export type TesseractCore = {
    FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
    TessBaseAPI: new () => TessBaseAPI;
  };
  export default function load(options: {
    print(line: string): void;
    printErr(line: string): void;
    TesseractProgress(percent: number): void;
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ): void;
  }): Promise<TesseractCore>;
}

/** The constants alone; the package types its main file only. */
declare module "tesseract.js/src/constants/PSM.js" {
  const modes: typeof import("tesseract.js").PSM;
  export default modes;
}
