/**
 * Blocks and transactions for tests: built on any parent, mined on the spot where a network is easy enough.
 *
 * Everything is determined by the arguments, so the same test makes the same blocks. What a test wants to be wrong it makes wrong with
 * `rebuild`, which keeps the rest right.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { hash160, sha256d } from '../../src/core/crypto/sha256.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import type { BlockHash } from '../../src/core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxInput, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction, writeTxOutput } from '../../src/core/primitives/transaction.ts';

export type { BuildOptions, BuildParent } from '../../src/attacks/build-block.ts';
export {
  buildBlock,
  buildChain,
  buildCoinbase,
  childOf,
  genesisParent,
  mineHeader,
  OP_RETURN,
  OP_TRUE,
  rebuild,
  rootOf,
} from '../../src/attacks/build-block.ts';

const NO_WITNESS: readonly Uint8Array[] = [];

/** An output that a test spends, and the key where it pays to one (P2WPKH); without a key its script must be `OP_TRUE`. */
export interface SpendInput {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
  readonly privateKey?: Uint8Array;
  readonly sequence?: number;
}

/** What `spend` makes a transaction of. */
export interface SpendOptions {
  readonly inputs: readonly SpendInput[];
  readonly outputs: readonly TxOutput[];
  /** Signs; needed where any input has a key. */
  readonly secp256k1?: Secp256k1;
  readonly lockTime?: number;
  readonly version?: number;
}

/** One output of a transaction as something to spend. */
export function outputOf(tx: Transaction, vout = 0, privateKey?: Uint8Array): SpendInput {
  const input = { outPoint: { txid: tx.txid, vout }, value: tx.outputs[vout]!.value };
  return privateKey === undefined ? input : { ...input, privateKey };
}

/** The output script of P2WPKH for a key. */
export function p2wpkhScript(privateKey: Uint8Array, secp256k1: Secp256k1): Uint8Array {
  return concatBytes(Uint8Array.of(0, 20), hash160(publicKeyOf(privateKey, secp256k1)));
}

function publicKeyOf(privateKey: Uint8Array, secp256k1: Secp256k1): Uint8Array {
  const key = secp256k1.publicKeyOf(privateKey);
  if (key === undefined) throw new Error('no private key');
  return key;
}

/** A transaction that spends outputs of `OP_TRUE` and P2WPKH. Fees are what the outputs leave. */
export function spend(options: SpendOptions): Transaction {
  const { outputs, secp256k1, version = 2, lockTime = 0 } = options;
  const bare = options.inputs.map(({ outPoint, sequence = 0xfffffffd }) => ({
    prevout: outPoint,
    scriptSig: new Uint8Array(),
    sequence,
    witness: NO_WITNESS,
  }));
  const fields = { version, inputs: bare, outputs, lockTime };
  const inputs = options.inputs.map(({ privateKey, value }, index): TxInput => {
    if (privateKey === undefined) return bare[index]!;
    if (secp256k1 === undefined) throw new Error('spending from a key needs secp256k1');
    const key = publicKeyOf(privateKey, secp256k1);
    const signature = encodeDer(secp256k1.signEcdsa(p2wpkhSigHash(fields, index, hash160(key), value), privateKey));
    return { ...bare[index]!, witness: [concatBytes(signature, Uint8Array.of(SIGHASH_ALL)), key] };
  });
  return makeTransaction({ ...fields, inputs });
}

const SIGHASH_ALL = 1;

/** The hash that SIGHASH_ALL signs of a P2WPKH input, straight from BIP-143: tests then do not trust the code that they test. */
function p2wpkhSigHash(
  tx: { version: number; inputs: readonly TxInput[]; outputs: readonly TxOutput[]; lockTime: number },
  index: number,
  keyHash: Uint8Array,
  value: Satoshis,
): Uint8Array {
  const prevouts = new ByteWriter();
  const sequences = new ByteWriter();
  const outputs = new ByteWriter();
  for (const input of tx.inputs) {
    prevouts.raw(input.prevout.txid).u32(input.prevout.vout);
    sequences.u32(input.sequence);
  }
  for (const output of tx.outputs) writeTxOutput(outputs, output);
  const { prevout, sequence } = tx.inputs[index]!;
  const message = new ByteWriter();
  message.u32(tx.version).raw(sha256d(prevouts.finish())).raw(sha256d(sequences.finish()));
  message.raw(prevout.txid).u32(prevout.vout);
  message
    .raw(Uint8Array.of(0x19, 0x76, 0xa9, 0x14))
    .raw(keyHash)
    .raw(Uint8Array.of(0x88, 0xac));
  message.u64(value).u32(sequence).raw(sha256d(outputs.finish())).u32(tx.lockTime).u32(SIGHASH_ALL);
  return sha256d(message.finish());
}

/** The hash of a block that is nowhere. */
export function unknownHash(byte = 0xee): BlockHash {
  return new Uint8Array(32).fill(byte) as unknown as BlockHash;
}
