import { createECDH } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Secp256k1 } from '../secp256k1.ts';
import type { TransportEngine } from '../transport-engine.ts';
import { chooseAead } from './aead.ts';

/** What we use of npm's `secp256k1`: Diffie-Hellman that takes the same time for every key. */
interface EcdhBinding {
  /** @param options - `hashfn` makes the answer of both coordinates; the library's own would hash them */
  ecdh(
    point: Uint8Array,
    privateKey: Uint8Array,
    options: { readonly hashfn: (x: Uint8Array, y: Uint8Array) => Uint8Array; readonly xbuf: Uint8Array; readonly ybuf: Uint8Array },
    output: Uint8Array,
  ): Uint8Array;
}

type SharedX = TransportEngine['sharedX'];

/** Diffie-Hellman by npm's prebuilt libsecp256k1: 60 microseconds. Throws where there is none for this machine. */
export function prebuiltSharedX(): SharedX {
  const binding = createRequire(import.meta.url)('secp256k1/bindings') as EcdhBinding;
  return (point, privateKey) => {
    const buffers = { xbuf: new Uint8Array(32), ybuf: new Uint8Array(32) };
    return binding.ecdh(point, privateKey, { hashfn: (x) => x, ...buffers }, new Uint8Array(32));
  };
}

/** Diffie-Hellman by Node's own OpenSSL, which every machine has: some ten times as slow. */
export const opensslSharedX: SharedX = (point, privateKey) => {
  const exchange = createECDH('secp256k1');
  exchange.setPrivateKey(privateKey);
  return new Uint8Array(exchange.computeSecret(point));
};

/** The engine for encrypted connections. The engines of signatures multiply points in a time that depends on the key, so not by them. */
export function chooseTransportEngine(secp256k1: Pick<Secp256k1, 'publicKeyOf'>): TransportEngine {
  let sharedX: SharedX;
  try {
    sharedX = prebuiltSharedX();
  } catch {
    sharedX = opensslSharedX;
  }
  return { publicKeyOf: (privateKey) => secp256k1.publicKeyOf(privateKey), sharedX, aead: chooseAead() };
}
