/**
 * The engine `wasm`, loaded with this file: for bundles, and for places without the Node-only engines. Importing it costs about
 * 10 ms; Node's own start goes through node/choose-secp256k1.ts, which loads late.
 *
 * @module
 */

import * as tiny from 'tiny-secp256k1';
import type { Secp256k1 } from './secp256k1.ts';
import { secp256k1FromTiny } from './tiny-secp256k1.ts';

/** The engine `wasm`. All instances share the library's one memory, so one a thread is as good as many. */
export function createWasmSecp256k1(): Secp256k1 {
  return secp256k1FromTiny(tiny);
}
