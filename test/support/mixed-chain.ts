/**
 * One fixed chain on regtest with outputs of every kind that has a short form, and spends of those that take a key or a script.
 *
 * It is the same on every run, so what another program says of it can stand in a test as a constant.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { hash160, sha256d } from '../../src/core/crypto/sha256.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import type { Transaction, TxOutput } from '../../src/core/primitives/transaction.ts';
import { encodeTransactionStripped, makeTransaction } from '../../src/core/primitives/transaction.ts';
import { buildBlock, buildChain, childOf, genesisParent, OP_RETURN, OP_TRUE, outputOf, p2wpkhScript, spend } from './chain-builder.ts';

const PRIVATE_KEY = new Uint8Array(32).fill(7);
const FEE = 1_000n;

const push = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);
const payToKeyHash = (key: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(0x76, 0xa9), push(hash160(key)), Uint8Array.of(0x88, 0xac));
const payToKey = (key: Uint8Array): Uint8Array => concatBytes(push(key), Uint8Array.of(0xac));
const payToScriptHash = (script: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(0xa9), push(hash160(script)), Uint8Array.of(0x87));

/** A signature by the rules of 2009 for the only input of a transaction, straight from their description. */
function signLegacy(tx: Transaction, scriptCode: Uint8Array, secp256k1: Secp256k1): Uint8Array {
  const inputs = tx.inputs.map((input) => ({ ...input, scriptSig: scriptCode }));
  const message = encodeTransactionStripped({ ...tx, inputs });
  const hash = sha256d(new ByteWriter(message.length + 4).raw(message).u32(1).finish());
  return concatBytes(encodeDer(secp256k1.signEcdsa(hash, PRIVATE_KEY)), Uint8Array.of(1));
}

function withScriptSig(tx: Transaction, scriptSig: Uint8Array): Transaction {
  return makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, scriptSig })) });
}

/** Outputs of every kind, with amounts that compress differently. The order is what `mixedChain` spends by. */
function mixedOutputs(secp256k1: Secp256k1): TxOutput[] {
  const compressed = secp256k1.publicKeyOf(PRIVATE_KEY)!;
  const uncompressed = secp256k1.publicKeyOf(PRIVATE_KEY, false)!;
  // The other of the two points with this x: its y has the other parity.
  const mirrored = secp256k1.publicKeyOf(secp256k1.negatePrivate(PRIVATE_KEY), false)!;
  const noPoint = uncompressed.slice();
  noPoint[64] = noPoint[64]! ^ 1;
  const scripts: [bigint, Uint8Array][] = [
    [1_000_000_000n, payToKeyHash(compressed)],
    [123_456_789n, payToScriptHash(OP_TRUE)],
    [50_000n, payToKey(compressed)],
    [777_700_000n, payToKey(uncompressed)],
    [100_000_000n, payToKey(mirrored)],
    [1n, payToKey(noPoint)],
    [546n, p2wpkhScript(PRIVATE_KEY, secp256k1)],
    [90_000n, concatBytes(Uint8Array.of(0x51, 32), compressed.subarray(1))],
    [0n, OP_RETURN],
    [0n, OP_TRUE],
    [12_345n, new Uint8Array(200).fill(0x61)],
    [9n, new Uint8Array(0)],
    [10n, new Uint8Array(10_001).fill(0x61)],
    [2_000_000_000n, OP_TRUE],
  ];
  return scripts.map(([value, scriptPubKey]) => ({ value, scriptPubKey }));
}

/** 104 blocks after regtest's first: coins mature, one transaction makes the outputs, others spend some in the next block. */
export function mixedChain(secp256k1: Secp256k1): Block[] {
  const blocks = buildChain({ parent: genesisParent(regtest), params: regtest, count: 102 });
  const compressed = secp256k1.publicKeyOf(PRIVATE_KEY)!;
  const outputs = mixedOutputs(secp256k1);
  const making = spend({ inputs: [outputOf(blocks[0]!.transactions[0]!)], outputs });
  const pay = (vout: number, value: bigint): Transaction =>
    spend({ inputs: [outputOf(making, vout)], outputs: [{ value, scriptPubKey: OP_TRUE }] });
  const keyHash = pay(0, 1_000_000_000n - FEE);
  const scriptHash = pay(1, 123_456_789n - FEE);
  const uncompressed = pay(3, 777_700_000n - FEE);
  const spends = [
    withScriptSig(keyHash, concatBytes(push(signLegacy(keyHash, outputs[0]!.scriptPubKey, secp256k1)), push(compressed))),
    withScriptSig(scriptHash, push(OP_TRUE)),
    withScriptSig(uncompressed, push(signLegacy(uncompressed, outputs[3]!.scriptPubKey, secp256k1))),
  ];
  const witness = spend({
    inputs: [outputOf(making, 6, PRIVATE_KEY), outputOf(making, 13), outputOf(spends[1]!)],
    outputs: [{ value: 2_123_456_000n, scriptPubKey: p2wpkhScript(PRIVATE_KEY, secp256k1) }],
    secp256k1,
  });
  let parent = genesisParent(regtest);
  for (const block of blocks) parent = childOf(parent, block);
  for (const transactions of [[making], [...spends, witness]]) {
    const block = buildBlock({ parent, params: regtest, transactions });
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}
