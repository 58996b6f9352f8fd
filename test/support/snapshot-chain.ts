/**
 * The regtest chains of Core's own tests of snapshots, whose coins its nodes take from a file. They are made here block by block, so that
 * nothing of a chain has to be kept.
 *
 * @module
 */

import { concatBytes, fromHex } from '../../src/core/base/bytes.ts';
import { witnessCommitment, witnessCommitmentOutput } from '../../src/core/consensus/witness-commitment.ts';
import { sha256 } from '../../src/core/crypto/sha256.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { makeTransaction, type Transaction } from '../../src/core/primitives/transaction.ts';
import { type BuildParent, buildBlock, childOf, genesisParent, OP_TRUE, rebuild } from './chain-builder.ts';

/** Heights of the blocks whose coins can be loaded. */
export const UNIT_TEST_HEIGHT = 110;
export const FUZZ_HEIGHT = 200;

/** Core's unit tests mine to the key 1, from this time on. */
const UNIT_TEST_TIME_SECONDS = 1_598_887_952;
const UNIT_TEST_SCRIPT = concatBytes(
  Uint8Array.of(33),
  fromHex('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')!,
  Uint8Array.of(0xac),
);
const FUZZ_SCRIPT = concatBytes(Uint8Array.of(0x00, 0x20), sha256(OP_TRUE));
const RESERVED_VALUE = new Uint8Array(32);

/** Up to this height a coinbase script must be longer than its height alone is. */
const SHORT_HEIGHT_MAX = 16;

/** Versions of Core whose coinbases differ: from 30 on they have a lock time, which binds, and from 31 on no byte behind the height. */
export type CoreVersion = 29 | 30 | 31;

function locked(coinbase: Transaction, height: number, core: CoreVersion): Transaction {
  if (core < 30) return coinbase;
  const inputs = coinbase.inputs.map((input) => ({ ...input, sequence: 0xfffffffe }));
  return makeTransaction({ ...coinbase, inputs, lockTime: height - 1 });
}

function committed(coinbase: Transaction): Transaction {
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness: [RESERVED_VALUE] }));
  const outputs = [...coinbase.outputs, witnessCommitmentOutput(witnessCommitment([coinbase], RESERVED_VALUE))];
  return makeTransaction({ ...coinbase, inputs, outputs });
}

function chainOf(count: number, blockAfter: (parent: BuildParent, height: number) => Block): Block[] {
  const blocks: Block[] = [];
  let parent = genesisParent(regtest);
  for (let height = 1; height <= count; height++) {
    const block = blockAfter(parent, height);
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}

/** The chain of Core's `TestChain100Setup`, gone on with. */
export function unitTestChain(count: number, core: CoreVersion = 29): Block[] {
  return chainOf(count, (parent, height) => {
    const timeSeconds = UNIT_TEST_TIME_SECONDS + height - 1;
    const extra = core < 31 || height <= SHORT_HEIGHT_MAX ? Uint8Array.of(0) : new Uint8Array(0);
    const plain = buildBlock({ parent, params: regtest, coinbaseScript: UNIT_TEST_SCRIPT, timeSeconds, extra });
    return rebuild(plain, { transactions: [committed(locked(plain.transactions[0]!, height, core))] }, regtest);
  });
}

/** The chain of Core's fuzz target `utxo_snapshot`, of version 30 on, gone on with. */
export function fuzzChain(count: number): Block[] {
  return chainOf(count, (parent, height) => {
    const plain = buildBlock({ parent, params: regtest, coinbaseScript: FUZZ_SCRIPT, version: 4 });
    return rebuild(plain, { transactions: [locked(plain.transactions[0]!, height, 30)] }, regtest);
  });
}
