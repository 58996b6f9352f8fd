/**
 * What the pure floors use beyond the language itself: WebAssembly, for the kernels in `core/crypto`. Every place that runs this
 * code has it (Node, workers, browsers); neither `lib: ES2022` nor Node's types declare it. Nothing else belongs in this list.
 */

interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB and returns how many there were; arrays over the old buffer become empty. Throws a RangeError when refused. */
  grow(pages: number): number;
}

interface WebAssemblyModule {
  readonly __webAssemblyModule: never;
}

interface WebAssemblyInstance {
  readonly exports: unknown;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WebAssemblyModule;
  readonly Instance: new (module: WebAssemblyModule, imports: Readonly<Record<string, unknown>>) => WebAssemblyInstance;
};
