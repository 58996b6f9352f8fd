/**
 * Blocks for a signet of a test's own, whose challenge is `<key> OP_CHECKSIG`.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { signetScriptCheck } from '../../src/core/consensus/check-signet-block.ts';
import { blockSubsidy } from '../../src/core/consensus/subsidy.ts';
import { witnessCommitment, witnessCommitmentOutput } from '../../src/core/consensus/witness-commitment.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { sha256d } from '../../src/core/crypto/sha256.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeTransactionStripped, makeTransaction, NULL_VOUT } from '../../src/core/primitives/transaction.ts';
import { encodePush } from '../../src/core/script/script-writer.ts';
import { OP_TRUE, rootOf } from './chain-builder.ts';

const MARK = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);
const SIGHASH_ALL = 1;

/** The first block after the genesis block, with a nonce of 0: nothing is mined. Without a key it has no solution. */
export function signedBlock(options: { params: NetworkParams; key?: Uint8Array; secp256k1?: Secp256k1 }): Block {
  const { params, key, secp256k1 } = options;
  const challenge = params.consensus.signetChallenge;
  if (challenge === null) throw new Error('a signet has a challenge');
  if (key === undefined || secp256k1 === undefined) return blockWith(params, undefined);
  // What is signed has the mark, with nothing behind it: any solution stands for the one to be made.
  const job = signetScriptCheck(blockWith(params, Uint8Array.of(0, 0)), challenge);
  if (job === undefined) throw new Error('a block with a commitment can be signed');
  const signature = encodeDer(secp256k1.signEcdsa(legacyHash(job.tx, challenge), key));
  const scriptSig = encodePush(concatBytes(signature, Uint8Array.of(SIGHASH_ALL)));
  return blockWith(params, concatBytes(new ByteWriter().varBytes(scriptSig).finish(), Uint8Array.of(0)));
}

/** What SIGHASH_ALL signs of the only input of a transaction: the transaction with the spent script in it, and the type. */
function legacyHash(tx: Transaction, script: Uint8Array): Uint8Array {
  const inputs = tx.inputs.map((input) => ({ ...input, scriptSig: script, witness: [] }));
  return sha256d(concatBytes(encodeTransactionStripped(makeTransaction({ ...tx, inputs })), Uint8Array.of(SIGHASH_ALL, 0, 0, 0)));
}

function blockWith(params: NetworkParams, solution: Uint8Array | undefined): Block {
  const reserved = new Uint8Array(32);
  const commitment = witnessCommitmentOutput(witnessCommitment(params.genesis.transactions, reserved));
  const push = solution === undefined ? new Uint8Array() : encodePush(concatBytes(MARK, solution));
  const coinbase = makeTransaction({
    version: 2,
    inputs: [
      { prevout: { txid: zeroHash(), vout: NULL_VOUT }, scriptSig: Uint8Array.of(0x51, 0), sequence: 0xffffffff, witness: [reserved] },
    ],
    outputs: [
      { value: blockSubsidy(1, params.consensus), scriptPubKey: OP_TRUE },
      { value: 0n, scriptPubKey: concatBytes(commitment.scriptPubKey, push) },
    ],
    lockTime: 0,
  });
  const header = makeHeader({
    version: 0x20000000,
    prevBlockHash: params.genesis.header.hash,
    merkleRoot: rootOf([coinbase]),
    timeSeconds: params.genesis.header.timeSeconds + 600,
    bits: params.consensus.pow.bits,
    nonce: 0,
  });
  return makeBlock(header, [coinbase]);
}
