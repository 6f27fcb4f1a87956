/** The part of WebAssembly that engine.ts uses: neither lib es2024 nor @types/node declares it. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  type Instance = { exports: Record<string, unknown> };
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  function instantiate(bytes: Uint8Array, imports: Imports): Promise<{ instance: Instance }>;
}
