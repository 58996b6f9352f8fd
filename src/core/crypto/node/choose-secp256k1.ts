/**
 * Which engine does the signatures, in Node.
 *
 * @module
 */

import { createRequire } from 'node:module';
import { failedEngineCheck } from '../check-engine.ts';
import type { Secp256k1 } from '../secp256k1.ts';
import { secp256k1FromTiny, type TinySecp256k1 } from '../tiny-secp256k1.ts';
import { loadNativeLibrary, secp256k1FromNative } from './native-secp256k1.ts';
import { loadPrebuiltBinding, secp256k1FromPrebuilt } from './prebuilt-secp256k1.ts';

/** An engine by name, or the fastest that is there. */
export type Secp256k1Preference = 'auto' | 'native' | 'prebuilt' | 'wasm';

/** The engine that was asked for cannot be used on this machine; the message says why and what to do. */
export class Secp256k1UnavailableError extends Error {
  override readonly name = 'Secp256k1UnavailableError';
  /** Stable code for answers and logs. */
  readonly code = 'secp256k1-unavailable';
}

/** Where the kernel takes less time than a native library: with fewer checks its lanes and the steps that they share are not filled. */
const TOGETHER_FROM = 12;
/** Where it takes less time than `tiny-secp256k1`. */
const TOGETHER_FROM_WASM = 2;

let wasm: Secp256k1 | undefined;
let prebuilt: Secp256k1 | undefined;
let native: Secp256k1 | undefined;

/**
 * The engine for this process (or worker thread): `native` where the system has it, else `prebuilt` where it loads, else `wasm`, unless
 * one is asked for by name. Its `name` belongs into the start-up line. Each engine is loaded once, only when it is wanted, and must
 * pass fixed vectors.
 *
 * @throws Secp256k1UnavailableError when the one asked for does not load or fails the vectors; for `auto` when none is left
 */
export function chooseSecp256k1(preference: Secp256k1Preference): Secp256k1 {
  if (preference !== 'auto') return ENGINES[preference]();
  const fastest = orUndefined(nativeEngine) ?? orUndefined(prebuiltEngine);
  return fastest === undefined ? wasmEngine() : { ...fastest, togetherFrom: TOGETHER_FROM };
}

/** An engine, or undefined where this machine has none of its kind. */
function orUndefined(engine: () => Secp256k1): Secp256k1 | undefined {
  try {
    return engine();
  } catch (error) {
    if (error instanceof Secp256k1UnavailableError) return undefined;
    throw error;
  }
}

/** WebAssembly, read and compiled at the first call (about 10 ms). */
function wasmEngine(): Secp256k1 {
  wasm ??= {
    ...engineOrThrow('wasm', () => secp256k1FromTiny(createRequire(import.meta.url)('tiny-secp256k1') as TinySecp256k1)),
    togetherFrom: TOGETHER_FROM_WASM,
  };
  return wasm;
}

/** The system's library, loaded at the first call (about 10 ms, koffi's own). */
function nativeEngine(): Secp256k1 {
  native ??= engineOrThrow('native', () => secp256k1FromNative(loadNativeLibrary()));
  return native;
}

/** Native code of an npm package, loaded at the first call (about 10 ms). */
function prebuiltEngine(): Secp256k1 {
  prebuilt ??= engineOrThrow('prebuilt', () => secp256k1FromPrebuilt(loadPrebuiltBinding(), wasmEngine));
  return prebuilt;
}

const ENGINES = { native: nativeEngine, prebuilt: prebuiltEngine, wasm: wasmEngine };

/** What to do where an engine is not there. */
const HINTS = {
  native: 'install libsecp256k1 (0.2.0 or later) and koffi, or choose auto, prebuilt or wasm',
  prebuilt: 'choose auto or wasm',
  wasm: 'install the package again',
};

/** The engine that `load` gives, once it has passed the check; or the error that tells what is wrong with it. */
export function engineOrThrow(name: keyof typeof HINTS, load: () => Secp256k1): Secp256k1 {
  const unavailable = (why: string, options?: ErrorOptions): Secp256k1UnavailableError => {
    return new Secp256k1UnavailableError(`the secp256k1 engine ${name} cannot be used: ${why}; ${HINTS[name]}`, options);
  };
  let engine: Secp256k1;
  try {
    engine = load();
  } catch (cause) {
    throw unavailable(cause instanceof Error ? cause.message.split('\n')[0]! : String(cause), { cause });
  }
  const failed = failedEngineCheck(engine);
  if (failed !== undefined) throw unavailable(`it fails the check of ${failed}`);
  return engine;
}
