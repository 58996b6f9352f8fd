import { secp256k1Suite } from '../../../test/support/secp256k1-suite.ts';
import { createNobleSecp256k1 } from './noble-secp256k1.ts';
import { createWasmSecp256k1 } from './wasm-secp256k1.ts';

secp256k1Suite('wasm', createWasmSecp256k1);
// The reference must pass too, or comparing with it would prove nothing.
secp256k1Suite('noble', createNobleSecp256k1, 100);
