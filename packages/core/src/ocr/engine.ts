import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
// The package's main file loads all of tesseract.js, which took each thread 15 ms.
import PSM from "tesseract.js/src/constants/PSM.js";
import load, {
  type TessBaseAPI,
  type TesseractCore,
} from "tesseract.js-core/tesseract-core-simd-lstm.js";
import type { Box, Grey } from "../image/index.ts";

/** What tesseract is to expect: a page to analyse, one block of lines, or one line. */
export const LAYOUT = {
  page: PSM.AUTO,
  block: PSM.SINGLE_BLOCK,
  line: PSM.SINGLE_LINE,
} as const;

export type Layout = (typeof LAYOUT)[keyof typeof LAYOUT];

/**
 * Tesseract reads a line of less confidence (0..1) again with black and white exchanged, for light text
 * on dark parts of a page. Such text reads far below this. Tesseract's own 0.7 made two forms 5 % dearer, and
 * changed no word of twelve images that were compared.
 */
const REREAD_INVERTED_BELOW = "0.5";

/** A word as tesseract read it; block, paragraph and line count from 1 within their parent. */
export type EngineWord = {
  text: string;
  /** 0..100 */
  confidence: number;
  box: Box;
  block: number;
  paragraph: number;
  line: number;
};

/**
 * Tesseract, in this thread. The core of tesseract.js is driven directly, without tesseract.js's own
 * worker_threads layer, because that layer
 * - throws rejections as uncaught exceptions and never settles on bad language data,
 * - loads the core with the legacy classifier in Node (tesseract.js issue 1034), which adapts to the
 *   documents it reads, so that one caller's image would change what the next one gets,
 * - takes 360 ms to start where this takes 80 ms (2 cores, Node 24).
 * Calls are synchronous: give an engine a thread of its own (reader.ts).
 */
export class Engine {
  readonly #core: TesseractCore;
  readonly #memory: WebAssembly.Memory;
  readonly #tessdataDir: string;
  #api: TessBaseAPI | undefined;
  #languages = "";

  private constructor(core: TesseractCore, memory: WebAssembly.Memory, tessdataDir: string) {
    this.#core = core;
    this.#memory = memory;
    this.#tessdataDir = tessdataDir;
  }

  /** @param tessdataDir folder of plain `<language>.traineddata` files */
  static async create(tessdataDir: string): Promise<Engine> {
    const { resolve } = createRequire(import.meta.url);
    const wasm = await readFile(resolve("tesseract.js-core/tesseract-core-simd-lstm.wasm"));
    const memory = Promise.withResolvers<WebAssembly.Memory>();
    const silent = () => {};
    const core = await load({
      print: silent,
      printErr: silent,
      TesseractProgress: silent,
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(wasm, imports).then(({ instance }) => {
          const exported = Object.values(instance.exports);
          const found = exported.find((value) => value instanceof WebAssembly.Memory);
          if (found) memory.resolve(found);
          receive(instance);
        }, memory.reject);
      },
    });
    return new Engine(core, await memory.promise, tessdataDir);
  }

  /** Whether there is data for the language. */
  has(language: string): boolean {
    return existsSync(this.#pathOf(language));
  }

  /**
   * Makes the next `read` use these languages, first the main one. Costs nothing when they are in
   * use already, otherwise 5 to 60 ms a language.
   * @throws Error when the data of one is missing or damaged; the engine is unusable then.
   */
  async use(languages: readonly string[]): Promise<void> {
    const wanted = languages.join("+");
    if (wanted === this.#languages) return;
    for (const language of languages) {
      this.#core.FS.writeFile(fileOf(language), await this.#dataOf(language));
    }
    this.#api?.End();
    this.#languages = "";
    this.#api = new this.#core.TessBaseAPI();
    const lstmOnly = 1;
    if (this.#api.Init(null, wanted, lstmOnly) === -1) {
      throw new Error(`tesseract cannot use the language data of ${wanted}`);
    }
    // Tesseract has what it needs of it; the files would stay in memory.
    for (const language of languages) this.#core.FS.unlink(fileOf(language));
    this.#api.SetVariable("invert_threshold", REREAD_INVERTED_BELOW);
    this.#languages = wanted;
  }

  /** Reads one image. Words come in tesseract's reading order. */
  read(image: Grey, layout: Layout = LAYOUT.page): EngineWord[] {
    const api = this.#api;
    if (!api) throw new Error("Engine.read before Engine.use");
    api.SetVariable("tessedit_pageseg_mode", layout);
    this.#core.FS.writeFile("/input", portableGreyMap(image));
    try {
      if (api.SetImageFile(1, 0) === 1) throw new Error("tesseract cannot read its input");
      api.Recognize(null);
      return parseTsv(api.GetTSVText(0));
    } finally {
      api.Clear();
      this.#core.FS.unlink("/input");
    }
  }

  /** The codes in use, the main one first. */
  get languages(): string[] {
    return this.#languages.split("+");
  }

  /** For example `5.1.0`. */
  get version(): string {
    return this.#api?.Version() ?? "";
  }

  /** Bytes of WebAssembly memory. It grows with the largest image read and never shrinks. */
  get heapBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  #pathOf(language: string): string {
    return join(this.#tessdataDir, `${language}.traineddata`);
  }

  async #dataOf(language: string): Promise<Uint8Array> {
    const data = await readFile(this.#pathOf(language));
    // A file of zeros names no parts. Tesseract would take it and find no text, without an error.
    if (data.length < 4 || data.readInt32LE(0) <= 0) {
      throw new Error(`${language}.traineddata is damaged`);
    }
    return data;
  }
}

/** Where tesseract looks for the data of a language, in the file system in memory. */
function fileOf(language: string): string {
  return `./${language}.traineddata`;
}

/** https://netpbm.sourceforge.net/doc/pgm.html: what leptonica reads with the least work. */
function portableGreyMap(image: Grey): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${image.width} ${image.height}\n255\n`), image.data]);
}

/** Columns: level page block paragraph line word left top width height confidence text. */
function parseTsv(tsv: string): EngineWord[] {
  const words: EngineWord[] = [];
  for (const row of tsv.split("\n")) {
    const [level, , block, paragraph, line, , left, top, width, height, confidence, text] =
      row.split("\t");
    if (level !== "5" || !text?.trim()) continue;
    words.push({
      text,
      confidence: Math.max(0, Number(confidence)),
      box: {
        x0: Number(left),
        y0: Number(top),
        x1: Number(left) + Number(width),
        y1: Number(top) + Number(height),
      },
      block: Number(block),
      paragraph: Number(paragraph),
      line: Number(line),
    });
  }
  return words;
}
