/**
 * Counting signature operations, which blocks limit.
 *
 * The count is taken without running anything, so it sees branches that are not taken, and for OP_CHECKMULTISIG whose number of keys
 * it cannot see it takes the most there could be.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import type { TransactionFields, TxInput, TxOutput } from '../primitives/transaction.ts';
import { isCoinbase } from '../primitives/transaction.ts';
import { FLAG } from './flags.ts';
import { MULTISIG_KEYS_MAX } from './limits.ts';
import { isSmallInteger, OP } from './opcodes.ts';
import { isP2sh, witnessVersionOf } from './output-template.ts';
import { lastPush, nextOp, openScript } from './script-reader.ts';

/** What a signature operation outside a witness costs; one in a witness costs 1 (BIP-141). */
export const WITNESS_SCALE_FACTOR = 4;

/**
 * Signature operations in a script, as far as it can be read. Core's `GetSigOpCount(fAccurate)`.
 *
 * @param accurate - take the number of keys from OP_1 to OP_16 before OP_CHECKMULTISIG; otherwise each counts as 20
 */
export function countSigops(script: Uint8Array, accurate: boolean): number {
  const cursor = openScript(script);
  let count = 0;
  for (let previous: number = OP.OP_INVALIDOPCODE; nextOp(cursor); previous = cursor.opcode) {
    const { opcode } = cursor;
    if (opcode === OP.OP_CHECKSIG || opcode === OP.OP_CHECKSIGVERIFY) count++;
    else if (opcode === OP.OP_CHECKMULTISIG || opcode === OP.OP_CHECKMULTISIGVERIFY) {
      count += accurate && isSmallInteger(previous) ? previous - OP.OP_1 + 1 : MULTISIG_KEYS_MAX;
    }
  }
  return count;
}

/** Signature operations of a transaction by the rule of 2009: of its input and output scripts, not of what it spends. Core's `GetLegacySigOpCount`. */
export function legacySigopCount(tx: TransactionFields): number {
  let count = 0;
  for (const { scriptSig } of tx.inputs) count += countSigops(scriptSig, false);
  for (const { scriptPubKey } of tx.outputs) count += countSigops(scriptPubKey, false);
  return count;
}

/** Signature operations of the script that an input gives for a P2SH output; 0 for other outputs. */
export function p2shSigops(scriptSig: Uint8Array, scriptPubKey: Uint8Array): number {
  if (!isP2sh(scriptPubKey)) return 0;
  const redeemScript = lastPush(scriptSig);
  return redeemScript === undefined ? 0 : countSigops(redeemScript, true);
}

/** Signature operations of a witness program: none where the version has no rules, and none in taproot, which has a budget instead. */
function programSigops(version: number, programSizeBytes: number, witness: readonly Uint8Array[]): number {
  if (version !== 0) return 0;
  if (programSizeBytes === 20) return 1;
  const script = witness[witness.length - 1];
  return programSizeBytes === 32 && script !== undefined ? countSigops(script, true) : 0;
}

/** Signature operations of an input's witness. Core's `CountWitnessSigOps` under WITNESS. */
export function witnessSigops(input: Pick<TxInput, 'scriptSig' | 'witness'>, scriptPubKey: Uint8Array): number {
  const nested = isP2sh(scriptPubKey);
  const script = nested ? lastPush(input.scriptSig) : scriptPubKey;
  if (script === undefined) return 0;
  const version = witnessVersionOf(script);
  return version < 0 ? 0 : programSigops(version, script.length - 2, input.witness);
}

/**
 * What a transaction's signature operations cost a block. Core's `GetTransactionSigOpCost`.
 *
 * @param spentOutputs - what each input spends, in their order; not looked at for a coinbase
 */
export function transactionSigopsCost(tx: TransactionFields, spentOutputs: readonly TxOutput[], flags: number): number {
  let cost = legacySigopCount(tx) * WITNESS_SCALE_FACTOR;
  if (isCoinbase(tx)) return cost;
  assert(spentOutputs.length === tx.inputs.length, 'one spent output for each input');
  for (let i = 0; i < tx.inputs.length; i++) {
    const input = tx.inputs[i]!;
    const { scriptPubKey } = spentOutputs[i]!;
    if ((flags & FLAG.P2SH) !== 0) cost += p2shSigops(input.scriptSig, scriptPubKey) * WITNESS_SCALE_FACTOR;
    if ((flags & FLAG.WITNESS) !== 0) cost += witnessSigops(input, scriptPubKey);
  }
  return cost;
}
