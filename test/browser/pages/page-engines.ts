/**
 * The consensus engine of a page: WebAssembly, which is no part of any bundle of ours and is loaded beside it.
 *
 * @module
 */

import { failedEngineCheck } from '../../../src/core/crypto/check-engine.ts';
import type { Secp256k1 } from '../../../src/core/crypto/secp256k1.ts';
import { createWasmSecp256k1 } from '../../../src/core/crypto/wasm-secp256k1.ts';

const engine = createWasmSecp256k1();
const failed = failedEngineCheck(engine);
if (failed !== undefined) throw new Error(`the engine fails its check: ${failed}`);

/** Stands for the engines that tests in Node run with. */
export const engines: readonly Secp256k1[] = [engine];

/** Stands for the choice that Node has. */
export function chooseSecp256k1(): Secp256k1 {
  return engine;
}
